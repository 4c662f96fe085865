"""VOT's regions as text, one a line, and the boxes that stand for them.

A region is ``x,y,w,h``; a polygon ``x1,y1,...,x4,y4``; a mask ``mX,Y,W,H,...``, whose runs of 0 and 1 in turn fill a
W x H window at X, Y row by row; or a lone number, which says that there is none.
"""

from __future__ import annotations

from itertools import accumulate, pairwise

import numpy as np

from benchmark.datasets.sequence import Boxes
from trackers.errors import InputError

LARGEST = 2**26
"""Pixels of the largest mask."""


def parse_regions(text: str, source: str) -> Boxes:
    """Return the (N, 4) x, y, w, h of a text's regions, NaN where there is none.

    Raises `InputError`, with the line, for anything else.
    """
    lines = text.rstrip().splitlines()
    rows = np.full((len(lines), 4), np.nan)
    for index, line in enumerate(lines):
        try:
            rows[index] = _box(line.strip())
        except (ValueError, OverflowError):
            raise InputError(
                f"{source}, line {index + 1}: {line.strip()[:60]!r} is no region: x,y,w,h; a polygon's corners;"
                " or a mask m...: put the original file back"
            ) from None
    return rows


def _box(text: str) -> tuple[float, float, float, float]:
    if text.startswith("m"):
        return mask_box([int(value) for value in text[1:].split(",")])
    values = [float(value) for value in text.replace("\t", ",").split(",")]
    if len(values) == 1:
        return (np.nan,) * 4
    if len(values) == 4:
        return (values[0], values[1], values[2], values[3])
    return polygon_box(values)


def polygon_box(corners: list[float]) -> tuple[float, float, float, float]:
    """Return the upright box of a polygon's centre and, about, area: got10k's and pysot's rule.

    The box from the least to the largest coordinates is shrunk about the corners' mean by the square root of what the
    polygon, taken for a rectangle, fills of it; then both sides grow by one pixel.
    """
    points = np.array(corners).reshape(4, 2)
    x, y = points.T
    width, height = float(np.ptp(x)), float(np.ptp(y))
    if not width * height > 0:
        return (np.nan,) * 4
    sides = np.linalg.norm(points[:2] - points[1:3], axis=1)
    scale = float(np.sqrt(sides.prod() / (width * height)))
    w, h = scale * width + 1, scale * height + 1
    return float(x.mean()) - w / 2, float(y.mean()) - h / 2, w, h


def mask_box(values: list[int]) -> tuple[float, float, float, float]:
    """Return the box of a mask's first to last pixels; four NaN for an empty one."""
    x, y, width, height, *runs = values
    ends = [0, *accumulate(runs)]
    if min(width, height, *runs, 0) < 0 or width * height > LARGEST or ends[-1] > width * height:
        raise ValueError
    filled = [(first, last - 1) for first, last in list(pairwise(ends))[1::2] if last > first]
    if not filled:
        return (np.nan,) * 4
    top, bottom = filled[0][0] // width, filled[-1][1] // width
    whole = any(first // width != last // width for first, last in filled)
    left = min(0 if first // width != last // width else first % width for first, last in filled)
    right = width - 1 if whole else max(last % width for _, last in filled)
    return float(x + left), float(y + top), float(right - left + 1), float(bottom - top + 1)
