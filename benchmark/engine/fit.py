"""How many lanes a device holds: measured, not guessed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from trackers.adapters.containment import Contained
from trackers.api import Tracker
from trackers.names import TrackerSpec

MOST = 64
"""More lanes bring nothing: the device is busy long before."""
SHARE = 0.8
"""Of the free memory: the rest is for fragments and for what grows with the frames' size."""
FEW, MANY = 2, 6
"""Lanes that are tried out; their difference is what a lane takes."""
STEPS = 4
"""Steps that are tried out; what the last one leaves behind, each one later leaves behind as well."""


def fitting_lanes(specs: Sequence[TrackerSpec], device: str, frames: int) -> int:
    """Return how many lanes of every tracker fit into the free memory of a CUDA device, where ours run together.

    1 elsewhere: a CPU is busy with one lane, and one lane repeats bit for bit.

    Args:
        specs: The trackers.
        device: Of torch.
        frames: The most that a lane follows: a memory may grow with them.
    """
    if not device.startswith("cuda"):
        return 1
    import torch  # not at the top: on a CPU a run is planned without it

    lanes, together = MOST, (0.0, 0.0)
    torch.cuda.empty_cache()
    free = torch.cuda.mem_get_info(device)[0] * SHARE
    for spec in specs:
        torch.cuda.empty_cache()
        tracker = spec.build(device)
        if tracker.max_lanes is not None and tracker.max_lanes < MANY:
            continue  # it runs its few lanes whatever the device holds
        try:
            few, many = (_taken(tracker, count, device, frames) for count in (FEW, MANY))
        except Exception:
            if not isinstance(tracker, Contained):
                raise
            continue  # a third party's may fail on grey frames; where it fails in the run, it is told of
        if isinstance(tracker, Contained):
            lanes = min(lanes, lanes_in(free, few, many))
        else:
            together = together[0] + few, together[1] + many
        del tracker
    torch.cuda.empty_cache()
    return min(lanes, lanes_in(free, *together))


def lanes_in(memory: float, few: float, many: float) -> int:
    """Return how many lanes fit into `memory` bytes where FEW take `few` bytes and MANY take `many`: at least 1."""
    lane = max((many - few) / (MANY - FEW), 1.0)
    fixed = few - FEW * lane
    return max(1, min(MOST, int((memory - fixed) / lane)))


def _taken(tracker: Tracker[Any], lanes: int, device: str, frames: int) -> float:
    """Return the most bytes of the device that a start and a few steps hold, and what the other frames will add."""
    import torch

    torch.cuda.reset_peak_memory_stats(device)
    pictures = [np.full((720, 1280, 3), 128, np.uint8)] * lanes
    state = tracker.start(pictures, np.tile([600.0, 320.0, 80.0, 80.0], (lanes, 1)), list(range(lanes)))
    held = []
    for _ in range(STEPS):
        _, state = tracker.step(state, pictures)
        held.append(torch.cuda.memory_allocated(device))
    grown = max(held[-1] - held[-2], 0) * max(frames - 1 - STEPS, 0)
    return float(torch.cuda.max_memory_allocated(device) + grown)
