from __future__ import annotations

import time
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
import torch
from conftest import write_folder
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from torch import Tensor

from benchmark.datasets.images import list_images
from benchmark.datasets.sequence import Annotation, Sequence
from benchmark.engine.job import Job, Outcome
from benchmark.engine.lanes import run_lanes
from trackers.api import Signal, Step, Tracker


@dataclass(frozen=True)
class Memory:
    box: Tensor
    brightness: Tensor
    """(B,), the sum of the mean brightness of all frames seen: shows whose frames a lane got."""
    age: Tensor


class Watcher(Tracker[Memory]):
    """Its box depends on every frame that its lane has seen, so a mixed-up lane shows."""

    signals = (Signal("age", "frames seen", low=1),)

    def __init__(self, fails: str = "") -> None:
        self.fails = fails
        self.widest = 0

    def start(self, frames, boxes, seeds) -> Memory:
        self.widest = max(self.widest, len(frames))
        if self.fails == "start" and 1 in seeds:
            raise RuntimeError("the target of seed 1 frightens me")
        light = torch.tensor([frame.mean() for frame in frames])
        return Memory(torch.from_numpy(boxes.copy()), light, torch.ones(len(frames), dtype=torch.int64))

    def step(self, state: Memory, frames):
        self.widest = max(self.widest, len(frames))
        if self.fails == "step" and (state.age == 4).any():
            raise RuntimeError("four is too many")
        if self.fails == "memory" and len(frames) > 2:
            raise torch.OutOfMemoryError("five lanes are too many")
        if self.fails == "shape":
            return Step(np.zeros((len(frames), 3)), np.ones(len(frames))), state
        light = state.brightness + torch.tensor([frame.mean() for frame in frames])
        state = replace(state, brightness=light, age=state.age + 1)
        boxes = state.box.clone()
        boxes[:, 0] += light
        telemetry = {"age": state.age.numpy().copy()} if self.recording else {}
        return Step(boxes.numpy(), np.ones(len(frames)), telemetry), state


@pytest.fixture(scope="module")
def videos(tmp_path_factory: pytest.TempPathFactory) -> list[Sequence]:
    root = tmp_path_factory.mktemp("videos")
    found = []
    for index, frames in enumerate((3, 7, 5, 2, 6)):
        folder = write_folder(root / str(index), frames, seed=index)
        boxes = np.tile([40.0, 40.0, 30.0, 24.0], (frames, 1))
        annotation = Annotation(f"v{index}", boxes, np.ones(frames, bool))
        found.append(Sequence(annotation, tuple(list_images(folder / "img"))))
    return found


def run(tracker: Tracker, videos: list[Sequence], lanes: int, start: int = 0) -> dict[str, Outcome]:
    jobs = [Job(video, start, video.annotation.boxes[start], seed) for seed, video in enumerate(videos)]
    outcomes = list(run_lanes(tracker, jobs, lanes, "cpu"))
    assert len(outcomes) == len(jobs)
    return {outcome.job.video.name: outcome for outcome in outcomes}


@given(lanes=st.integers(1, 7), order=st.permutations(range(5)))
@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
def test_whatever_runs_beside_it_a_sequence_gets_its_own_boxes(videos, lanes: int, order: list[int]) -> None:
    tracker = Watcher()
    together = run(tracker, [videos[index] for index in order], lanes)
    assert tracker.widest == min(lanes, 5)
    for name, alone in run(Watcher(), videos, 1).items():
        np.testing.assert_allclose(together[name].boxes, alone.boxes, rtol=1e-6)
        assert len(alone.boxes) == len(alone.job)
        assert not alone.error


@pytest.mark.parametrize("lanes", [1, 2, 5])
def test_what_is_wrong_at_its_end_fails_a_sequence_alone(videos, lanes: int) -> None:
    class Late(Watcher):
        def finish(self, state: Memory, lane: int) -> None:
            if state.age[lane] == 6:
                raise RuntimeError("six were too many")

    outcomes = run(Late(), videos, lanes)
    assert [name for name, outcome in outcomes.items() if outcome.error] == ["v4"]
    assert "six were too many" in outcomes["v4"].error
    assert {name: len(outcome.boxes) for name, outcome in outcomes.items()} == {one.name: len(one) for one in videos}


def test_the_first_row_is_the_box_that_was_given(videos) -> None:
    for outcome in run(Watcher(), videos, 2).values():
        np.testing.assert_array_equal(outcome.boxes[0], [40, 40, 30, 24])


def test_a_run_may_begin_later(videos) -> None:
    outcomes = run(Watcher(), [videos[1]], 1, start=4)
    assert len(outcomes["v1"].boxes) == 3


def test_the_longest_sequences_begin_first(videos) -> None:
    jobs = [Job(video, 0, video.annotation.boxes[0], 0) for video in videos]
    ended = [len(outcome.job) for outcome in run_lanes(Watcher(), jobs, 1, "cpu")]
    assert ended == [7, 6, 5, 3, 2]


def test_every_frame_is_counted_once(videos) -> None:
    counted: list[int] = []
    jobs = [Job(video, 0, video.annotation.boxes[0], 0) for video in videos]
    list(run_lanes(Watcher(), jobs, 3, "cpu", counted.append))
    assert sum(counted) == sum(map(len, videos))


