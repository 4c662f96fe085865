"""A run in worker processes, as a user starts and stops it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from conftest import REPOSITORY, write_folder

SLEEPER = """
import time
from trackers.api import register
@register("sleeper", remembers="nothing")
class Sleeper:
    def init(self, image, box): self.box = box
    def update(self, image):
        time.sleep(0.1)
        self.box = self.box + image[:4, 0, 0] / 1000
        return self.box
"""


def test_a_run_says_how_many_worked_and_its_records_serve_one(run_bench, picture_folder: Path) -> None:
    words = ("-t", "siamfc-s1", "-d", "folder", "--data-root", picture_folder, "--json", "-")
    two = run_bench(*words, "--workers", "2")
    assert two.returncode == 0, two.stderr
    report = Path(two.stderr.strip().splitlines()[-1].removeprefix("Report: "))
    manifest = json.loads((report.parent / "manifest.json").read_text())
    assert (manifest["workers"], manifest["environment"]["threads"]) == (2, "1")
    assert "1 thread, 1 lane, 2 processes side by side" in report.read_text()
    one = run_bench(*words, "--workers", "1")
    assert "nothing is left to run" in one.stderr
    assert json.loads(one.stdout)["trackers"] == json.loads(two.stdout)["trackers"]


@pytest.fixture
def words(tmp_path: Path) -> list[str]:
    (tmp_path / "sleeper.py").write_text(SLEEPER)
    for index in range(6):
        write_folder(tmp_path / "videos" / f"v{index}", frames=12 + 12 * (index > 2), seed=index)
    return [
        "-t", f"py:{tmp_path / 'sleeper.py'}", "-d", "folder", "--data-root", str(tmp_path / "videos"),
        "--workers", "2", "--results", str(tmp_path / "results"),
    ]  # fmt: skip


def start(words: list[str]) -> subprocess.Popen:
    """Start a run as a terminal does: in a process group of its own."""
    command = [sys.executable, "-m", "run_bench", *words]
    return subprocess.Popen(
        command, cwd=REPOSITORY, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, process_group=0
    )


def wait_for_record(results: Path, running: subprocess.Popen) -> None:
    deadline = time.monotonic() + 300
    while not list((results / "records").rglob("*.npz")):
        assert time.monotonic() < deadline
        assert running.poll() is None, running.communicate()
        time.sleep(0.05)


def group_is_gone(group: int) -> bool:
    """Whether no process of the group is left, a minute from now at the latest."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.1)
    return False


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_ends_the_workers_too_and_keeps_what_is_done(words: list[str], tmp_path: Path, number: int) -> None:
    running = start(words)
    wait_for_record(tmp_path / "results", running)
    (os.killpg if number == signal.SIGINT else os.kill)(running.pid, number)  # a terminal's Ctrl-C reaches all
    _, said = running.communicate(timeout=120)
    assert running.returncode == 128 + number
    assert "Stopped. " in said
    assert "Traceback" not in said
    assert group_is_gone(running.pid)
    assert not list(tmp_path.rglob("*.part"))
    again = start(words)
    _, said = again.communicate(timeout=300)
    assert again.returncode == 0, said
    assert "trajectories are kept from earlier runs" in said


@pytest.mark.slow
def test_workers_end_with_a_parent_that_is_killed(words: list[str], tmp_path: Path) -> None:
    running = start(words)
    wait_for_record(tmp_path / "results", running)
    running.kill()
    running.communicate(timeout=120)
    assert group_is_gone(running.pid)


@pytest.mark.slow
def test_a_worker_that_is_killed_costs_time_alone(words: list[str], tmp_path: Path) -> None:
    running = start([*words, "--json", "-"])
    wait_for_record(tmp_path / "results", running)
    children = Path(f"/proc/{running.pid}/task/{running.pid}/children").read_text().split()
    workers = [int(one) for one in children if "spawn_main" in Path(f"/proc/{one}/cmdline").read_text()]
    assert len(workers) == 2
    os.kill(workers[0], signal.SIGKILL)
    out, said = running.communicate(timeout=300)
    assert running.returncode == 0, said
    assert "its process was ended by SIGKILL: is there enough memory?" in said
    (tracker,) = json.loads(out)["trackers"]
    assert (len(tracker["sequences"]), tracker["failed"]) == (6, {})


DEADLY = """
import os
from trackers.api import register
@register("deadly", remembers="nothing")
class Deadly:
    def init(self, image, box): self.box, self.frame = box, 0
    def update(self, image):
        self.frame += 1
        if self.frame == 20: os._exit(7)
        return self.box
"""


@pytest.mark.slow
def test_a_sequence_that_kills_its_workers_fails_alone_and_is_kept_so(tmp_path: Path) -> None:
    (tmp_path / "deadly.py").write_text(DEADLY)
    for index, frames in enumerate((8, 24, 12)):
        write_folder(tmp_path / "videos" / f"v{index}", frames=frames, seed=index)
    words = [
        "-t", f"py:{tmp_path / 'deadly.py'}", "-d", "folder", "--data-root", str(tmp_path / "videos"),
        "--workers", "2", "--results", str(tmp_path / "results"), "--json", "-",
    ]  # fmt: skip
    running = start(words)
    out, said = running.communicate(timeout=300)
    assert running.returncode == 1, said
    (tracker,) = json.loads(out)["trackers"]
    assert list(tracker["sequences"]) == ["v0", "v2"]
    assert list(tracker["failed"]) == ["v1"]
    assert "3 workers were lost with this sequence in hand, the last of them " in tracker["failed"]["v1"]
    assert "its process ended with exit code 7" in tracker["failed"]["v1"]
    again = start(words)
    again_out, said = again.communicate(timeout=300)
    assert "nothing is left to run" in said
    assert json.loads(again_out)["trackers"] == [tracker]
