from __future__ import annotations

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
from benchmark.metrics.vot import Code
from benchmark.protocols.vot import Restarts, multistart, supervised
from trackers.api import Step, Tracker

SIZE = (160, 120)


@dataclass(frozen=True)
class Memory:
    box: Tensor
    light: Tensor
    """(B,), depends on every frame since the start: shows which frames a lane got."""
    age: Tensor


class Forgetful(Tracker[Memory]):
    """Stays where it was shown the target, a little moved by the light of the frames; lost for good at some ages."""

    def __init__(self, patience: int) -> None:
        self.patience = patience

    def start(self, frames, boxes, seeds) -> Memory:
        light = torch.tensor([float(frame.mean()) for frame in frames], dtype=torch.float64)
        return Memory(torch.from_numpy(boxes.copy()), light, torch.zeros(len(frames), dtype=torch.int64))

    def step(self, state: Memory, frames):
        light = state.light + torch.tensor([float(frame.mean()) for frame in frames], dtype=torch.float64)
        state = replace(state, light=light, age=state.age + 1)
        boxes = state.box.clone()
        boxes[:, 0] += light % 1
        boxes[state.age >= self.patience, :2] = torch.tensor([120.0, 90.0], dtype=torch.float64)
        return Step(boxes.numpy(), np.full(len(frames), 0.5)), state


def video(root: Path, name: str, frames: int, gap: range = range(0)) -> Sequence:
    folder = write_folder(root / name, frames, seed=frames, step=1)
    valid = np.ones(frames, bool)
    valid[list(gap)] = False
    return Sequence(
        Annotation(name, np.tile([40.0, 40.0, 30.0, 24.0], (frames, 1)), valid), list_images(folder / "img")
    )


@pytest.fixture(scope="module")
def videos(tmp_path_factory: pytest.TempPathFactory) -> list[Sequence]:
    root = tmp_path_factory.mktemp("videos")
    return [video(root, "a", 23), video(root, "b", 9), video(root, "c", 14), video(root, "d", 16, range(9, 12))]


def jobs(videos: list[Sequence]) -> list[Job]:
    found = []
    for seed, one in enumerate(videos):
        (start,) = supervised(one.annotation, SIZE)
        found.append(Job(one, start.frame, start.box, seed, start.backward, start.restarts))
    return found


def run(tracker: Tracker, work: list[Job], lanes: int) -> dict[str, Outcome]:
    return {outcome.job.video.name: outcome for outcome in run_lanes(tracker, work, lanes, "cpu")}


def plain(patience: int, one: Sequence) -> tuple[list[int], list[np.ndarray]]:
    """The experiment as the toolkit describes it, one target at a time."""
    import cv2

    frames = [cv2.imread(str(path))[..., ::-1] for path in one.frames]
    tracker, truth = Forgetful(patience), one.annotation
    codes, boxes, frame = [0] * len(frames), [np.full(4, np.nan)] * len(frames), 0
    while frame < len(frames):
        state = tracker.start([frames[frame]], truth.boxes[frame][None], [0])
        codes[frame], boxes[frame] = 1, truth.boxes[frame]
        frame += 1
        while frame < len(frames):
            found, state = tracker.step(state, [frames[frame]])
            boxes[frame], codes[frame] = found.boxes[0], 3
            if found.boxes[0, 0] > 100 and truth.valid[frame]:  # nowhere near the target
                codes[frame] = 2
                frame += 5
                while frame < len(frames) and not truth.valid[frame]:
                    frame += 1
                break
            frame += 1
    return codes, boxes


@given(lanes=st.integers(1, 5), patience=st.integers(1, 12), order=st.permutations(range(4)))
@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
def test_a_lost_target_is_shown_again_five_frames_later_whatever_runs_beside_it(videos, lanes, patience, order) -> None:
    found = run(Forgetful(patience), jobs([videos[index] for index in order]), lanes)
    for one in videos:
        outcome = found[one.name]
        codes, boxes = plain(patience, one)
        assert outcome.codes.tolist() == codes
        np.testing.assert_array_equal(outcome.boxes, boxes)
        assert not outcome.error
        assert len(outcome.times) == len(outcome.scores) == len(one)
        assert outcome.seconds == pytest.approx(outcome.times.sum())


