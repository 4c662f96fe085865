"""What may happen to a run: killed at any moment, run twice at once, a full disk, a folder that cannot be written."""

from __future__ import annotations

import errno
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from conftest import REPOSITORY, write_folder

from benchmark.store.record import Record, read_arrays

SLEEPER = """
import time
from trackers.api import register
@register("sleeper", remembers="nothing")
class Sleeper:
    def init(self, image, box): self.box = box
    def update(self, image):
        time.sleep(0.02)
        self.box = self.box + image[:4, 0, 0] / 1000
        return self.box
"""


@pytest.fixture
def words(tmp_path: Path) -> list[str]:
    """A run of minutes' work in small: a real tracker and one that sleeps, on eight short videos."""
    (tmp_path / "sleeper.py").write_text(SLEEPER)
    for index in range(8):
        write_folder(tmp_path / "videos" / f"v{index}", frames=4 + index, seed=index)
    return [
        "--trackers", f"siamfc-s1,py:{tmp_path / 'sleeper.py'}", "--dataset", "folder",
        "--data-root", str(tmp_path / "videos"), "--lanes", "1", "--quiet",
    ]  # fmt: skip


WITHOUT_FIGURES = """
import run_bench
from reports.model import build_report
from reports.write import write_report
run_bench._write_report = lambda run: write_report(build_report([run]), run, figures=False)
run_bench.main()
"""


def start(words: list[str], results: Path, figures: bool = False, **options) -> subprocess.Popen:
    """Begin a run in a process of its own; its report comes without the separate figures where `figures` is False."""
    way = ["-m", "run_bench"] if figures else ["-c", WITHOUT_FIGURES]
    command = [sys.executable, *way, *words, "--results", str(results)]
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": str(REPOSITORY)}
    return subprocess.Popen(
        command, cwd=REPOSITORY, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment, **options
    )


def finish(running: subprocess.Popen) -> Path:
    """Wait for a run to end well; return its folder."""
    out, err = running.communicate()
    assert running.returncode == 0, err
    return Path(out.strip()).parent


def trajectories(results: Path) -> dict[str, tuple[bytes, bytes]]:
    """Return boxes and scores, bit for bit, of every record by its path."""
    found = {}
    for file in (results / "records").rglob("*.npz"):
        content = read_arrays(file)
        assert content is not None, f"{file} is damaged"
        found[file.relative_to(results).as_posix()] = tuple(content[1][name].tobytes() for name in ("boxes", "scores"))
    return found


def scores(run: Path) -> list[dict]:
    """Return a run's scores without what the clock decides."""
    trackers = json.loads((run / "scores.json").read_text())["trackers"]
    clock = ("throughput", "busy_cores")
    return [{name: value for name, value in tracker.items() if name not in clock} for tracker in trackers]


def texts(run: Path) -> dict[str, str]:
    boxes = (path for path in (run / "boxes").rglob("*.txt") if path.parent.name != "times")  # the clock decides those
    return {path.relative_to(run).as_posix(): path.read_text() for path in boxes}


def kill_and_compare(words: list[str], tmp_path: Path, kills: int, seed: int, figures: bool, count: int = 16) -> None:
    """Kill a run again and again at random moments; what it ends with must be what an undisturbed one ends with."""
    began = time.monotonic()
    calm = finish(start(words, tmp_path / "calm", figures))
    whole = time.monotonic() - began
    expected, moments = trajectories(tmp_path / "calm"), random.Random(seed)
    assert len(expected) == count
    results, cut = tmp_path / "results", 0
    kept: dict[str, tuple[bytes, bytes]] = {}
    while cut < kills:
        running = start(words, results, figures)
        try:
            running.wait(moments.uniform(0.2, 1.1) * whole)
        except subprocess.TimeoutExpired:
            running.send_signal(signal.SIGKILL)
            cut += 1
        running.communicate()
        now = trajectories(results) if results.exists() else {}
        assert now.items() >= kept.items(), "a record that was whole before the kill is lost or changed"
        assert now.items() <= expected.items()
        kept = now
        if len(kept) == len(expected):  # all is done: once more from the beginning
            shutil.rmtree(results)
            kept = {}
    last = finish(start(words, results, figures))
    assert trajectories(results) == expected
    assert scores(last) == scores(calm)
    assert texts(last) == texts(calm)


