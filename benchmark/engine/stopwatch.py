"""A stopwatch for one lane: the device is synchronised before and after each frame.

The gate's probe times other revisions' trackers with it, so that of `trackers` it uses the API alone.
"""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from benchmark.engine.job import Job
from trackers.api import Boxes, Frame, Tracker

Clock = Callable[[], int]
"""Returns the time since some moment in ns."""


@dataclass(frozen=True)
class Timed:
    """One job as the clock saw it."""

    boxes: Boxes
    """(N, 4); row 0 is the box that was given."""
    seconds: NDArray[np.float64]
    """(N,); the first is what showing the target took."""


def follow(
    tracker: Tracker[Any], job: Job, frames: Sequence[Frame], device: str, clock: Clock = time.perf_counter_ns
) -> Timed:
    """Track one lane on decoded frames; the job says only which box is shown first, and the seed."""
    state, first = timed_call(lambda: tracker.start([frames[0]], job.box[None], [job.seed]), device, clock)
    boxes, times = [job.box], [first]
    for frame in frames[1:]:
        (step, state), seconds = timed_call(
            lambda now=frame, before=state: tracker.step(before, [now]),  # type: ignore[misc]
            device,
            clock,
        )
        boxes.append(step.boxes[0])
        times.append(seconds)
    return Timed(np.array(boxes), np.array(times))


def timed_call(call: Callable[[], Any], device: str, clock: Clock) -> tuple[Any, float]:
    """Return what a call returns, and its seconds; the device is synchronised before and after."""
    _synchronise(device)
    began = clock()
    result = call()
    _synchronise(device)
    return result, (clock() - began) / 1e9


def _synchronise(device: str) -> None:
    if device.startswith("cuda"):
        torch.cuda.synchronize(device)
    elif device == "mps":
        torch.mps.synchronize()


def peak_memory(device: str) -> float:
    """Return the peak memory so far in MB: of the device on a GPU, of the process elsewhere."""
    if device.startswith("cuda"):
        return torch.cuda.max_memory_allocated(device) / 2**20
    unit = 1 if sys.platform == "darwin" else 1024  # ru_maxrss is in bytes there, in KiB elsewhere
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 2**20
