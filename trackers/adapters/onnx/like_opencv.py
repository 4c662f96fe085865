"""NanoTrack with the arithmetic of OpenCV's ``cv2.TrackerNano``, for boxes equal to its own.

It differs from the authors' in that crops begin and end on whole pixels; the search crop is twice the template's and
not 255/127 times; the size of a candidate is compared with where the target is, not with how large it is; the window
is the root of the cosine one; the target stays within the first frame's bounds; boxes are cut to whole pixels.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import cv2
import numpy as np

from trackers.adapters.onnx.crops import Vector, as_input
from trackers.adapters.onnx.networks import Array
from trackers.adapters.onnx.pair import Numbers, Target
from trackers.adapters.onnx.siamese import Siamese
from trackers.api import Frame


@dataclass(frozen=True)
class Bounded(Target):
    """A target, and the (2,) width and height of its first frame."""

    bounds: Vector


class LikeOpenCV(Siamese):
    """Overrides where OpenCV reckons otherwise."""

    def start(self, frame: Frame, box: Numbers) -> Target:
        """Start on whole pixels, at least one wide."""
        whole = np.concatenate([np.round(box[:2]), np.maximum(np.round(box[2:]), 1)])
        found = super().start(frame, whole)
        return Bounded(found.centre, found.size, found.template, np.array(frame.shape[1::-1], np.float64))

    def step(self, frame: Frame, target: Target) -> tuple[Numbers, float, Target]:
        """Keep the first frame's bounds."""
        assert isinstance(target, Bounded)
        box, score, after = super().step(frame, target)
        return box, score, Bounded(after.centre, after.size, after.template, target.bounds)

    def cut(self, frame: Frame, centre: Vector, side: float, size: int) -> Array:
        """Cut whole pixels, padded with the mean colour."""
        whole = max(int(side), 1)
        left, top = (int(value) - (whole + 1) // 2 for value in centre)
        height, width = frame.shape[:2]
        pads = max(0, -top), max(0, top + whole - height), max(0, -left), max(0, left + whole - width)
        if any(pads):
            padded: Any = cv2.copyMakeBorder(frame, *pads, cv2.BORDER_CONSTANT, value=cv2.mean(frame))
            frame = padded
            left, top = left + pads[2], top + pads[0]
        square: Any = cv2.resize(frame[top : top + whole, left : left + whole], (size, size))
        return as_input(square, self.given)

    def sides(self, size: Vector) -> tuple[float, float]:
        """Return the search crop's side, a whole multiple of the template's, and the template's scale."""
        side = float(np.sqrt((size + self.template.context * int(size.sum())).prod()))
        return side * (self.searched.size // self.template.size), self.template.size / side

    def reference(self, target: Target, scale: float) -> float:
        """Return the size of a box as large as the target's place is far from the frame's corner."""
        return super().reference(replace(target, size=target.centre), 1.0)

    def window(self, cells: int) -> Numbers:
        """Return the root of the cosine window."""
        return np.sqrt(super().window(cells))

    def box(self, centre: Vector, size: Vector) -> Numbers:
        """Cut to whole pixels."""
        return np.trunc(super().box(centre, size))
