"""VOT's regions as text, one a line, and the boxes that stand for them.

A region is ``x,y,w,h``; a polygon ``x1,y1,...,x4,y4``; a mask ``mX,Y,W,H,...``, whose runs of 0 and 1 in turn fill a
W x H window at X, Y row by row; or a lone number, which says that there is none.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from benchmark.datasets.box_text import EMPTY_CELL
from benchmark.datasets.region import Mask, Region
from benchmark.datasets.sequence import Boxes
from trackers.errors import InputError

_BETWEEN = re.compile(r"[\s,;]+")
LARGEST = 2**26
"""Pixels of the largest mask."""
FARTHEST = 1e9
"""Pixels from the picture's corner to the farthest coordinate; what is beyond, infinity too, is no place."""


def parse_regions(text: str, source: str) -> list[Region]:
    """Return a text's N regions.

    Raises `InputError`, with the line, for anything else.
    """
    regions: list[Region] = []
    for number, line in enumerate(text.rstrip().splitlines(), start=1):
        try:
            regions.append(_region(line.strip()))
        except (ValueError, OverflowError):
            raise InputError(
                f"{source}, line {number}: {line.strip()[:60]!r} is no region: x,y,w,h; a polygon's corners;"
                " or a mask m...: put the original file back"
            ) from None
    return regions


def _region(text: str) -> Region:
    if "_" in text or EMPTY_CELL.search(text):  # Python alone allows the one within a number
        raise ValueError
    if text.startswith("m"):
        x, y, width, height, *runs = [int(value) for value in text[1:].split(",")]
        if min(width, height, *runs, 0) < 0 or width * height > LARGEST or sum(runs) > width * height:
            raise ValueError
        if max(abs(x), abs(y)) > FARTHEST:
            raise ValueError
        filled = np.repeat(np.arange(len(runs)) % 2 == 1, runs)
        if not filled.any():
            return None
        pixels = np.concatenate([filled, np.zeros(width * height - len(filled), np.bool_)]).reshape(height, width)
        return cropped(Mask(x, y, pixels))
    values = np.array([float(value) for value in _BETWEEN.sub(" ", text).split()])
    if (np.abs(values) > FARTHEST).any():
        raise ValueError
    if len(values) == 1:
        return None
    if len(values) == 4:
        return None if np.isnan(values).any() else values
    corners = values.reshape(4, 2)
    return None if np.isnan(corners).any() else corners


def cropped(mask: Mask) -> Mask:
    """Return a mask of the same pixels, of which there is one at the least, in the smallest window that holds them."""
    x, y, width, height = (int(value) for value in mask_box(mask))
    left, top = x - mask.x, y - mask.y
    return Mask(x, y, mask.pixels[top : top + height, left : left + width].copy())


def region_boxes(regions: Sequence[Region]) -> Boxes:
    """Return the (N, 4) boxes that stand for regions, NaN where there is none."""
    return np.array([_box(region) for region in regions], np.float64).reshape(-1, 4)


def _box(region: Region) -> tuple[float, ...]:
    if region is None:
        return (np.nan,) * 4
    if isinstance(region, Mask):
        return mask_box(region)
    return tuple(region.tolist()) if region.shape == (4,) else polygon_box(region)


def polygon_box(points: NDArray[np.float64]) -> tuple[float, float, float, float]:
    """Return the upright box of a polygon's centre and, about, area: got10k's and pysot's rule.

    The box from the least to the largest coordinates is shrunk about the corners' mean by the square root of what the
    polygon, taken for a rectangle, fills of it; then both sides grow by one pixel.
    """
    x, y = points.T
    width, height = float(np.ptp(x)), float(np.ptp(y))
    if not width * height > 0:
        return (np.nan,) * 4
    sides = np.linalg.norm(points[:2] - points[1:3], axis=1)
    scale = float(np.sqrt(sides.prod() / (width * height)))
    w, h = scale * width + 1, scale * height + 1
    return float(x.mean()) - w / 2, float(y.mean()) - h / 2, w, h


def mask_box(mask: Mask) -> tuple[float, float, float, float]:
    """Return the box of a mask's first to last pixels, of which there is one at the least."""
    rows, columns = (np.flatnonzero(mask.pixels.any(axis=axis)) for axis in (1, 0))
    width, height = columns[-1] - columns[0] + 1, rows[-1] - rows[0] + 1
    return float(mask.x + columns[0]), float(mask.y + rows[0]), float(width), float(height)
