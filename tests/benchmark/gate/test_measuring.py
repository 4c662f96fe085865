"""Processes that time trackers, and other revisions in worktrees of their own: the real thing, short."""

from __future__ import annotations

import subprocess
import time
from pathlib import Path

import numpy as np
import pytest

from benchmark.datasets.folder import FolderDataset
from benchmark.datasets.selection import select
from benchmark.gate import measuring, speed
from benchmark.gate.measuring import HERE, Sample, measure
from benchmark.gate.probe import undisturbed_clock
from benchmark.gate.worktree import other_revision
from trackers.errors import InputError

from .conftest import MACHINE

LOOP = """
from trackers.api import register
@register("looper", remembers="nothing")
class Looper:
    def init(self, image, box):
        self.box = box
        print("not an answer")
    def update(self, image):
        sum(range(COUNT))
        return self.box + 1
"""


@pytest.fixture
def sample(picture_folder: Path) -> Sample:
    videos = select(FolderDataset(picture_folder)).sequences
    return Sample(videos, (0, 0, 0))


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A git repository with two commits of a tracker: fast, then slow."""
    folder = tmp_path / "theirs"
    folder.mkdir()

    def git(*words: str) -> None:
        subprocess.run(["git", "-c", "user.name=a", "-c", "user.email=a@b", *words], cwd=folder, check=True,
                       capture_output=True)  # fmt: skip

    git("init", "--initial-branch", "main")
    for count in (100_000, 400_000):
        (folder / "looper.py").write_text(LOOP.replace("COUNT", str(count)))
        git("add", "looper.py")
        git("commit", "-m", str(count))
    return folder


@pytest.fixture(autouse=True)
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(measuring, "VISITS", 2)
    monkeypatch.setattr(measuring, "ROUNDS", 2)


def test_another_revision_is_timed_in_turns_and_its_worktree_goes(
    sample: Sample, repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(repository)
    with other_revision("main~1", repository) as old:
        before, now = measure("py:looper.py", sample, "cpu", MACHINE, (old, measuring.Side("this code", HERE.first)))
        tree = old.folder
    assert not tree.exists()
    listed = subprocess.run(["git", "worktree", "list"], cwd=repository, capture_output=True, text=True).stdout
    assert len(listed.splitlines()) == 1
    verdict = speed.judge("looper", before.timings, now.timings, in_turns=True, effect=0.5)[0]
    assert verdict.facts["ratio"] > 2
    assert verdict.facts["apart"]
    assert [len(visit.rounds) for visit in now.timings.visits] == [2, 2]
    np.testing.assert_array_equal(now.boxes[0][1], sample.videos[0].annotation.boxes[0] + 1)
    assert before.timings.sample == ("first", "second", "third")


def test_a_revision_that_is_none_and_a_tracker_that_it_lacks_are_one_line(
    sample: Sample, repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with (
        pytest.raises(InputError, match="--against: git rev-parse: no such revision: nowhere"),
        other_revision("nowhere", repository),
    ):
        pass
    with pytest.raises(InputError, match="--against: git rev-parse"), other_revision("main", repository.parent):
        pass
    monkeypatch.chdir(repository)
    with pytest.raises(InputError, match=r"py:none.py \(this code\) cannot be timed"):
        measure("py:none.py", sample, "cpu", MACHINE)


def test_a_tracker_that_raises_is_one_line_too(sample: Sample, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "bad.py").write_text(LOOP.replace("sum(range(COUNT))", "raise ValueError('tired')"))
    with pytest.raises(InputError, match="cannot be timed: ValueError: tired"):
        measure("py:bad.py", sample, "cpu", MACHINE, (measuring.Side("this code", HERE.first, tmp_path),))
    (tmp_path / "gone.py").write_text(LOOP.replace("sum(range(COUNT))", "import os; os._exit(7)"))
    with pytest.raises(InputError, match="cannot be timed"):
        measure("py:gone.py", sample, "cpu", MACHINE, (measuring.Side("this code", HERE.first, tmp_path),))


def test_the_clock_counts_sleep_and_work() -> None:
    clock = undisturbed_clock()
    plain, began = time.perf_counter_ns(), clock()
    time.sleep(0.05)
    assert 45e6 < clock() - began <= time.perf_counter_ns() - plain
    plain, began, worked = time.perf_counter_ns(), clock(), time.thread_time_ns()
    while time.thread_time_ns() - worked < 50e6:
        pass
    assert 45e6 < clock() - began <= time.perf_counter_ns() - plain
