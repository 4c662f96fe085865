"""What boxes may have been meant to be that are no x, y, w, h in pixels."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from benchmark.metrics.overlap import overlap
from trackers.api import Boxes

BETTER, CLOSE = 0.25, 0.7
"""By how much boxes read otherwise must overlap more with the target, on average, and how much the first must: boxes
that are anywhere fit some reading a little."""
READINGS: dict[str, Callable[[Boxes, Boxes], Boxes]] = {
    "corners x1, y1, x2, y2": lambda boxes, _: np.hstack([boxes[:, :2], boxes[:, 2:] - boxes[:, :2]]),
    "the centre's x, y, then w, h": lambda boxes, _: np.hstack([boxes[:, :2] - boxes[:, 2:] / 2, boxes[:, 2:]]),
    "y, x, h, w": lambda boxes, _: boxes[:, [1, 0, 3, 2]],
    "parts of the picture's width and height": lambda boxes, size: boxes * size,
}


@dataclass(frozen=True)
class Misread:
    """How boxes fit the target better."""

    reading: str
    read: float
    """Mean overlap so read."""
    given: float
    """The same as they are."""


def misread(boxes: Boxes, truth: Boxes, size: tuple[int, int]) -> Misread | None:
    """Return the reading of (N, 4) boxes, in a picture of width and height, that fits much better; None for none."""
    given = float(overlap(boxes, truth).mean())
    four = np.array([*size, *size], np.float64)
    overlaps = {name: overlap(change(boxes, four), truth) for name, change in READINGS.items()}
    read = {name: float(each.mean()) for name, each in overlaps.items() if each[0] > CLOSE}
    best = max(read, key=lambda name: read[name], default="")
    return Misread(best, read[best], given) if best and read[best] > given + BETTER else None
