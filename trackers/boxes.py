"""Which four numbers may be a box at all, and what is said of those that may not."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

WILD = 1e9
"""Pixels beyond which a number is no place or size in any picture; arithmetic on it may overflow."""


def tame(boxes: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return a copy of (..., 4) boxes; one that is not finite, or goes beyond `WILD`, is NaN as a whole: no box."""
    with np.errstate(invalid="ignore"):
        sound = (np.abs(boxes) < WILD).all(axis=-1, keepdims=True)
    return np.where(sound, boxes, np.nan)


def oddities(boxes: NDArray[np.float64], scores: NDArray[np.float64]) -> tuple[str, ...]:
    """Return in words what (N, 4) boxes and (N,) confidences of a tracker are that they should not be."""
    found = []
    sound = tame(boxes)
    if none := int(np.isnan(sound).any(axis=1).sum()):
        found.append(f"{none} of {len(boxes)} boxes are not finite, or beyond {WILD:g} px")
    if flat := int((sound[:, 2:] <= 0).any(axis=1).sum()):
        found.append(f"{flat} of {len(boxes)} boxes have no size: w or h is not more than 0")
    if outside := int((~((scores >= 0) & (scores <= 1))).sum()):
        found.append(f"{outside} of {len(scores)} confidences are not within 0 to 1")
    return tuple(found)
