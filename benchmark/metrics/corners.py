"""Whether boxes are corners, ``x1, y1, x2, y2``, that somebody took for ``x, y, w, h``."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from benchmark.metrics.overlap import overlap
from trackers.boxes import tame

__all__ = ["read_as_corners"]

BETTER = 0.2
"""By how much corners must overlap more with the truth, on average: no box that is one comes near it."""


def read_as_corners(boxes: NDArray[np.float64], truth: NDArray[np.float64]) -> tuple[float, float] | None:
    """Return the mean overlaps of (N, 4) boxes read as corners and as they are; None where they are no corners."""
    if not len(boxes):
        return None
    boxes = tame(boxes)
    sized = np.concatenate([boxes[:, :2], boxes[:, 2:] - boxes[:, :2]], axis=1)
    corners, given = (float(overlap(one, truth).mean()) for one in (sized, boxes))
    return (corners, given) if corners > given + BETTER else None
