"""Boxes on a frame: coloured outlines with a dark rim, so that they stand out from anything."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from reports.video.lettering import Canvas, Colour

RIM: Colour = (0, 0, 0)
FRACTION = 4
"""Bits of OpenCV's fractional coordinates: outlines lie where the box lies, not on the next whole pixel."""
FARTHEST = 30000.0
"""Pixels from the corner beyond which OpenCV's coordinates would overflow."""
DASH, GAP = 6.0, 7.0
"""Lengths in pixels at a thickness of 2, before OpenCV's round ends, which add to the dash."""

Lines = list[NDArray[np.float64]]


def draw_boxes(
    canvas: Canvas, boxes: Sequence[tuple[NDArray[np.float64], Colour]], thickness: int, dashed: Sequence[bool]
) -> None:
    """Draw (4,) boxes in the canvas's own pixels, the last one on top; one that is not finite or empty is left out."""
    shown: list[tuple[Lines, Colour, bool]] = [
        (_outline(box, thickness if dash else 0), colour, not dash)
        for (box, colour), dash in zip(boxes, dashed, strict=True)
        if np.isfinite(box).all() and (box[2:] > 0).all()
    ]
    for lines, _, closed in shown:
        _draw(canvas, lines, closed, RIM, thickness + 2)
    for lines, colour, closed in shown:
        _draw(canvas, lines, closed, colour, thickness)


def _outline(box: NDArray[np.float64], dash: int) -> Lines:
    """Return the (N, 2) corners of the outline; of each dash of it where `dash`, a line's thickness, is not 0."""
    x, y, w, h = box
    corners = np.array([[x, y], [x + w, y], [x + w, y + h], [x, y + h]])
    corners = np.clip(corners - 0.5, -FARTHEST, FARTHEST)  # OpenCV has pixel centres at whole numbers
    if not dash:
        return [corners]
    lines = []
    for begin, end in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        length = float(np.abs(end - begin).sum())
        count = min(max(round(length / ((DASH + GAP) * dash / 2)), 2), 500)
        # Dashes at both ends of every side, so that corners are whole.
        edges = np.arange(count) / (count - 1 + DASH / (DASH + GAP))
        share = DASH / (DASH + GAP) / (count - 1 + DASH / (DASH + GAP))
        lines += [np.array([begin + (end - begin) * at, begin + (end - begin) * (at + share)]) for at in edges]
    return lines


def _draw(canvas: Canvas, lines: Lines, closed: bool, colour: Colour, thickness: int) -> None:
    points = [np.round(line * 2**FRACTION).astype(np.int32)[:, None] for line in lines]
    cv2.polylines(canvas, points, closed, colour, thickness, cv2.LINE_AA, FRACTION)
