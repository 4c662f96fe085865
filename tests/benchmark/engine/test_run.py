from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from benchmark.datasets.folder import FolderDataset
from benchmark.datasets.selection import Selection, select
from benchmark.engine.device import environment_class
from benchmark.engine.executors.local import Local
from benchmark.engine.run import Plan, Task, execute, lane_seed, lay_out
from benchmark.store.record import Record
from benchmark.store.results import Results
from trackers.names import resolve


@pytest.fixture
def selection(picture_folder: Path) -> Selection:
    return select(FolderDataset(picture_folder))


def laid(wanted: Plan, store: Results) -> list[Task]:
    return lay_out(wanted, store, environment_class("cpu"))


def done(wanted: Plan, tasks: list[Task], store: Results) -> Iterator[tuple[Task, Record]]:
    return execute(wanted, tasks, store, Local("cpu"))


def plan(selection: Selection, *names: str, **options) -> Plan:
    return Plan(tuple(resolve(name) for name in names), selection, "cpu", **options)


def test_a_second_run_finds_everything_kept(selection: Selection, tmp_path: Path) -> None:
    store = Results(tmp_path / "results")
    wanted = plan(selection, "cv2:kcf", "siamfc-s1")
    first = {(r.tracker, r.sequence): r for _, r in done(wanted, laid(wanted, store), store)}
    assert len(first) == 6
    assert all(record.status == "done" for record in first.values())
    again = laid(wanted, store)
    assert all(task.kept is not None for task in again)
    for task in again:
        np.testing.assert_array_equal(task.kept.boxes, first[task.spec.name, task.sequence].boxes)
    assert list(done(wanted, again, store)) == []


def test_lanes_do_not_change_the_key_and_seeds_do(selection: Selection, tmp_path: Path) -> None:
    store = Results(tmp_path / "results")

    def keys(**options) -> list[str]:
        return [task.key for task in laid(plan(selection, "siamfc-s1", **options), store)]

    assert keys(lanes=3) == keys()
    assert not set(keys(seed=1)) & set(keys())


def test_a_changed_frame_is_another_key(picture_folder: Path, tmp_path: Path) -> None:
    store = Results(tmp_path / "results")

    def keys() -> dict[str, str]:
        chosen = select(FolderDataset(picture_folder))
        return {task.sequence: task.key for task in laid(plan(chosen, "cv2:kcf"), store)}

    before = keys()
    frame = picture_folder / "second" / "img" / "0003.png"
    frame.write_bytes(frame.read_bytes() + b" ")
    after = keys()
    assert {name for name in before if before[name] != after[name]} == {"second"}


def test_a_failure_is_kept_and_run_again_only_when_asked(picture_folder: Path, tmp_path: Path) -> None:
    (picture_folder / "first" / "img" / "0003.png").write_bytes(b"no picture")
    chosen = select(FolderDataset(picture_folder))
    store = Results(tmp_path / "results")
    wanted = plan(chosen, "cv2:kcf")
    status = {r.sequence: r.status for _, r in done(wanted, laid(wanted, store), store)}
    assert status == {"first": "failed", "second": "done", "third": "done"}
    assert all(task.kept is not None for task in laid(wanted, store))
    retry = laid(plan(chosen, "cv2:kcf", retry_failed=True), store)
    assert [task.sequence for task in retry if task.kept is None] == ["first"]


def test_telemetry_that_is_not_kept_is_made(selection: Selection, tmp_path: Path) -> None:
    store = Results(tmp_path / "results")
    silent = plan(selection, "siamfc-s1", "cv2:kcf")
    list(done(silent, laid(silent, store), store))
    telling = plan(selection, "siamfc-s1", "cv2:kcf", telemetry=True)
    tasks = laid(telling, store)
    assert {task.spec.name for task in tasks if task.kept is None} == {"siamfc-s1"}
    records = [record for _, record in done(telling, tasks, store)]
    assert all(store.telemetry_path(record).is_file() for record in records)
    assert all(task.kept is not None for task in laid(telling, store))


SIGNALLING = """
from trackers.api import register
@register("signalling", remembers="nothing")
class Signalling:
    signals = ("SIGTERM",)
    def init(self, image, box): self.box = box
    def update(self, image): return self.box
"""


def test_what_a_class_of_one_target_calls_signals_is_no_telemetry_that_lacks(selection: Selection, tmp_path) -> None:
    store = Results(tmp_path / "results")
    (tmp_path / "signalling.py").write_text(SIGNALLING)
    telling = plan(selection, f"py:{tmp_path / 'signalling.py'}", telemetry=True)
    list(done(telling, laid(telling, store), store))
    assert all(task.kept is not None for task in laid(telling, store))


def test_seeds_differ_by_sequence_and_run_and_repeat() -> None:
    seeds = {lane_seed(s, "demo", n, r) for s in (0, 1) for n in ("a", "b") for r in (0, 1)}
    assert len(seeds) == 8
    assert lane_seed(0, "demo", "a") == lane_seed(0, "demo", "a")
    assert all(0 <= seed < 2**63 for seed in seeds)


PATIENT = """
import time
from trackers.api import register
@register("patient", remembers="nothing")
class Patient:
    def init(self, image, box): self.box, self.age = box, 0
    def update(self, image):
        self.age += 1
        if self.age == 6: time.sleep(0.5)
        return self.box
"""


