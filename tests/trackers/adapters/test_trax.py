"""TraX trackers by name: a good one is followed, a bad one is a failure that says how."""

from __future__ import annotations

import gc
import os
import shlex
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import paint

from trackers.adapters.apart.child import END_SECONDS, Overdue, TrackerFailure
from trackers.api import Tracker
from trackers.errors import InputError
from trackers.names import TrackerSpec, expand, resolve

pytest.importorskip("trax")

FIRST = np.array([[40.0, 40.0, 30.0, 24.0]])
SERVER = """
import os, sys, time
mode = sys.argv[1]
if mode == "mute": time.sleep(600)
if mode == "no-trax": print("hello, no TraX here"); sys.exit(0)
if mode == "import": import nothing_of_this_name
if mode == "slow-start": time.sleep(0.3)
import cv2, trax
if mode == "chatty": sys.stderr.write("x" * 300000 + "the end")
regions = {"polygon": [trax.Region.POLYGON], "mask": [trax.Region.MASK]}.get(mode, [trax.Region.RECTANGLE])
images = [trax.Image.MEMORY if mode == "memory" else trax.Image.PATH]
with trax.Server(regions, images, tracker_name="test") as server:
    number = 0
    while True:
        request = server.wait()
        if request.type in ("quit", "error"):
            if mode == "stays": time.sleep(600)
            break
        image = cv2.imread(request.image["color"].path())
        if request.type == "initialize":
            region = request.objects[0][0]
            box = region.bounds() if mode != "polygon" else (*region[0], 30.0, 24.0)
        number += 1
        if number == 3:
            if mode == "die": os._exit(3)
            if mode == "abort": os.abort()
            if mode == "raise": raise RuntimeError("out of memory, say")
            if mode == "hang": time.sleep(600)
        if mode == "print": print("progress", number, flush=True)
        if mode == "grow": kept = [*(kept if number > 1 else ()), b"x" * 10_000_000]
        x, y, w, h = box[0] + number - 1, *box[1:]
        if mode == "polygon": region = trax.Polygon.create([(x, y), (x + w, y), (x + w, y + h), (x, y + h)])
        elif mode == "lost" and number > 1: region = trax.Special.create(0)
        else: region = trax.Rectangle.create(x, y, w, h)
        if number == {"twice": 2, "twice-at-last": 7, "ahead": 2}.get(mode): print('@@TRAX:state "1,2,3,4"', flush=True)
        if mode == "ahead": time.sleep(0.05)  # longer than whoever asks needs between two frames
        server.status([(region, {"confidence": float(image[0, 0, 0]) / 255} if mode == "sure" else {})])
"""


def named(folder: Path, mode: str) -> TrackerSpec:
    file = folder / "server.py"
    file.write_text(SERVER)
    return resolve(f'trax:"{sys.executable} {file} {mode}"')


def follow(tracker: Tracker[Any], frames: int = 5, seconds: float = 30.0) -> np.ndarray:
    """Return rows of box and score."""
    video, rows = paint(frames), []
    tracker.allow(seconds)
    state = tracker.start(video[:1], FIRST, [0])
    for frame in video[1:]:
        step, state = tracker.step(state, [frame])
        rows.append([*step.boxes[0], step.scores[0]])
    tracker.finish(state, 0)
    return np.array(rows)


def reason(error: BaseException) -> str:
    return str(error).splitlines()[0]


@pytest.mark.parametrize("mode", ["good", "print", "chatty", "slow-start", "polygon"])
def test_a_tracker_is_followed_whatever_it_prints(tmp_path: Path, mode: str, capfd) -> None:
    rows = follow(named(tmp_path, mode).build("cpu"))
    np.testing.assert_allclose(rows[:, 0], 40 + np.arange(1, 5))
    np.testing.assert_allclose(rows[:, 1:], np.tile([40.0, 30.0, 24.0, 1.0], (4, 1)))
    assert capfd.readouterr().out == ""


def test_it_sees_the_very_pixels_and_says_how_sure_it_is(tmp_path: Path) -> None:
    rows = follow(named(tmp_path, "sure").build("cpu"), 3)
    np.testing.assert_allclose(rows[:, 4], [frame[0, 0, 2] / 255 for frame in paint(3)[1:]], atol=1e-4)


def test_a_target_that_it_says_is_lost_has_no_box(tmp_path: Path) -> None:
    assert np.isnan(follow(named(tmp_path, "lost").build("cpu"), 3)[:, :4]).all()


@pytest.mark.parametrize(
    ("mode", "kind", "says"),
    [
        ("die", TrackerFailure, "it ended with exit code 3"),
        ("abort", TrackerFailure, "it was ended by SIGABRT"),
        ("raise", TrackerFailure, "out of memory, say"),
        ("hang", Overdue, "it did not answer within 0.5 s and was ended"),
    ],
)
def test_a_failure_says_how_and_the_next_target_gets_a_new_process(
    tmp_path: Path, mode: str, kind: type, says: str
) -> None:
    tracker = named(tmp_path, mode).build("cpu")
    for _ in range(2):
        state = tracker.start(paint(1), FIRST, [0])
        _, state = tracker.step(state, paint(1))
        tracker.allow(0.5 if mode == "hang" else 30)
        with pytest.raises(kind) as raised:
            tracker.step(state, paint(1))
        tracker.allow(30)
        assert says in reason(raised.value)


def test_a_failure_has_the_end_of_the_error_stream_below_it(tmp_path: Path) -> None:
    with pytest.raises(TrackerFailure) as raised:
        follow(named(tmp_path, "raise").build("cpu"))
    lines = str(raised.value).splitlines()
    assert lines[1].startswith("the end of what it wrote")
    assert lines[-1] == "    RuntimeError: out of memory, say"


