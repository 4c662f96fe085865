"""Trackers of one target at a time as lanes: one object a lane."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from trackers.api import Boxes, Frame, Step, Tracker


@dataclass(frozen=True)
class Objects:
    """One tracker object a lane. The objects themselves change with every step."""

    lanes: list[Any]


class OneTargetLanes(Tracker[Objects]):
    """Drives objects with ``init(image, box)`` and ``update(image)``; lanes bring it no speed."""

    max_lanes = 1

    def __init__(self, make: Callable[[], Any]) -> None:
        self.make = make

    def start(self, frames: Sequence[Frame], boxes: Boxes, seeds: Sequence[int]) -> Objects:
        """Make one object a lane. Python's and NumPy's global generators, which a third party may use, are seeded."""
        lanes = []
        for frame, box, seed in zip(frames, boxes, seeds, strict=True):
            random.seed(seed)
            np.random.seed(seed % 2**32)  # noqa: NPY002
            tracker = self.make()
            tracker.init(frame, np.array(box, np.float64))
            lanes.append(tracker)
        return Objects(lanes)

    def step(self, state: Objects, frames: Sequence[Frame]) -> tuple[Step, Objects]:
        """Update every lane's object."""
        boxes, scores = [], []
        for tracker, frame in zip(state.lanes, frames, strict=True):
            box, score = _answer(tracker.update(frame))
            boxes.append(box)
            scores.append(score)
        return Step(np.array(boxes, np.float64), np.array(scores, np.float64)), state


def _answer(found: Any) -> tuple[Any, float]:
    """Return box and score of what ``update`` returned: (4,) alone, or (box, score). No score counts as 1."""
    if isinstance(found, tuple) and len(found) == 2:
        box, score = found
    else:
        box, score = found, 1.0
    box = np.asarray(box, np.float64)
    if box.shape != (4,):
        raise ValueError(f"update must return a box x, y, w, h, or (box, score); it returned {found!r}")
    return box, float(score)
