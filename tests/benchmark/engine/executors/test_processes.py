"""Worker processes of this machine: what comes back from them, and what does not come through to the run."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from benchmark.datasets.folder import FolderDataset
from benchmark.datasets.selection import select
from benchmark.datasets.sequence import Annotation, Sequence
from benchmark.engine.executors import processes
from benchmark.engine.executors.local import Local
from benchmark.engine.executors.processes import WORTH_FRAMES, Processes, how_many
from benchmark.engine.job import Job
from benchmark.engine.run import Finished, Plan, Task, lay_out
from benchmark.store.results import Results
from trackers.errors import InputError
from trackers.names import resolve

UNRULY = """
import os, sys
from pathlib import Path
from trackers.api import register

HERE = Path(__file__).parent
if (HERE / "gone").exists() and os.getpid() != {parent}:
    raise OSError("gone")

@register("unruly", remembers="nothing")
class Unruly:
    def init(self, image, box):
        self.box, self.frame = box, 0
    def update(self, image):
        self.frame += 1
        if self.frame == 9:  # of the longest video alone
            if not (HERE / "died").exists():
                (HERE / "died").touch()
                os._exit(7)
            sys.exit("enough")
        print("to whom it may concern")
        return self.box + image[:4, 0, 0] / 1000
"""


@pytest.fixture
def unruly(tmp_path: Path) -> str:
    (tmp_path / "unruly.py").write_text(UNRULY.format(parent=os.getpid()))
    return f"py:{tmp_path / 'unruly.py'}"


def plan_of(folder: Path, *names: str, **options) -> Plan:
    return Plan(tuple(map(resolve, names)), select(FolderDataset(folder)), "cpu", **options)


def work(executor, plan: Plan, folder: Path, shown: dict[str, int] | None = None) -> dict[str, Finished]:
    counts = {} if shown is None else shown
    tasks = lay_out(plan, Results(folder), executor.environment)

    def on_frames(name: str, count: int) -> None:
        counts[name] = counts.get(name, 0) + count

    return {f"{one.task.spec.family.name} {one.task.sequence}": one for one in executor.work(plan, tasks, on_frames)}


def test_processes_give_what_one_gives_and_outlive_what_kills_them(
    picture_folder: Path, tmp_path: Path, unruly: str
) -> None:
    said: list[str] = []
    shown: dict[str, int] = {}
    plan = plan_of(picture_folder, "siamfc-s1", unruly, telemetry=True)
    two = Processes("cpu", 2, picture_folder, said.append)
    found = work(two, plan, tmp_path / "results", shown)
    alone = work(Local("cpu"), plan, tmp_path / "results")
    assert two.environment == Local("cpu").environment
    assert two.workers == 2
    assert found.keys() == alone.keys()
    for name, here in alone.items():
        there = found[name]
        np.testing.assert_array_equal(there.outcome.boxes, here.outcome.boxes)
        np.testing.assert_array_equal(there.outcome.scores, here.outcome.scores)
        assert there.outcome.telemetry.keys() == here.outcome.telemetry.keys()
        for signal, values in here.outcome.telemetry.items():
            np.testing.assert_array_equal(there.outcome.telemetry[signal], values)
        held = [[frame.digest for frame in one.outcome.seen] for one in (there, here)]
        assert held[0] == held[1]
        assert len(there.outcome.times) == len(there.outcome.boxes)
        assert (there.lanes, there.load is None) == (1, here.load is None)
        assert there.outcome.reason == here.outcome.reason
    assert found["siamfc first"].outcome.telemetry
    assert found["unruly third"].outcome.reason == "Ended: it called sys.exit('enough')"
    assert [name for name, one in found.items() if one.outcome.error] == ["unruly third"]
    assert said == [
        "worker 1 is left out: it is lost, its sequences run again: its process ended with exit code 7"
    ] or (said == ["worker 2 is left out: it is lost, its sequences run again: its process ended with exit code 7"])
    assert shown == {one.task.spec.name: 6 + 8 + (9 if "unruly" in name else 10) for name, one in found.items()}


def test_what_a_worker_lacks_is_one_line(picture_folder: Path, tmp_path: Path, unruly: str) -> None:
    plan = plan_of(picture_folder, unruly)
    (tmp_path / "gone").touch()
    with pytest.raises(
        InputError, match=r"^worker [12]: .*unruly\.py cannot be loaded: OSError: gone .* \(and 1 more worker\)$"
    ):
        work(Processes("cpu", 2, picture_folder, print), plan, tmp_path / "results")


@pytest.mark.parametrize(
    ("wanted", "cores", "frames", "count"),
    [
        (0, 4, WORTH_FRAMES * 2, 2),
        (0, 4, WORTH_FRAMES * 2 - 3, 1),
        (0, 1, WORTH_FRAMES * 9, 1),
        (0, 2, WORTH_FRAMES * 9, 2),
        (0, 64, WORTH_FRAMES * 9, 3),
        (0, 64, 9, 1),
        (1, 8, WORTH_FRAMES * 9, 1),
        (2, 1, 9, 2),
        (8, 1, 9, 3),
    ],
)
def test_as_many_as_pay_or_are_asked_for(monkeypatch, wanted: int, cores: int, frames: int, count: int) -> None:
    """On three sequences of one tracker."""
    monkeypatch.setattr(processes, "physical_cores", lambda: cores)
    annotation = Annotation("video", np.ones((frames // 3, 4)), np.ones(frames // 3, bool))
    video = Sequence(annotation, tuple(Path(f"{index}.png") for index in range(frames // 3)))
    job = Job(video, 0, annotation.boxes[0], 0)
    spec = resolve("siamfc@random")
    tasks = [Task(spec, job, "ope", 0, "digest", key, None) for key in "abc"]
    assert how_many(wanted, tasks, lanes=1) == count
    assert how_many(wanted, tasks, lanes=3) == 1
