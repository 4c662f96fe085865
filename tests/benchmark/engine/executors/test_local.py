from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest

from benchmark.datasets.folder import FolderDataset
from benchmark.datasets.selection import select
from benchmark.engine.executors import local
from benchmark.engine.executors.local import Local, Team, teams
from benchmark.engine.job import Job
from benchmark.engine.run import Plan, Task
from trackers.adapters.chance import Chance
from trackers.adapters.containment import Contained, World
from trackers.api import Step, Tracker
from trackers.names import TrackerSpec, resolve


@dataclass
class Diary:
    """Whose steps came in which order, and the most lanes that were in a step at once."""

    names: list[str] = field(default_factory=list)
    in_flight: dict[str, int] = field(default_factory=dict)
    most: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def begin(self, name: str, lanes: int) -> None:
        with self.lock:
            self.names.append(name)
            self.in_flight[name] = lanes
            self.most = max(self.most, sum(self.in_flight.values()))

    def end(self, name: str) -> None:
        with self.lock:
            self.in_flight[name] = 0


class Still(Tracker):
    """Stays, and keeps the diary; ends by an error of the engine's kind where it is told so."""

    def __init__(self, name: str, diary: Diary, pause: float = 0.01) -> None:
        self.name, self.diary, self.pause = name, diary, pause

    def start(self, frames, boxes, seeds):
        return boxes.copy()

    def step(self, state, frames):
        self.diary.begin(self.name, len(frames))
        time.sleep(self.pause)
        self.diary.end(self.name)
        return Step(state, np.ones(len(state))), state


@dataclass(frozen=True)
class Spec(TrackerSpec):
    """A tracker's spec that builds what it is given."""

    tracker: Tracker | None = None

    def build(self, device: str):
        return self.tracker


def specs(*trackers: Still) -> list[Spec]:
    base = vars(resolve("siamfc@random"))
    return [Spec(**{**base, "name": tracker.name}, tracker=tracker) for tracker in trackers]


def work(picture_folder: Path, lanes: int, *trackers: Still, on_frames=lambda name, count: None):
    selection = select(FolderDataset(picture_folder))
    tasks = [
        Task(spec, Job(video, 0, video.annotation.boxes[0], 0), "ope", 0, "digest", f"{spec.name} {video.name}", None)
        for spec in specs(*trackers)
        for video in selection.sequences
    ]
    plan = Plan(tuple(specs(*trackers)), selection, "cpu", lanes=lanes)
    return Local("cpu").work(plan, tasks, on_frames)


def test_a_runs_trackers_get_all_lanes_and_every_task_ends(picture_folder: Path) -> None:
    diary = Diary()
    found = list(work(picture_folder, 2, Still("one", diary), Still("two", diary)))
    assert sorted(f"{each.task.spec.name} {each.task.sequence}" for each in found) == [
        f"{tracker} {video}" for tracker in ("one", "two") for video in ("first", "second", "third")
    ]
    assert diary.most == 2


def names_of(found: list[Team]) -> list[list[str]]:
    return [list(team) for team in found]


def test_on_a_gpu_trackers_that_take_all_lanes_run_together_and_on_a_cpu_each_alone() -> None:
    trackers = {name: Still(name, Diary()) for name in ("one", "two", "three", "four")}
    trackers["two"].max_lanes = 1  # type: ignore[misc]
    trackers["three"].max_lanes = 8  # type: ignore[misc]
    assert names_of(teams(trackers, 4, "cuda:0")) == [["one", "three", "four"], ["two"]]
    assert names_of(teams(trackers, 16, "cuda:0")) == [["one", "four"], ["two"], ["three"]]
    assert names_of(teams(trackers, 4, "cpu")) == [["one"], ["two"], ["three"], ["four"]]
    assert names_of(teams({"two": trackers["two"]}, 4, "cuda:0")) == [["two"]]


def test_together_or_alone_a_run_comes_to_the_same(picture_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    apart = list(work(picture_folder, 2, Still("one", Diary()), Still("two", Diary())))
    monkeypatch.setattr(local, "teams", lambda built, lanes, device: [built])
    diary = Diary()
    together = list(work(picture_folder, 2, Still("one", diary), Still("two", diary)))
    assert diary.names[:4] == ["one", "two", "one", "two"]
    boxes = [{each.task.key: each.outcome.boxes.tolist() for each in found} for found in (apart, together)]
    assert boxes[0] == boxes[1]
    assert {each.lanes for each in together} == {2}


def test_a_third_partys_tracker_runs_beside_no_other() -> None:
    trackers = {name: Still(name, Diary()) for name in ("one", "two", "three")}
    assert names_of(teams({**trackers, "two": guard(trackers["two"])}, 2, "cuda:0")) == [["one", "three"], ["two"]]


def guard(tracker: Still) -> Contained:
    contained = Contained(tracker, World(""), Chance())
    contained.name = tracker.name
    return contained


def test_with_one_lane_trackers_follow_each_other(picture_folder: Path) -> None:
    diary = Diary()
    list(work(picture_folder, 1, Still("one", diary), Still("two", diary)))
    names = diary.names
    assert names == sorted(names)


def test_whoever_stops_listening_stops_the_work(picture_folder: Path) -> None:
    diary = Diary()
    going = work(picture_folder, 1, Still("one", diary), Still("two", diary))
    next(going)
    going.close()
    seen = len(diary.names)
    time.sleep(0.1)
    assert len(diary.names) == seen
    assert set(diary.names) == {"one"}


class Hangs(Still):
    """Never returns from its second sequence."""

    def __init__(self, diary: Diary) -> None:
        super().__init__("hangs", diary, 0.0)
        self.sequences, self.free = 0, threading.Event()

    def start(self, frames, boxes, seeds):
        self.sequences += 1
        return super().start(frames, boxes, seeds)

    def step(self, state, frames):
        if self.sequences > 1:
            self.free.wait(20)
        return super().step(state, frames)


def test_a_tracker_that_hangs_does_not_keep_who_stops_the_work(picture_folder: Path, monkeypatch) -> None:
    monkeypatch.setattr(local, "END_SECONDS", 0.1)
    tracker = Hangs(Diary())
    going = work(picture_folder, 1, tracker)
    next(going)
    began = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        going.throw(KeyboardInterrupt)
    assert time.monotonic() - began < 10
    tracker.free.set()


def test_an_error_of_the_engine_reaches_whoever_asked(picture_folder: Path) -> None:
    def on_frames(name: str, count: int) -> None:
        raise ZeroDivisionError("the bar broke")

    with pytest.raises(ZeroDivisionError, match="the bar broke"):
        list(work(picture_folder, 2, Still("one", Diary()), on_frames=on_frames))


def test_a_machine_without_gpu_has_one_lane() -> None:
    assert Local("cpu").fitting_lanes((resolve("siamfc@random"),), 9) == 1
