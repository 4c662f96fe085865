"""What one predicted box is worth against one true box: overlap and centre error.

Boxes are (N, 4) float64 ``x, y, w, h``. Any common origin will do: a shift of both boxes changes no value here.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["centre_error", "normalised_centre_error", "overlap"]

Values = NDArray[np.float64]


def overlap(first: Values, second: Values) -> Values:
    """Return the (N,) intersection over union of (N, 4) boxes, in [0, 1].

    A box without area, or with a NaN, overlaps nothing. OTB writes the same value with ``w - 1`` and ``+ 1``,
    which cancel.
    """
    x, y, w, h = first.T
    u, v, p, q = second.T
    width = np.maximum(np.minimum(x + w, u + p) - np.maximum(x, u), 0.0)
    height = np.maximum(np.minimum(y + h, v + q) - np.maximum(y, v), 0.0)
    shared = width * height
    union = w * h + p * q - shared
    parts: Values = np.divide(shared, union, out=np.zeros_like(shared), where=shared > 0)
    return parts


def centre_error(predicted: Values, true: Values) -> Values:
    """Return the (N,) Euclidean distances of the centres, in pixels; NaN where a box is NaN."""
    x, y = _centre_offset(predicted, true)
    return np.sqrt(x * x + y * y)


def normalised_centre_error(predicted: Values, true: Values) -> Values:
    """Return the (N,) centre distances measured in the true box's width and height (TrackingNet, LaSOT).

    NaN where the true box has no area: such an error lies below no threshold.
    """
    x, y = _centre_offset(predicted, true)
    size = np.where(true[:, 2:] > 0, true[:, 2:], np.nan)
    return np.sqrt((x / size[:, 0]) ** 2 + (y / size[:, 1]) ** 2)


def _centre_offset(predicted: Values, true: Values) -> tuple[Values, Values]:
    x = predicted[:, 0] + predicted[:, 2] / 2 - (true[:, 0] + true[:, 2] / 2)
    y = predicted[:, 1] + predicted[:, 3] / 2 - (true[:, 1] + true[:, 3] / 2)
    return x, y
