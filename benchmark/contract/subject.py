"""A tracker under trial, the videos that it follows in several checks, and what it made of them."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmark.contract.trial import Trial
from benchmark.contract.video import moving_patch
from trackers.api import Boxes


class Subject:
    """A tracker, the videos, and what it made of them."""

    def __init__(self, trial: Trial) -> None:
        self.trial = trial
        self.first = moving_patch(12, 1, box=(60, 30, 30, 24))
        self.short = moving_patch(3, 9)
        self.held: NDArray[np.float64] = np.zeros((0, 2))
        """Bytes (frames, 2) in a longer video: in Python's memory or the state, and in the whole process."""
        self.second = moving_patch(12, 2, (200, 150), (90, 60, 24, 30), (-2, 1))

    @cached_property
    def alone(self) -> tuple[Boxes, Any]:
        """Boxes (frames, 4) and scores of the first video, followed alone."""
        boxes, scores = self.trial.follow(self.first)
        return boxes[0], scores[0]

    @cached_property
    def other_alone(self) -> Boxes:
        """Boxes (frames, 4) of the second video, followed alone."""
        found: Boxes = self.trial.follow(self.second)[0][0]
        return found
