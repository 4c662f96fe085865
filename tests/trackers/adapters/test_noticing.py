"""What a tracker leaves behind in the process is said."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import pytest

import benchmark
from tests.trackers.adapters.third_party import BOX, FRAME, build
from trackers.adapters import noticing


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Megabytes that the process holds, the last one for good."""
    sizes = [1000]
    monkeypatch.setattr(
        noticing, "resident", lambda process="self": (sizes.pop(0) if len(sizes) > 1 else sizes[0]) * 1_000_000
    )
    return sizes


LINES = "import threading\nself.gone = threading.Event()\nthreading.Thread(target=self.gone.wait, daemon=True).start()"


def test_a_thread_that_goes_on_is_said_and_one_that_ends_is_not(tmp_path: Path) -> None:
    tracker = build(tmp_path, init=LINES)
    state = tracker.start([FRAME], BOX, [0])
    assert tracker.remarks() == "it leaves 1 thread running after a sequence, which may change anything at any time"
    tracker.start([FRAME], BOX, [0])
    assert "2 threads" in tracker.remarks()
    for thread in threading.enumerate():
        if thread.name.endswith("(wait)"):
            thread._target.__self__.set()  # type: ignore[attr-defined]
            thread.join()
    assert state.state.lanes
    assert tracker.remarks() == ""


@pytest.mark.skipif(sys.platform != "linux", reason="who has started whom is known on Linux alone")
def test_a_process_that_goes_on_is_said(tmp_path: Path) -> None:
    tracker = build(
        tmp_path, init="import subprocess\nself.it = subprocess.Popen(['sleep', '600'], start_new_session=True)"
    )
    before = subprocess.Popen(["sleep", "600"])
    try:
        state = tracker.start([FRAME], BOX, [0])
        assert tracker.remarks() == "it leaves 1 process running after a sequence"
        theirs = state.state.lanes[0].it
        theirs.kill()
        theirs.wait()
        assert tracker.remarks() == ""
    finally:
        before.kill()
        before.wait()


@pytest.mark.skipif(sys.platform != "linux", reason="who has started whom is known on Linux alone")
def test_a_process_that_has_ended_does_not_go_on_whether_or_not_somebody_asked_how(tmp_path: Path) -> None:
    ended = "os.waitid(os.P_PID, self.it.pid, os.WEXITED | os.WNOWAIT)"
    tracker = build(tmp_path, init=f"import os, subprocess\nself.it = subprocess.Popen(['true'])\n{ended}")
    state = tracker.start([FRAME], BOX, [0])
    assert tracker.remarks() == ""
    state.state.lanes[0].it.wait()


def test_threads_of_before_and_of_ours_are_not_theirs(tmp_path: Path) -> None:
    gone = threading.Event()
    before = threading.Thread(target=gone.wait)
    before.start()
    tracker = build(tmp_path)
    tracker.start([FRAME], BOX, [0])
    ours = threading.Thread(target=gone.wait, name="frames_0")
    ours.start()
    assert tracker.remarks() == ""
    gone.set()
    before.join()
    ours.join()


def follow(tracker, sequences: int) -> str:
    for _ in range(sequences):
        tracker.start([FRAME], BOX, [0])
        said = tracker.remarks()
    return said


def test_memory_that_grows_in_every_sequence_is_said(tmp_path: Path, held: list[int]) -> None:
    held[:] = [100, 900, 900, 1000, 1000, 1100, 1100, 1200]
    tracker = build(tmp_path)
    assert follow(tracker, 3) == ""
    assert follow(tracker, 1) == "its memory grew by 300 MB in 3 sequences, in every one of them: it leaks"


@pytest.mark.parametrize(
    "sizes", [[100, 900, 900, 1100, 1100, 1100, 1100, 1300], [100, 900, 900, 950, 950, 980, 980, 999]]
)
def test_memory_that_is_given_back_or_little_is_not_said(tmp_path: Path, held: list[int], sizes: list[int]) -> None:
    held[:] = sizes
    assert follow(build(tmp_path), 4) == ""


def test_the_memory_of_this_process_is_known_on_linux() -> None:
    assert (noticing.resident() or 0) > 1e6 or not Path("/proc/self/statm").is_file()
    assert noticing.resident("nobody") is None


def test_our_own_pools_are_known_by_their_names() -> None:
    """A pool that reads frames beside a tracker must not be taken for what the tracker left."""
    root = Path(benchmark.__file__).parent
    files = [file for file in root.rglob("*.py") if "measurements" not in file.parts]
    pools = [line for file in files for line in file.read_text().splitlines() if "ThreadPoolExecutor(" in line]
    assert pools
    assert [line for line in pools if 'thread_name_prefix="frames"' not in line] == []