@pytest.mark.usefixtures("slept_time")
def test_a_timeout_is_kept_and_run_again_only_when_there_is_more_time(selection: Selection, tmp_path: Path) -> None:
    (tmp_path / "patient.py").write_text(PATIENT)
    store, name = Results(tmp_path / "results"), f"py:{tmp_path / 'patient.py'}"
    short = plan(selection, name, timeout=0.4)
    records = {record.sequence: record for _, record in done(short, laid(short, store), store)}
    assert {sequence: record.status for sequence, record in records.items()} == {
        "first": "done", "second": "timeout", "third": "timeout",
    }  # fmt: skip
    assert "--timeout is 0.4 s" in records["second"].reason
    assert len(records["second"].boxes) == 7

    def left(**options) -> list[str]:
        return [task.sequence for task in laid(plan(selection, name, **options), store) if task.kept is None]

    assert left(timeout=0.4) == left(timeout=0.1) == []
    assert left(timeout=0.4, retry_failed=True) == left(timeout=9.0) == left() == ["second", "third"]
    longer = plan(selection, name)
    assert [record.status for _, record in done(longer, laid(longer, store), store)] == ["done", "done"]
    assert left(timeout=0.1) == []


def test_repeats_are_kept_apart_and_draw_other_seeds(selection: Selection, tmp_path: Path) -> None:
    store = Results(tmp_path / "results")
    thrice = plan(selection, "cv2:kcf", repeats=3)
    tasks = laid(thrice, store)
    assert [(task.sequence, task.repeat) for task in tasks] == [
        (name, repeat) for repeat in range(3) for name in ("first", "second", "third")
    ]
    assert len({task.key for task in tasks}) == len({task.job.seed for task in tasks}) == 9
    records = [record for _, record in done(thrice, tasks, store)]
    assert len({store.path_of(record) for record in records}) == 9
    once = laid(plan(selection, "cv2:kcf"), store)
    assert [task.key for task in once] == [task.key for task in tasks if task.repeat == 0]
    assert all(task.kept is not None for task in once)


def test_a_record_of_another_length_is_not_used(selection: Selection, tmp_path: Path) -> None:
    store = Results(tmp_path / "results")
    wanted = plan(selection, "cv2:kcf")
    _, record = next(iter(done(wanted, laid(wanted, store), store)))
    store.keep(replace(record, boxes=record.boxes[:-1], scores=record.scores[:-1], times=record.times[:-1]))
    assert record.sequence in [task.sequence for task in laid(wanted, store) if task.kept is None]


def test_damaged_telemetry_is_made_anew(selection: Selection, tmp_path: Path) -> None:
    store = Results(tmp_path / "results")
    telling = plan(selection, "siamfc-s1", telemetry=True)
    records = [record for _, record in done(telling, laid(telling, store), store)]
    file = store.telemetry_path(records[0])
    file.write_bytes(file.read_bytes()[:-30])
    assert [t.sequence for t in laid(telling, store) if t.kept is None] == [records[0].sequence]


def test_ground_truth_and_frame_limit_are_in_the_key(picture_folder: Path, tmp_path: Path) -> None:
    store = Results(tmp_path / "results")

    def keys(**options) -> dict[str, str]:
        chosen = select(FolderDataset(picture_folder), **options)
        return {task.sequence: task.key for task in laid(plan(chosen, "cv2:kcf"), store)}

    before = keys()
    assert {name for name, key in keys(limit_frames=7).items() if before[name] != key} == {"second", "third"}
    assert keys(limit_frames=90) == before
    assert keys(sequences=["third"])["third"] == before["third"]
    file = picture_folder / "first" / "groundtruth_rect.txt"
    file.write_text(file.read_text().replace("30,24", "30,25"))
    assert {name for name, key in keys().items() if before[name] != key} == {"first"}


def test_the_environment_is_in_the_key(selection: Selection, tmp_path: Path) -> None:
    store = Results(tmp_path / "results")
    here = {task.key for task in laid(plan(selection, "cv2:kcf"), store)}
    there = lay_out(plan(selection, "cv2:kcf"), store, {**environment_class("cpu"), "torch": "9.9"})
    assert not here & {task.key for task in there}


def test_jitter_moves_each_repeats_first_box_and_is_in_the_key(selection: Selection, tmp_path: Path) -> None:
    store = Results(tmp_path / "results")

    def tasks(**options) -> list[Task]:
        return laid(plan(selection, "siamfc-s1", repeats=2, **options), store)

    exact, off, other = tasks(), tasks(jitter=0.5), tasks(jitter=0.25)
    assert [task.key for task in tasks(jitter=0.0)] == [task.key for task in exact]
    assert not {task.key for task in exact} & {task.key for task in off}
    assert not {task.key for task in off} & {task.key for task in other}
    first = {(task.sequence, task.repeat): task.job.box for task in off}
    true = {task.sequence: task.job.box for task in exact}
    for (sequence, repeat), box in first.items():
        assert 0 < np.abs(box[2:] - true[sequence][2:]).max() <= 0.5
        assert not np.array_equal(box, first[sequence, 1 - repeat])


def test_all_trackers_of_a_repeat_begin_on_the_same_box(selection: Selection, tmp_path: Path) -> None:
    both = laid(plan(selection, "cv2:kcf", "siamfc-s1", repeats=2, jitter=1.0), Results(tmp_path / "results"))
    begun: dict[tuple[str, int], list[np.ndarray]] = {}
    for task in both:
        begun.setdefault((task.sequence, task.repeat), []).append(task.job.box)
    assert all(np.array_equal(one, two) for one, two in begun.values())
