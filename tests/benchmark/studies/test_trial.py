from __future__ import annotations

import time
from collections.abc import Sequence
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from benchmark.engine.job import Job
from benchmark.studies.trial import TRIED, WARM, try_out
from trackers.api import Boxes, Frame, Step


class Learner:
    """Learns in each of its first frames: these take five times as long as the others, and five products."""

    now = 0
    """The time in ns, which its work alone makes pass."""

    def start(self, frames: Sequence[Frame], boxes: Boxes, seeds: Sequence[int]) -> tuple[int, Boxes]:
        return 0, boxes

    def step(self, state: tuple[int, Boxes], frames: Sequence[Frame]) -> tuple[Step, tuple[int, Boxes]]:
        age, boxes = state
        for _ in range(5 if age < 8 else 1):
            torch.ones(10, 10) @ torch.ones(10, 10)
            Learner.now += 2_000_000
        return Step(boxes, np.ones(1)), (age + 1, boxes)

    def parameters(self) -> int:
        return 7


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "process_time_ns", lambda: Learner.now)


def tried(frames: int) -> object:
    spec = SimpleNamespace(build=lambda device: Learner(), family=SimpleNamespace(world=None))
    job = Job(None, 0, np.array([1.0, 2, 3, 4]), seed=0)  # type: ignore[arg-type]
    return try_out(spec, job, [np.zeros((8, 8, 3), np.uint8)] * frames, "cpu")  # type: ignore[arg-type]


def test_what_is_learnt_at_first_is_not_taken_for_what_every_frame_costs() -> None:
    cost = tried(TRIED + 1)
    assert (cost.frames, cost.parameters) == (TRIED - WARM, 7)
    assert cost.gflop == pytest.approx(2 * 10**3 / 1e9), "one product a frame"
    assert cost.seconds == pytest.approx(0.002), "one product's"


def test_of_a_short_video_half_is_timed_and_of_one_frame_nothing() -> None:
    assert [tried(frames).frames for frames in (2, 3, 6)] == [1, 1, 3]
    assert tried(1) is None
