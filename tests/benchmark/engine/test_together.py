"""Several trackers that go through sequences together."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from conftest import write_folder
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from benchmark.datasets.images import list_images
from benchmark.datasets.sequence import Annotation, Sequence
from benchmark.engine import prefetch
from benchmark.engine.job import Job
from benchmark.engine.lanes import run_together
from trackers.api import Step, Tracker


class Adder(Tracker):
    """Moves its boxes by what it sees; fails, in the lane alone, on the frames of the videos that it is told to."""

    def __init__(self, pace: float, fails: dict[int, int] | None = None) -> None:
        self.pace, self.fails, self.widest = pace, fails or {}, 0

    def start(self, frames, boxes, seeds):
        self.widest = max(self.widest, len(frames))
        return {"box": np.array(boxes), "seed": np.array(seeds), "age": np.zeros(len(frames))}

    def step(self, state, frames):
        self.widest = max(self.widest, len(frames))
        age = state["age"] + 1
        if any(self.fails.get(int(seed)) == int(one) for seed, one in zip(state["seed"], age, strict=True)):
            raise ValueError("as told")
        box = state["box"] + self.pace * np.array([[frame.mean() / 100, 1, 0, 0] for frame in frames])
        return Step(box, np.ones(len(box))), {**state, "box": box, "age": age}


LENGTHS = (3, 7, 5, 2, 6)


@pytest.fixture(scope="module")
def jobs(tmp_path_factory: pytest.TempPathFactory) -> list[Job]:
    root = tmp_path_factory.mktemp("videos")
    found = []
    for index, frames in enumerate(LENGTHS):
        folder = write_folder(root / str(index), frames, seed=index)
        annotation = Annotation(f"v{index}", np.tile([40.0, 40, 30, 24], (frames, 1)), np.ones(frames, bool))
        video = Sequence(annotation, tuple(list_images(folder / "img")))
        found.append(Job(video, 0, annotation.boxes[0], index))
    return found


def decoded_by(patch: pytest.MonkeyPatch) -> Counter[Path]:
    """Count how often each file is decoded from now on."""
    counts: Counter[Path] = Counter()
    plain = prefetch._fetch

    def fetch(path: Path):
        counts[path] += 1
        return plain(path)

    patch.setattr(prefetch, "_fetch", fetch)
    return counts


def run(trackers: dict[str, Adder], groups: list[dict[str, Job]], lanes: int, **options):
    found = list(run_together(trackers, groups, lanes, "cpu", **options))
    assert len(found) == sum(map(len, groups))
    return {(name, one.job.video.name): one for name, one in found}


@given(
    lanes=st.integers(1, 6),
    wanted=st.lists(st.sets(st.sampled_from("abc"), min_size=1), min_size=5, max_size=5),
    fails=st.dictionaries(st.integers(0, 4), st.integers(1, 6), max_size=3),
)
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
def test_each_gives_what_it_gives_alone_and_every_frame_is_decoded_once(jobs, lanes, wanted, fails) -> None:
    """Whatever each has left to do, and whichever lanes of one of them fail."""
    groups = [dict.fromkeys(sorted(names), job) for job, names in zip(jobs, wanted, strict=True)]
    trackers = {"a": Adder(1.0), "b": Adder(2.0, fails), "c": Adder(-1.0)}
    with pytest.MonkeyPatch.context() as patch:
        decoded = decoded_by(patch)
        together = run(trackers, groups, lanes)
        assert max(decoded.values()) == 1
    for name, tracker in trackers.items():
        own = [{name: group[name]} for group in groups if name in group]
        assert tracker.widest <= lanes
        for key, alone in run({name: tracker}, own, lanes).items():
            np.testing.assert_array_equal(together[key].boxes, alone.boxes)
            assert together[key].reason == alone.reason
            assert [one.digest for one in together[key].seen] == [one.digest for one in alone.seen]
            failed = name == "b" and fails.get(alone.job.seed, 99) < len(alone.job)
            assert alone.reason == ("ValueError: as told" if failed else "")


def test_all_lanes_of_all_trackers_are_full_while_there_is_work(jobs) -> None:
    trackers = {"a": Adder(1.0), "b": Adder(2.0)}
    shown: Counter[str] = Counter()
    run(trackers, [{"a": job, "b": job} for job in jobs], 3, on_frames=lambda name, count: shown.update({name: count}))
    assert [tracker.widest for tracker in trackers.values()] == [3, 3]
    assert shown == {"a": sum(LENGTHS), "b": sum(LENGTHS)}


def test_one_that_is_too_slow_holds_up_no_other(jobs) -> None:
    found = run({"a": Adder(1.0), "b": Adder(2.0)}, [{"a": jobs[1], "b": jobs[1]}], 1, timeout=1e-9)
    assert all(one.timed_out for one in found.values())


def test_the_longest_begin_first_and_who_has_room_need_not_wait_for_others(jobs) -> None:
    """`b` fails at once on the longest and then has room for what it alone has left."""
    trackers = {"a": Adder(1.0), "b": Adder(2.0, {1: 1})}
    groups = [{"a": jobs[1], "b": jobs[1]}, {"a": jobs[4], "b": jobs[4]}, {"b": jobs[3]}]
    ended = [(name, one.job.video.name) for name, one in run_together(trackers, groups, 1, "cpu")]
    assert ended == [("b", "v1"), ("b", "v3"), ("a", "v1"), ("a", "v4"), ("b", "v4")]


def test_whoever_stops_listening_stops_the_decoding(jobs) -> None:
    going = run_together({"a": Adder(1.0)}, [{"a": job} for job in jobs], 2, "cpu")
    next(going)
    going.close()