def test_telemetry_has_a_row_a_step_and_only_when_recorded(videos) -> None:
    tracker = Watcher()
    assert run(tracker, videos[:2], 2)["v1"].telemetry == {}
    tracker.recording = True
    np.testing.assert_array_equal(run(tracker, videos[:2], 2)["v1"].telemetry["age"], np.arange(2, 8))


@pytest.mark.parametrize("lanes", [1, 5])
def test_an_unreadable_frame_fails_its_sequence_alone(videos, lanes: int, tmp_path: Path) -> None:
    broken = tmp_path / "0004.png"
    broken.write_bytes(b"no picture")
    frames = (*videos[1].frames[:3], broken, *videos[1].frames[4:])
    outcomes = run(Watcher(), [videos[0], replace(videos[1], frames=frames), *videos[2:]], lanes)
    assert "0004.png" in outcomes["v1"].reason
    assert len(outcomes["v1"].boxes) == 3
    assert [name for name, outcome in outcomes.items() if outcome.error] == ["v1"]
    expected = run(Watcher(), videos, 1)
    for name in ("v0", "v2", "v3", "v4"):
        np.testing.assert_allclose(outcomes[name].boxes, expected[name].boxes, rtol=1e-6)


@pytest.mark.parametrize("lanes", [1, 3, 5])
def test_an_exception_in_a_step_fails_the_lanes_that_raise_it(videos, lanes: int) -> None:
    outcomes = run(Watcher(fails="step"), videos, lanes)
    assert {name for name, outcome in outcomes.items() if outcome.error} == {"v1", "v2", "v4"}
    assert outcomes["v1"].reason == "RuntimeError: four is too many"
    assert len(outcomes["v1"].boxes) == 4


@pytest.mark.parametrize("lanes", [1, 5])
def test_an_exception_at_the_start_fails_that_lane(videos, lanes: int) -> None:
    outcomes = run(Watcher(fails="start"), videos, lanes)
    assert [name for name, outcome in outcomes.items() if outcome.error] == ["v1"]
    assert len(outcomes["v1"].boxes) == 0


def test_boxes_of_a_wrong_shape_are_a_failure_that_says_so(videos) -> None:
    outcomes = run(Watcher(fails="shape"), videos[:2], 2)
    assert all("shape (1, 3), not (1, 4)" in outcome.reason for outcome in outcomes.values())


@pytest.mark.parametrize("fails", ["take", "join"])
def test_lanes_that_cannot_be_moved_fail_and_the_others_go_on(videos, fails: str) -> None:
    class Stuck(Watcher):
        def take(self, state, lanes):
            return super().take(state, lanes) if fails != "take" else {}[0]

        def join(self, first, second):
            return super().join(first, second) if fails != "join" else {}[0]

    outcomes = run(Stuck(), videos, 2)
    failed = {name for name, outcome in outcomes.items() if outcome.error}
    assert 0 < len(failed) < len(videos)
    assert {outcomes[name].reason for name in failed} == {"KeyError: 0"}
    expected = run(Watcher(), videos, 1)
    for name in outcomes.keys() - failed:
        np.testing.assert_allclose(outcomes[name].boxes, expected[name].boxes, rtol=1e-6)


def test_a_state_may_be_none_at_one_lane(videos) -> None:
    class Stateless(Watcher):
        def start(self, frames, boxes, seeds):
            self.kept = super().start(frames, boxes, seeds)

        def step(self, state, frames):
            found, self.kept = super().step(self.kept, frames)
            return found, None

    for name, outcome in run(Stateless(), videos, 1).items():
        np.testing.assert_array_equal(outcome.boxes, run(Watcher(), videos, 1)[name].boxes)


def test_out_of_memory_halves_the_lanes_and_goes_on(videos) -> None:
    tracker = Watcher(fails="memory")
    outcomes = run(tracker, videos, 5)
    for name, alone in run(Watcher(), videos, 1).items():
        assert not outcomes[name].error
        np.testing.assert_allclose(outcomes[name].boxes, alone.boxes, rtol=1e-6)


@pytest.mark.usefixtures("slept_time")
@pytest.mark.parametrize("lanes", [1, 5])
def test_a_sequence_that_takes_too_long_ends_alone(videos, lanes: int) -> None:
    class Dawdler(Watcher):
        def step(self, state: Memory, frames):
            time.sleep(0.5 * len(frames) if (state.age == 5).any() else 0)  # v1 and, in its last step, v4
            return super().step(state, frames)

    jobs = [Job(video, 0, video.annotation.boxes[0], seed) for seed, video in enumerate(videos)]
    outcomes = {one.job.video.name: one for one in run_lanes(Dawdler(), jobs, lanes, "cpu", timeout=0.4)}
    assert [name for name, one in outcomes.items() if one.timed_out] == ["v1"]
    assert len(outcomes["v1"].boxes) == 6
    assert outcomes["v1"].reason == "timeout: 0.5 s in the tracker for 6 of 7 frames, --timeout is 0.4 s"
    assert not any(one.error for name, one in outcomes.items() if name != "v1")


@pytest.mark.parametrize("lanes", [1, 3])
def test_every_frame_has_the_seconds_it_took(videos, lanes: int) -> None:
    for outcome in run(Watcher(), videos, lanes).values():
        assert outcome.times.shape == (len(outcome.boxes),)
        assert (outcome.times > 0).all()
        assert outcome.times.sum() == pytest.approx(outcome.seconds)
    for outcome in run(Watcher("step"), videos, lanes).values():
        assert outcome.times.shape == (len(outcome.boxes),)  # none of the frame that failed
