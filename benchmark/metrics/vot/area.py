"""The area that regions share, exactly: what pysot-toolkit's overlaps come close to."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from benchmark.datasets.region import Mask, Region
from benchmark.metrics.overlap import overlap
from benchmark.metrics.vot.pixels import region_overlap

__all__ = ["area_overlaps", "corners", "polygon_overlap"]

Values = NDArray[np.float64]


def area_overlaps(first: Sequence[Region], second: Sequence[Region]) -> Values:
    """Return the (N,) intersections over union of N pairs of regions, 0 where one is None; masks count in pixels."""
    return np.array([_overlap(one, two) for one, two in zip(first, second, strict=True)])


def _overlap(one: Region, two: Region) -> float:
    if one is None or two is None or isinstance(one, Mask) or isinstance(two, Mask):
        return region_overlap(one, two, None)
    if one.ndim == two.ndim == 1:
        return float(overlap(one[None], two[None])[0])
    return polygon_overlap(corners(one), corners(two)) if np.isfinite(one).all() else 0.0


def corners(values: Values) -> Values:
    """Return the (K, 2) corners of a box x, y, w, h or of a polygon."""
    if len(values) != 4 or values.ndim == 2:
        return values.reshape(-1, 2)
    x, y, w, h = values
    return np.array([[x, y], [x + w, y], [x + w, y + h], [x, y + h]], float)


def polygon_overlap(one: Values, two: Values) -> float:
    """Return the intersection over union of two convex polygons of (K, 2) corners."""
    first, second = (poly if _area(poly) > 0 else poly[::-1] for poly in (one, two))
    shared = first
    for start, end in zip(second, np.roll(second, -1, axis=0), strict=True):
        shared = _cut(shared, start, end)
    common = _area(shared) if len(shared) > 2 else 0.0
    union = _area(first) + _area(second) - common
    return common / union if union > 0 else 0.0


def _cut(polygon: Values, start: Values, end: Values) -> Values:
    """Return the part of a polygon to the left of a line (Sutherland and Hodgman)."""
    kept = []
    (dx, dy) = end - start
    sides = [dx * (y - start[1]) - dy * (x - start[0]) for x, y in polygon]
    for index, point in enumerate(polygon):
        following = (index + 1) % len(polygon)
        here, there = sides[index], sides[following]
        if here >= 0:
            kept.append(point)
        if here * there < 0:
            kept.append(point + (polygon[following] - point) * here / (here - there))
    return np.array(kept).reshape(-1, 2)


def _area(polygon: Values) -> float:
    x, y = polygon.T
    return float(np.sum(x * np.roll(y, -1) - y * np.roll(x, -1))) / 2
