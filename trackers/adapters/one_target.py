"""Trackers of one target at a time as lanes: one object a lane."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from trackers.adapters.answers import as_answer
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
        """Make one object a lane. They know no seeds: who guards them seeds what the process has in common."""
        lanes = []
        for frame, box in zip(frames, boxes, strict=True):
            tracker = self.make()
            tracker.init(frame, np.array(box, np.float64))
            lanes.append(tracker)
        return Objects(lanes)

    def step(self, state: Objects, frames: Sequence[Frame]) -> tuple[Step, Objects]:
        """Update every lane's object."""
        boxes, scores = [], []
        for tracker, frame in zip(state.lanes, frames, strict=True):
            box, score = as_answer(tracker.update(frame))
            boxes.append(box)
            scores.append(score)
        return Step(np.array(boxes, np.float64), np.array(scores, np.float64)), state