def test_a_run_that_is_killed_ends_as_an_undisturbed_one(words: list[str], tmp_path: Path) -> None:
    four = [*words, "--sequences", "v0,v1,v2,v3"]
    kill_and_compare(four, tmp_path, kills=1, seed=1, figures=False, count=8)


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_a_run_that_is_killed_fifty_times_ends_as_an_undisturbed_one(words: list[str], tmp_path: Path) -> None:
    kill_and_compare(words, tmp_path, kills=50, seed=2, figures=True)


def test_two_runs_at_once_in_one_folder_do_not_harm_each_other(words: list[str], tmp_path: Path) -> None:
    results = tmp_path / "results"
    first, second = (finish(one) for one in [start(words, results), start(words, results)])
    assert first != second
    assert scores(first) == scores(second)
    assert texts(first) == texts(second)
    assert len(trajectories(results)) == 16
    assert (results / "latest").read_text().strip() in (first.name, second.name)
    assert not list(results.rglob("*.part"))


@pytest.fixture
def small(run_bench: Callable, picture_folder: Path, tmp_path: Path) -> Callable:
    """Run one quick tracker on three videos."""
    return lambda: run_bench("-t", "cv2:kcf", "-d", "folder", "--data-root", picture_folder, "--json", "-")


def damage_content(file: Path, other: Path) -> None:
    content = bytearray(file.read_bytes())
    for index in range(len(content) // 3, len(content) // 3 + 40):
        content[index] ^= 255
    file.write_bytes(content)


@pytest.mark.parametrize(
    "damage",
    [
        damage_content,
        lambda file, other: file.write_bytes(file.read_bytes()[:-40]),
        lambda file, other: file.write_bytes(b""),
        lambda file, other: shutil.copy(other, file),
    ],
    ids=["changed", "truncated", "empty", "of another sequence"],
)
def test_a_damaged_record_is_made_anew(small: Callable, tmp_path: Path, damage: Callable[[Path, Path], object]) -> None:
    before = small()
    good = trajectories(tmp_path / "results")
    file, other, _ = sorted((tmp_path / "results" / "records").rglob("*.npz"))
    damage(file, other)
    after = small()
    assert "2 of 3 trajectories are kept from earlier runs; 1 are left to run" in after.stderr
    assert trajectories(tmp_path / "results") == good
    for fact in ("summary", "sequences"):
        assert json.loads(after.stdout)["trackers"][0][fact] == json.loads(before.stdout)["trackers"][0][fact]


def test_a_full_disk_is_one_clear_line_and_keeps_what_was_done(small: Callable, tmp_path: Path, monkeypatch) -> None:
    written = []
    fsync = os.fsync

    def full(number: int) -> None:
        written.append(number)
        if len(written) == 3:  # the plan, a record, a record
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        fsync(number)

    monkeypatch.setattr("benchmark.store.record.os.fsync", full)
    done = small()
    assert done.returncode == 2
    kept, line = done.stderr.strip().splitlines()
    assert kept == f"1 of 3 trajectories are kept in {tmp_path / 'results'}"
    assert "No space left on device" in line
    assert "the same command goes on from there" in line
    assert len(trajectories(tmp_path / "results")) == 1
    assert not list((tmp_path / "results").rglob("*.part"))
    monkeypatch.setattr("benchmark.store.record.os.fsync", fsync)
    after = small()
    assert after.returncode == 0
    assert "1 of 3 trajectories are kept" in after.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="needs a limit on files' sizes")
def test_a_disk_that_fills_while_the_report_is_written_loses_no_record(words: list[str], tmp_path: Path) -> None:
    import resource

    results = tmp_path / "results"
    limit = 8_000  # more than a record or the plan, less than scores or a report
    running = start(words, results, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)))
    _, err = running.communicate()
    assert running.returncode == 2, err
    assert err.strip().splitlines()[-1].startswith("run_bench: cannot write")
    assert "File too large" in err
    assert len(trajectories(results)) == 16
    assert not (results / "latest").exists()
    run = finish(start(words, results))
    assert (results / "latest").read_text().strip() == run.name


def test_a_failure_does_not_replace_what_another_run_has_done(tmp_path: Path) -> None:
    from benchmark.store.results import Results

    store = Results(tmp_path)
    facts = {"key": "ab" * 32, "dataset": "demo", "tracker": "t", "sequence": "s", "start": 0, "repeat": 0}
    done = Record(**facts, status="done", boxes=np.ones((2, 4)), scores=np.ones(2))
    store.keep(done)
    store.keep(Record(**facts, status="timeout", boxes=np.ones((1, 4)), scores=np.ones(1), error="late"))
    found = store.find("demo", "t", "ab" * 32, "s", 0, 0)
    assert found is not None
    assert found.status == "done"