@pytest.mark.parametrize("mode", ["twice", "twice-at-last", "ahead"])
def test_who_answers_a_frame_twice_is_not_followed_one_frame_late(tmp_path: Path, mode: str) -> None:
    with pytest.raises(TrackerFailure, match="it answered a frame twice"):
        follow(named(tmp_path, mode).build("cpu"), 7)


def test_who_does_not_end_when_asked_is_ended(tmp_path: Path) -> None:
    tracker = named(tmp_path, "stays").build("cpu")
    began = time.monotonic()
    assert len(follow(tracker)) == 4
    assert tracker.resident() == 0
    assert END_SECONDS <= time.monotonic() - began < 30


@pytest.mark.skipif(sys.platform != "linux", reason="memory of other processes is known on Linux alone")
def test_the_memory_is_that_of_its_process(tmp_path: Path) -> None:
    tracker = named(tmp_path, "grow").build("cpu")
    state = tracker.start(paint(1), FIRST, [0])
    before = tracker.resident()
    for _ in range(5):
        _, state = tracker.step(state, paint(1))
    assert 49e6 < tracker.resident() - before < 70e6


def test_what_would_end_the_protocols_library_is_a_failure(tmp_path: Path) -> None:
    greeting, answer = '@@TRAX:hello "trax.version=1" "trax.image=path"', '@@TRAX:state ""'
    file = tmp_path / "raw.py"
    file.write_text(f"import time\nprint({greeting!r}, flush=True)\ntime.sleep(600)\n")
    with pytest.raises(InputError, match="it greets without a region that it follows"):
        resolve(f'trax:"{sys.executable} {file}"').build("cpu")
    whole = greeting + ' "trax.region=rectangle;"'
    file.write_text(
        f"print({whole!r}, flush=True)\ninput()\nprint({answer!r}, flush=True)\nimport time; time.sleep(600)\n"
    )
    tracker = resolve(f'trax:"{sys.executable} {file}"').build("cpu")
    with pytest.raises(TrackerFailure, match="it answered with an empty region"):
        follow(tracker)


@pytest.mark.parametrize(
    ("mode", "says"),
    [
        ("import", "No module named 'nothing_of_this_name'"),
        ("no-trax", "it ended with exit code 0: the last line of its error stream is 'hello, no TraX here'"),
        ("memory", "it takes no files as images, but memory"),
        ("mask", "it follows no rectangles, but mask"),
    ],
)
def test_what_is_no_tracker_for_us_says_so_before_the_first_frame(tmp_path: Path, mode: str, says: str) -> None:
    with pytest.raises(InputError, match="cannot be built") as refused:
        named(tmp_path, mode).build("cpu")
    assert says in str(refused.value)
    assert "\n" not in str(refused.value)


def test_threads_that_listen_to_it_are_ours(tmp_path: Path) -> None:
    tracker: Any = named(tmp_path, "good").build("cpu")
    kept = [tracker.start(paint(1), FIRST, [0]) for _ in range(2)]
    assert tracker.remarks() == ""
    assert len(kept) == 2


def test_one_that_never_greets_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("trackers.adapters.trax.START_SECONDS", 0.5)
    with pytest.raises(InputError, match=r"it did not answer within 0\.5 s"):
        named(tmp_path, "mute").build("cpu")


def test_nothing_is_left_of_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("trackers.adapters.trax._place", lambda: tmp_path / "frames")
    (tmp_path / "frames").mkdir()
    gc.collect()
    before = len(os.listdir("/proc/self/fd")) if os.path.isdir("/proc/self/fd") else 0
    tracker = named(tmp_path, "good").build("cpu")
    follow(tracker)
    del tracker
    assert os.listdir(tmp_path / "frames") == []
    if before:
        assert len(os.listdir("/proc/self/fd")) <= before


def test_a_command_is_named_in_full_and_found_from_elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "server.py").write_text(SERVER)
    (tmp_path / "w.bin").write_bytes(b"1")
    (spec,) = expand([f'trax:"{sys.executable} server.py good --net=w.bin --sizes 1,2"'])
    assert spec.name == f'trax:"{sys.executable} server.py good --net=w.bin --sizes 1,2"'
    assert str(tmp_path / "server.py") in spec.address
    assert spec.name == resolve(spec.name).name
    assert {label.partition(": ")[2] for label in spec.family.reach.files} == {
        Path(sys.executable).name, "server.py", "w.bin"
    }  # fmt: skip
    (tmp_path / "w.bin").write_bytes(b"2")
    assert resolve(spec.name).family.reach.digest != spec.family.reach.digest


def test_the_program_is_the_one_that_the_path_leads_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "server.py").write_text(SERVER)
    found = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "python-of-theirs").symlink_to(sys.executable)
        monkeypatch.setenv("PATH", str(tmp_path / name))
        found.append(resolve(f"trax:python-of-theirs {tmp_path / 'server.py'} good"))
    assert found[0].name == found[1].name
    assert found[0].identity() != found[1].identity()


@pytest.mark.parametrize(
    ("command", "says"),
    [("", "needs a command"), ("no_such_program x", "there is no program no_such_program"), ("'x", "No closing quot")],
)
def test_a_command_that_cannot_be_started_is_refused(command: str, says: str) -> None:
    with pytest.raises(InputError, match=says):
        resolve(f"trax:{command}")


def test_quotes_are_the_commands_own(tmp_path: Path) -> None:
    folder = tmp_path / "my trackers"
    folder.mkdir()
    (folder / "server.py").write_text(SERVER)
    spec = resolve(f'trax:"{shlex.quote(sys.executable)} {shlex.quote(str(folder / "server.py"))} good"')
    follow(spec.build("cpu"), 2)
    follow(resolve(spec.address).build("cpu"), 2)
