"""How long a run will take here, from a few frames of each tracker."""

from __future__ import annotations

import heapq
import time
from collections.abc import Iterable
from dataclasses import dataclass

from benchmark.datasets.images import read_frame
from benchmark.engine.job import Job
from trackers.names import TrackerSpec

FRAMES = 3
"""Frames that are followed for it, after the first, whose step warms up."""


@dataclass(frozen=True)
class Pace:
    """Seconds that a tracker takes in one lane."""

    start: float
    """For a first frame."""
    frame: float
    """For every other one."""

    def seconds(self, frames: int) -> float:
        """Return how many seconds a sequence of so many frames takes."""
        return self.start + (frames - 1) * self.frame


def pace_of(spec: TrackerSpec, job: Job, device: str) -> Pace:
    """Return about how fast a tracker is here.

    It is shown its target in a job's first frame and follows it over the next few.
    """
    tracker = spec.build(device)
    pictures = [read_frame(frame) for frame in job.frames[: FRAMES + 2]]
    began = time.perf_counter()
    state = tracker.start(pictures[:1], job.box[None], [job.seed])
    started = time.perf_counter() - began
    spent = []
    for picture in pictures[1:]:
        began = time.perf_counter()
        _, state = tracker.step(state, [picture])
        spent.append(time.perf_counter() - began)
    return Pace(started, min(spent, default=0.0))


def side_by_side(seconds: Iterable[float], workers: int) -> float:
    """Return how long pieces of work take where so many workers each take the longest that is left."""
    until = [0.0] * workers
    for piece in sorted(seconds, reverse=True):
        heapq.heapreplace(until, until[0] + piece)
    return max(until)
