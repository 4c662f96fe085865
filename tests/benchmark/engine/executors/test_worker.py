"""What a worker of a cluster proves and does, without a cluster."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from benchmark.datasets.fingerprint import digest
from benchmark.datasets.folder import FolderDataset
from benchmark.datasets.selection import Selection, select
from benchmark.engine.device import environment_class
from benchmark.engine.executors.worker import Assignment, Order, Wanted, Worker
from benchmark.engine.job import Job
from benchmark.engine.lanes import run_lanes
from trackers.names import resolve

TRACKER = """
from trackers.api import register
@register("mine", remembers="nothing")
class Mine:
    def init(self, image, box): self.box = box
    def update(self, image): return self.box
"""


@pytest.fixture
def selection(picture_folder: Path) -> Selection:
    return select(FolderDataset(picture_folder))


@pytest.fixture
def order(selection: Selection, picture_folder: Path, tmp_path: Path) -> Order:
    (tmp_path / "mine.py").write_text(TRACKER)
    specs = [resolve("siamfc-s1"), resolve(f"py:{tmp_path / 'mine.py'}")]
    return Order(
        dataset="folder",
        revision=selection.revision,
        data_root=str(picture_folder),
        limit_frames=None,
        digests={video.name: digest(video) for video in selection.sequences},
        trackers={spec.name: Wanted.of(spec) for spec in specs},
        environment=environment_class("cpu"),
        lanes=2,
        telemetry=True,
        timeout=100.0,
    )


@pytest.fixture
def worker() -> Worker:
    return Worker("cpu")


def test_a_worker_gives_what_the_driver_itself_would(worker: Worker, order: Order, selection: Selection) -> None:
    assert worker.prepare(order) == ""
    one = replace(order, lanes=1)
    assert worker.prepare(one) == ""
    given = [Assignment(v.name, 0, v.annotation.boxes[0], 7) for v in selection.sequences]
    results = worker.work("siamfc-s1", given)
    assert {result.number for result in results} == {0, 1, 2}
    tracker = resolve("siamfc-s1").build("cpu")
    tracker.recording = True
    jobs = [Job(v, 0, v.annotation.boxes[0], 7) for v in selection.sequences]
    for outcome in run_lanes(tracker, jobs, 1, "cpu"):
        (own,) = [result for result in results if given[result.number].sequence == outcome.job.video.name]
        np.testing.assert_array_equal(own.boxes, outcome.boxes)
        np.testing.assert_array_equal(own.scores, outcome.scores)
        assert own.telemetry.keys() == outcome.telemetry.keys()
        assert (own.error, own.timed_out, own.lanes) == ("", False, 1)


def test_a_timeout_reaches_the_worker(worker: Worker, order: Order, selection: Selection) -> None:
    assert worker.prepare(replace(order, timeout=1e-9)) == ""
    (result,) = worker.work("siamfc-s1", [Assignment("third", 0, selection.sequences[2].annotation.boxes[0], 0)])
    assert result.timed_out


@pytest.mark.parametrize(
    ("change", "line"),
    [
        ({"revision": "0"}, "folder is of revision 1, the driver's of 0"),
        ({"digests": {"first": "other"}}, "frames or ground truth of first are not the driver's"),
        ({"digests": {"first": "", "fourth": ""}}, "folder: 1 sequence missing in .* \\(fourth\\)"),
        ({"limit_frames": 3}, "frames or ground truth of first, second, third are not the driver's"),
        ({"data_root": "/nowhere"}, "folder: there is no /nowhere, and ENGRAM_DATA does not name another folder"),
        ({"environment": {"device": "abacus"}}, "device .*, not abacus"),
    ],
    ids=str,
)
def test_what_a_worker_lacks_is_one_line(
    worker: Worker, order: Order, change: dict, line: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    import re

    monkeypatch.delenv("ENGRAM_DATA", raising=False)
    said = worker.prepare(replace(order, **change))
    assert re.search(line, said), said
    assert "\n" not in said


def test_data_may_lie_where_the_workers_own_variable_says(
    worker: Worker, order: Order, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ENGRAM_DATA", order.data_root)
    assert worker.prepare(replace(order, data_root="/nowhere")) == ""


def test_a_tracker_that_is_another_here_is_refused(worker: Worker, order: Order, tmp_path: Path) -> None:
    name = "py:mine.py"
    wanted = order.trackers[name]
    (tmp_path / "mine.py").write_text(TRACKER.replace("return self.box", "return self.box + 1"))
    alone = replace(order, trackers={name: wanted})
    assert worker.prepare(alone) == f"tracker {name}: its code differs from the driver's; install the same version"
    (tmp_path / "mine.py").unlink()
    assert "no Python file" in worker.prepare(alone)
    other = replace(Wanted.of(resolve("siamfc-s1")), identity=resolve("siamfc@random").identity())
    said = worker.prepare(replace(order, trackers={"siamfc-s1": other}))
    assert said == "tracker siamfc-s1: config, weights differ from the driver's; install the same version"


def test_a_tracker_that_cannot_be_told_to_record_is_one_line(worker: Worker, order: Order, tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(
        "from trackers.api import Tracker, register\n@register('mine', remembers='nothing')\nclass Mine(Tracker):\n"
        "    recording = property(lambda self: False)\n    def __init__(self, *given): pass\n"
        "    def start(self, *given): pass\n    def step(self, *given): pass\n"
    )
    wanted = Wanted.of(resolve(f"py:{tmp_path / 'mine.py'}"))
    assert "cannot be told whether telemetry is wanted" in worker.prepare(replace(order, trackers={"mine": wanted}))


def test_weights_of_the_users_own_go_by_their_full_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    spec = resolve("siamfc")
    file = tmp_path / "mine.pth"
    assert spec.weights.path is not None
    shutil.copy(spec.weights.path, file)
    monkeypatch.chdir(tmp_path)
    assert Wanted.of(resolve("siamfc@mine.pth")).name == f"siamfc@{file}"
    assert Wanted.of(resolve("siamfc@imagenet")).name == "siamfc@imagenet"
    assert Wanted.of(spec).name == "siamfc"
