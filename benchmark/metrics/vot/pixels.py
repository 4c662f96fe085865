"""Which pixels a region covers, and what two regions have in common, as vot-toolkit 0.7.4 counts it.

The numbers of boxes and corners are rounded to whole pixels first, and an outline's own pixels belong to its polygon.
That gives another overlap than the area that boxes share (`benchmark.metrics.overlap`): by .0016 on average, by up to
.05 for small targets.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import overload

import numpy as np
from numpy.typing import NDArray

from benchmark.datasets.region import Mask, Region

__all__ = ["carried", "region_overlap", "region_overlaps"]

Values = NDArray[np.float64]
Pixels = NDArray[np.bool_]
Window = tuple[int, int, int, int]
"""First column and row, last column and row."""
FARTHEST = 1e7
"""Pixels: no region lies farther out, or is larger."""


def region_overlaps(first: Sequence[Region], second: Sequence[Region], size: tuple[int, int] | None) -> Values:
    """Return the (N,) overlaps of N pairs of regions: see `region_overlap`."""
    return np.array([region_overlap(one, two, size) for one, two in zip(first, second, strict=True)])


def region_overlap(first: Region, second: Region, size: tuple[int, int] | None) -> float:
    """Return the pixels that two regions share over those that either has, in [0, 1]; 0 where one is None.

    Only pixels of the image count, of (width, height) `size`; all do where that is None. Boxes are rounded to single
    precision first, as the toolkit keeps them.
    """
    if first is None or second is None or not (_finite(first) and _finite(second)):
        return 0.0
    one, two = _window(first), _window(second)
    window = (min(one[0], two[0]), min(one[1], two[1]), max(one[2], two[2]), max(one[3], two[3]))
    if window[0] >= window[2] or window[1] >= window[3]:
        return 1.0  # the toolkit takes regions for empty, and hence for equal, that one row or column holds
    if size is not None:
        width, height = size
        window = (max(0, window[0]), max(0, window[1]), min(width - 1, window[2]), min(height - 1, window[3]))
    if window[0] >= window[2] or window[1] >= window[3]:
        return 0.0
    if all(isinstance(region, np.ndarray) and region.ndim == 1 for region in (first, second)):
        return _box_overlap(one, two, window)
    a, b = _pixels(first, window), _pixels(second, window)
    either = int(np.count_nonzero(a | b))
    return int(np.count_nonzero(a & b)) / either if either else 0.0


def _box_overlap(one: Window, two: Window, window: Window) -> float:
    """Return the overlap of two boxes of whole pixels within a window."""
    (a, b), both = (_area(box, window) for box in (one, two)), _area(_meet(one, two), window)
    either = a + b - both
    return both / either if either else 0.0


def _meet(one: Window, two: Window) -> Window:
    return max(one[0], two[0]), max(one[1], two[1]), min(one[2], two[2]), min(one[3], two[3])


def _area(box: Window, window: Window) -> int:
    left, top, right, bottom = _meet(box, window)
    return max(right - left + 1, 0) * max(bottom - top + 1, 0)


def _pixels(region: NDArray[np.float64] | Mask, window: Window) -> Pixels:
    """Return the (H, W) pixels of a window that a region covers."""
    left, top, right, bottom = window
    covered = np.zeros((bottom - top + 1, right - left + 1), np.bool_)
    if isinstance(region, np.ndarray) and region.ndim == 2:
        return _polygon_pixels(region, window)
    x, y, last_x, last_y = _meet(_window(region), window)
    if x <= last_x and y <= last_y:
        here = covered[y - top : last_y - top + 1, x - left : last_x - left + 1]
        here[:] = (
            region.pixels[y - region.y : last_y - region.y + 1, x - region.x : last_x - region.x + 1]
            if isinstance(region, Mask)
            else True
        )
    return covered


def _polygon_pixels(corners: Values, window: Window) -> Pixels:
    """Return the pixels of a window in a polygon: row by row, from crossing to crossing of its outline."""
    left, top, right, bottom = window
    points = _rounded(corners) - (left, top)
    rows, columns = np.arange(bottom - top + 1)[:, None], np.arange(right - left + 1)
    here, there = points, np.roll(points, 1, axis=0)
    y, v = here[:, 1], there[:, 1]
    crossed = (np.minimum(y, v) <= rows) & (rows <= np.maximum(y, v))
    rise = np.where(v == y, 1.0, v - y)
    at = np.trunc(np.where(v == y, here[:, 0], here[:, 0] + (rows - y) / rise * (there[:, 0] - here[:, 0])))
    crossings = np.sort(np.where(crossed, at, np.inf), axis=1)
    count = crossed.sum(axis=1)
    covered: Pixels = (columns >= crossings[:, :1]) & (columns <= crossings[:, 1:2]) & (count == 2)[:, None]
    for row in np.flatnonzero(count > 2):
        for first, last in _spans(crossings[row, : count[row]].tolist()):
            covered[row, max(int(first), 0) : max(int(last) + 1, 0)] = True
    return covered


def _spans(crossings: list[float]) -> list[tuple[float, float]]:
    """Return from where to where a row is filled: a corner is two crossings at one place, of which the first is dropped
    unless it is the last but one.
    """
    found, index = [], 0
    while index < len(crossings) - 1:
        first, last = crossings[index : index + 2]
        if first == last and index < len(crossings) - 2:
            index += 1
            continue
        found.append((first, last))
        index += 2
    return found


def _window(region: NDArray[np.float64] | Mask) -> Window:
    """Return the first and the last column and row of a region."""
    if isinstance(region, Mask):
        height, width = region.pixels.shape
        return region.x, region.y, region.x + width - 1, region.y + height - 1
    whole = _rounded(region)
    if region.ndim == 1:
        x, y, width, height = whole.tolist()
        return int(x), int(y), int(x + width - 1), int(y + height - 1)
    (left, top), (right, bottom) = whole.min(axis=0).tolist(), whole.max(axis=0).tolist()
    return int(left), int(top), int(right), int(bottom)


def _rounded(region: Values) -> Values:
    """Return a box's or a polygon's numbers rounded to whole ones, halves to even, from single precision."""
    rounded: Values = np.rint(region.astype(np.float32)).astype(np.float64)
    return rounded


def _finite(region: NDArray[np.float64] | Mask) -> bool:
    return isinstance(region, Mask) or bool((np.abs(region) < FARTHEST).all())


@overload
def carried(region: NDArray[np.float64]) -> NDArray[np.float64]: ...
@overload
def carried(region: Region) -> Region: ...
def carried(region: Region) -> Region:
    """Return a region as it arrives where numbers are sent as text of four decimals and kept in single precision."""
    if region is None or isinstance(region, Mask):
        return region
    sent = np.round(region.astype(np.float32).astype(np.float64), 4)
    arrived: NDArray[np.float64] = sent.astype(np.float32).astype(np.float64)
    return arrived
