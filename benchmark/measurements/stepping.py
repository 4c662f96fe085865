"""What a step of a tracker takes, frames decoded already and the first ones not counted."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch

from trackers.api import Frame, OneTarget


def one_target(tracker: OneTarget, frames: Sequence[Frame], box: Any, device: str) -> float:
    """Return the seconds a frame of an object with `init` and `update`."""
    tracker.init(frames[0], box)
    tracker.update(frames[1])
    return seconds(lambda: [tracker.update(frame) for frame in frames[2:]], device) / (len(frames) - 2)


def replicated(tracker: Any, frames: Sequence[Frame], box: Any, lanes: int, device: str) -> float:
    """Return the seconds a step of `lanes` copies of one sequence."""
    state = tracker.start([frames[0]] * lanes, np.stack([box] * lanes), list(range(lanes)))
    _, state = tracker.step(state, [frames[1]] * lanes)

    def follow() -> None:
        now = state
        for frame in frames[2:]:
            _, now = tracker.step(now, [frame] * lanes)

    return seconds(follow, device) / (len(frames) - 2)


def seconds(call: Callable[[], Any], device: str) -> float:
    """Return the seconds of a call, with a CUDA device synchronised before and after."""
    if device.startswith("cuda"):
        torch.cuda.synchronize(device)
    began = time.perf_counter()
    call()
    if device.startswith("cuda"):
        torch.cuda.synchronize(device)
    return time.perf_counter() - began


def milliseconds(seconds: Sequence[float]) -> float:
    """Return the median."""
    return 1e3 * float(np.median(seconds))
