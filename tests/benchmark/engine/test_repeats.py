"""A tracker whose author says that it draws nothing at random runs once, whatever the number of repeats."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from benchmark.datasets.folder import FolderDataset
from benchmark.datasets.selection import select
from benchmark.engine.executors.local import Local
from benchmark.engine.run import Plan, execute, lay_out
from benchmark.store.results import Results
from trackers.errors import InputError
from trackers.names import resolve

TRACKER = """
import random
from got10k.trackers import Tracker
class Theirs(Tracker):
    def __init__(self):
        super().__init__("Still", is_deterministic={deterministic})
        {built}
    def init(self, image, box):
        self.box = box
        with open({log!r}, "a") as file: file.write("x")
    def update(self, image): return self.box + random.random()
"""


@pytest.mark.parametrize(
    ("deterministic", "jitter", "runs"), [(True, 0.0, 3), (False, 0.0, 9), (True, 2.0, 9), (None, 0.0, 9)]
)
def test_repeats_are_run_where_they_may_differ(
    tmp_path: Path, picture_folder: Path, deterministic: bool | None, jitter: float, runs: int
) -> None:
    pytest.importorskip("got10k")
    log = tmp_path / "log"
    text = TRACKER.format(deterministic=deterministic, built="pass", log=str(log))
    (tmp_path / "theirs.py").write_text(text)
    spec = resolve(f"got10k:{tmp_path}/theirs:Theirs")
    plan = Plan((spec,), select(FolderDataset(picture_folder)), "cpu", repeats=3, jitter=jitter)
    store, local, frames = Results(tmp_path / "results"), Local("cpu"), Counter[str]()
    tasks = lay_out(plan, store, local.environment)
    found = list(execute(plan, tasks, store, local, lambda name, count: frames.update({name: count})))
    assert log.read_text() == "x" * runs
    assert sorted(record.key for _, record in found) == sorted(task.key for task in tasks)
    assert frames[spec.name] == sum(len(task.job) for task in tasks)
    same = [np.array_equal(a.boxes, b.boxes) for _, a in found for _, b in found if a.sequence == b.sequence]
    assert all(same) == (runs == 3)
    assert all(task.kept and task.kept.repeat == task.repeat for task in lay_out(plan, store, local.environment))


def test_one_that_cannot_be_asked_says_so_in_a_line(tmp_path: Path) -> None:
    pytest.importorskip("got10k")
    text = TRACKER.format(deterministic=True, built="raise RuntimeError('no driver')", log="")
    (tmp_path / "theirs.py").write_text(text)
    with pytest.raises(InputError, match="cannot be built: RuntimeError: no driver"):
        _ = resolve(f"got10k:{tmp_path}/theirs:Theirs").deterministic
