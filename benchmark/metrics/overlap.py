"""What one predicted box is worth against one true box: overlap and centre error.

Boxes are (N, 4) float64 ``x, y, w, h``. Any common origin will do: a shift of both boxes changes no value here.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["centre_errors", "overlap"]

Values = NDArray[np.float64]


def overlap(first: Values, second: Values) -> Values:
    """Return the (N,) intersection over union of (N, 4) boxes, in [0, 1].

    A box without area, or with a NaN, overlaps nothing. OTB writes the same value with ``w - 1`` and ``+ 1``,
    which cancel.
    """
    x, y, w, h = first.T
    u, v, p, q = second.T
    with np.errstate(invalid="ignore", over="ignore"):  # a box may be infinite: it overlaps nothing
        width = np.minimum(x + w, u + p)
        width -= np.maximum(x, u)
        height = np.minimum(y + h, v + q)
        height -= np.maximum(y, v)
        shared = np.fmax(width, 0.0, out=width)  # fmax, not maximum: nothing is shared with a NaN
        shared *= np.fmax(height, 0.0, out=height)
        union = w * h
        union += p * q
        union -= shared
    parts: Values = np.divide(shared, union, out=np.zeros_like(shared), where=shared > 0)
    return np.minimum(parts, 1.0, out=parts)  # a sum of decimals may be a bit less than its parts


def centre_errors(predicted: Values, true: Values) -> tuple[Values, Values]:
    """Return the (N,) distances of the centres, in pixels and in the true box's width and height.

    The second is TrackingNet's and LaSOT's normalised error. A distance is infinite where a box has a NaN; so is the
    normalised one where the true box has no size: such errors lie below no threshold.
    """
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        x, y = (_centre(predicted, axis) - _centre(true, axis) for axis in (0, 1))
        across, down = x / true[:, 2], y / true[:, 3]
        x *= x
        x += y * y
        across *= across
        across += down * down
    pixels, normalised = np.sqrt(x), np.sqrt(across)
    if (sizeless := ~((true[:, 2] > 0) & (true[:, 3] > 0))).any():
        normalised[sizeless] = np.inf
    if np.isnan(pixels.sum()):  # one pass where, as nearly always, there is none
        pixels[np.isnan(pixels)] = np.inf
        normalised[np.isnan(normalised)] = np.inf
    return pixels, normalised


def _centre(boxes: Values, axis: int) -> Values:
    middle: Values = boxes[:, 2 + axis] * 0.5
    middle += boxes[:, axis]
    return middle
