"""How long a run will take here, from a few frames of each tracker."""

from __future__ import annotations

import time

from benchmark.datasets.images import read_frame
from benchmark.engine.job import Job
from trackers.names import TrackerSpec

FRAMES = 3
"""Frames that are followed for it, after the first, whose step warms up."""


def seconds_for(spec: TrackerSpec, job: Job, device: str, starts: int, frames: int) -> float:
    """Return about how many seconds a tracker needs, one lane, for so many frames and first frames of videos.

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
    return starts * started + frames * min(spent, default=0.0)