def test_frames_are_counted_once_and_those_that_are_left_out_too(videos) -> None:
    counted: list[int] = []
    list(run_lanes(Forgetful(4), jobs(videos), 2, "cpu", counted.append))
    assert sum(counted) == sum(map(len, videos))


def test_a_start_in_the_last_frame_ends_there(videos) -> None:
    outcome = run(Forgetful(3), jobs([videos[1]]), 1)["b"]  # lost in frame 3, shown again in 8 of 0 to 8
    assert outcome.codes.tolist() == [1, 3, 3, 2, 0, 0, 0, 0, 1]
    assert len(outcome.seen) == 9


def test_a_failure_near_the_end_is_the_end(videos) -> None:
    outcome = run(Forgetful(6), jobs([videos[1]]), 1)["b"]
    assert outcome.codes.tolist() == [1, 3, 3, 3, 3, 3, 2, 0, 0]
    assert np.isnan(outcome.boxes[7:]).all()


def test_who_has_lost_its_target_is_heard_out_before_it_is_shown_again(videos) -> None:
    class Late(Forgetful):
        def finish(self, state, lane: int) -> None:
            raise RuntimeError("an answer too many")

    outcome = run(Late(3), jobs([videos[2]]), 1)["c"]
    assert "an answer too many" in outcome.error
    assert outcome.codes.tolist() == [1, 3, 3, 2, 0, 0, 0, 0]


def test_a_tracker_that_raises_ends_its_own_sequence_with_what_was_done(videos) -> None:
    class Raises(Forgetful):
        def start(self, frames, boxes, seeds):
            self.starts = getattr(self, "starts", 0) + 1
            if self.starts > 1:
                raise RuntimeError("not a second time")
            return super().start(frames, boxes, seeds)

    outcome = run(Raises(4), jobs([videos[0]]), 1)["a"]
    assert "not a second time" in outcome.error
    assert outcome.codes.tolist() == [1, 3, 3, 3, 2, 0, 0, 0, 0]


def test_runs_from_anchors_go_both_ways(videos) -> None:
    one = videos[0]
    anchors = np.zeros(23, np.int8)
    anchors[[0, 10]], anchors[22] = 1, -1
    annotation = replace(one.annotation, anchors=anchors)
    work = [Job(one, s.frame, s.box, 0, s.backward, s.restarts) for s in multistart(annotation)]
    assert [len(job) for job in work] == [23, 13, 23]
    forward, later, back = (next(iter(run_lanes(Forgetful(99), [job], 1, "cpu"))) for job in work)
    assert [frame.name for frame in work[2].frames] == [frame.name for frame in one.frames][::-1]
    assert len(forward.boxes) == len(back.boxes) == 23
    assert len(later.boxes) == 13
    assert not np.array_equal(forward.boxes[1:], back.boxes[1:])
    assert not len(back.codes)


def test_a_target_is_lost_where_no_pixel_is_shared_and_the_truth_is_known(videos) -> None:
    truth, rules = videos[3].annotation, Restarts(SIZE)
    assert not rules.lost(truth, 0, np.array([69.0, 40.0, 5.0, 5.0]))
    assert rules.lost(truth, 0, np.array([71.0, 40.0, 5.0, 5.0]))
    assert rules.lost(truth, 0, np.full(4, np.nan))
    assert not rules.lost(truth, 10, np.array([71.0, 40.0, 5.0, 5.0]))
    assert rules.again(truth, 4) == 12
    assert rules.again(truth, 14) == len(truth)


def test_codes_are_those_of_vots_files() -> None:
    assert (Code.UNKNOWN, Code.INITIALISED, Code.FAILED) == (0, 1, 2)
