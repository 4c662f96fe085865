"""Strips of curves over time. Each is drawn once; a frame of the video only moves the cursor over it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from reports.video.lettering import Canvas, Colour, mix

GROUND: Colour = (20, 22, 26)
INK: Colour = (226, 229, 234)
FAINT: Colour = (138, 144, 153)
GRID: Colour = (58, 62, 70)
FINER = 3
"""Strips are drawn so many times larger, then reduced: smooth lines."""
TO_COME = 0.35
"""How much is left of the colours to the right of the cursor."""

Values = NDArray[np.float64]


def blank(width: int, height: int) -> Canvas:
    """Return an empty strip."""
    return np.full((height, width, 3), GROUND, np.uint8)


def lines(
    width: int, height: int, curves: Sequence[tuple[Values, Colour]], low: float, high: float, marks: Sequence[float]
) -> Canvas:
    """Return (T,) curves with values from `low` to `high`, gaps where they are NaN, over lines at the `marks`."""
    strip = blank(width * FINER, height * FINER)
    span = (high - low) or 1.0
    room = height * FINER - 2 * FINER
    bottom = height * FINER - FINER
    thickness = max(width // 120, 4)  # grows with the picture

    def row(value: float) -> int:
        return round(bottom - (value - low) / span * room)

    for mark in marks:
        cv2.line(strip, (0, row(mark)), (width * FINER, row(mark)), GRID, FINER)
    for values, colour in curves:
        columns = _columns(len(values), width * FINER)
        for part in _whole_parts(values):
            points = np.stack([columns[part], [row(value) for value in np.clip(values[part], low, high)]], axis=1)
            if len(points) == 1:
                cv2.circle(strip, points[0].tolist(), 2 * FINER, colour, cv2.FILLED, cv2.LINE_AA)
            cv2.polylines(strip, [points.astype(np.int32)[:, None]], False, colour, thickness, cv2.LINE_AA)
    return _reduced(strip, width, height)


def stacked(width: int, height: int, shares: Values, colours: Sequence[Colour]) -> Canvas:
    """Return (T, K) shares of a whole as areas upon each other, the first at the bottom."""
    strip = blank(width, height * FINER)
    edges = np.cumsum(np.nan_to_num(shares), axis=1)
    top = np.round((1 - np.clip(edges, 0, 1)) * height * FINER).astype(int)
    known = np.asarray(np.isfinite(shares).all(axis=1))
    for column, frame in enumerate(_frames(len(shares), width)):
        if known[frame]:
            lower = height * FINER
            for upper, colour in zip(top[frame], colours, strict=True):
                strip[upper:lower, column] = colour
                lower = upper
    return _reduced(strip, width, height)


def heat(width: int, height: int, shares: Values, colour: Colour) -> Canvas:
    """Return (T, K) values in [0, 1] as K rows of cells, the brighter the larger; the first row on top."""
    frames = _frames(len(shares), width)
    rows = np.minimum(np.arange(height) * shares.shape[1] // max(height, 1), shares.shape[1] - 1)
    # The square root tells small shares from none.
    part = np.sqrt(np.clip(np.nan_to_num(shares), 0, 1))[frames][:, rows].T
    white = mix(colour, (255, 255, 255), 0.8)
    channels = [np.interp(part, (0, 0.6, 1), ends) for ends in zip(GROUND, colour, white, strict=True)]
    return np.stack(channels, axis=2).round().astype(np.uint8)


def ribbon(width: int, height: int, codes: Values, colours: Mapping[int, Colour]) -> Canvas:
    """Return a band that says by its colour which of several codes each of (T,) frames has."""
    strip = blank(width, height)
    for column, frame in enumerate(_frames(len(codes), width)):
        if np.isfinite(codes[frame]):
            strip[:, column] = colours.get(int(codes[frame]), GRID)
    return strip


def column_of(position: int, count: int, width: int) -> int:
    """Return the column of one of `count` frames in a strip of that width."""
    return int(_columns(count, width)[position])


class Cursor:
    """A strip as it looks when the video is at a frame: what is to come is faint."""

    def __init__(self, strip: Canvas) -> None:
        self.strip = strip
        self.faint = _faint(strip)

    def paint(self, canvas: Canvas, x: int, y: int, column: int) -> None:
        """Put the strip at (x, y) of the canvas, lit up to a column."""
        height, width = self.strip.shape[:2]
        place = canvas[y : y + height, x : x + width]
        place[:, : column + 1] = self.strip[:, : column + 1]
        place[:, column + 1 :] = self.faint[:, column + 1 :]
        place[:, column] = INK


def _faint(strip: Canvas) -> Canvas:
    return np.asarray((np.array(GROUND) + (strip.astype(float) - GROUND) * TO_COME).round(), np.uint8)


def _columns(count: int, width: int) -> NDArray[np.int64]:
    """Return the (count,) columns of frames spread over a width: the first at the left edge, the last at the right."""
    return np.round(np.arange(count) / max(count - 1, 1) * (width - 1)).astype(np.int64)


def _frames(count: int, width: int) -> NDArray[np.int64]:
    """Return the (width,) frames that the columns stand for."""
    return np.round(np.arange(width) / max(width - 1, 1) * (count - 1)).astype(np.int64)


def _whole_parts(values: Values) -> list[slice]:
    """Return the stretches of values without NaN."""
    known = np.concatenate([[False], np.isfinite(values), [False]])
    edges = np.flatnonzero(known[1:] != known[:-1])
    return [slice(int(begin), int(end)) for begin, end in zip(edges[::2], edges[1::2], strict=True)]


def _reduced(strip: Canvas, width: int, height: int) -> Canvas:
    return np.asarray(cv2.resize(strip, (width, height), interpolation=cv2.INTER_AREA), np.uint8)


def tints(colour: Colour, count: int) -> list[Colour]:
    """Return `count` shades of a colour that can be told apart, from dark to light."""
    if count == 1:
        return [colour]
    shares = np.linspace(-0.5, 0.65, count)
    return [mix(colour, GROUND, -share) if share < 0 else mix(colour, (255, 255, 255), share) for share in shares]
