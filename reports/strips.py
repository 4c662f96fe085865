"""Strips of frames: small pictures of the moments that matter in a sequence, with everybody's boxes beside them."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmark.datasets.images import FrameError, read_frame
from reports.failures import Segment

__all__ = ["FrameReader", "Picture", "Strip", "make_strip", "moments", "thumbnail"]

Box = tuple[float, float, float, float]
Values = NDArray[np.float64]
PICTURES = 6
WIDTH = 320
"""Pixels of a picture's width at most."""
TALLEST = 4 * WIDTH
"""Pixels of its height at most: no side of a WebP picture may have 16384."""
QUALITY = 70
"""Of WebP, which takes two thirds of a JPEG's bytes for a frame, and under a half for a thumbnail."""
PATCH = 44
"""Side of a thumbnail in pixels."""


@dataclass(frozen=True)
class Picture:
    """One frame of a strip."""

    frame: int
    """Index in the sequence, from 0."""
    webp: bytes = field(repr=False)
    width: int
    height: int
    """Of the frame itself; boxes are in its pixels."""
    truth: Box | None
    boxes: Mapping[str, Box]
    """By tracker."""


@dataclass(frozen=True)
class Strip:
    """A sequence's pictures, in order."""

    pictures: tuple[Picture, ...]


class FrameReader:
    """Reads frames of one sequence, each once."""

    def __init__(self, frames: Sequence[Path]) -> None:
        self._frames = frames
        self._kept: dict[int, NDArray[np.uint8] | None] = {}

    def __len__(self) -> int:
        return len(self._frames)

    def read(self, index: int) -> NDArray[np.uint8] | None:
        """Return a frame's pixels; None where it cannot be had."""
        if not 0 <= index < len(self._frames):
            return None
        if index not in self._kept:
            try:
                self._kept[index] = read_frame(self._frames[index])
            except FrameError:
                self._kept[index] = None
        return self._kept[index]


def moments(segments: Sequence[tuple[int, Sequence[Segment]]], frames: int, count: int = PICTURES) -> list[int]:
    """Return the indices of up to `count` frames to show of a sequence of `frames`.

    The first; then, for each tracker's (start, segments), what begins the longest stretches off the target and the
    recoveries, as far apart from each other as a twentieth of the sequence; then frames between the widest gaps.
    """
    start = min((start for start, _ in segments), default=0)
    chosen = [start]
    apart = max((frames - start) // 20, 1)
    events = [
        (len(one), begin + one.first)
        for begin, own in segments
        for one in own
        if one.kind in ("lost", "jumped", "recovered", "drift", "scale") and one.first > 0
    ]
    for _, frame in sorted(events, key=lambda event: (-event[0], event[1])):
        if len(chosen) < count and all(abs(frame - other) >= apart for other in chosen):
            chosen.append(frame)
    if len(chosen) < count and frames - 1 not in chosen:
        chosen.append(frames - 1)
    while len(chosen) < min(count, frames - start):
        ordered = sorted(chosen)
        gap, left = max((b - a, a) for a, b in itertools.pairwise(ordered))
        if gap < 2:
            break
        chosen.append(left + gap // 2)
    return sorted(chosen)


def make_strip(
    reader: FrameReader, indices: Sequence[int], truth: Values, valid: NDArray[np.bool_],
    boxes: Mapping[str, tuple[int, Values]],
) -> Strip | None:  # fmt: skip
    """Return the strip of those frames; `boxes` hold each tracker's first frame and boxes. None without any frame."""
    pictures = []
    for index in indices:
        if (pixels := reader.read(index)) is None:
            continue
        height, width = pixels.shape[:2]
        at = {
            name: _box(rows[index - start])
            for name, (start, rows) in boxes.items()
            if 0 <= index - start < len(rows) and np.isfinite(rows[index - start]).all()
        }
        own = _box(truth[index]) if valid[index] else None
        pictures.append(Picture(index, _webp(pixels, WIDTH, TALLEST), width, height, own, at))
    return Strip(tuple(pictures)) if pictures else None


def thumbnail(reader: FrameReader, index: int, box: Values) -> bytes | None:
    """Return a small WebP picture of what lies in a box and a quarter around it; None where there is nothing."""
    pixels = reader.read(index)
    if pixels is None or not np.isfinite(box).all():
        return None
    x, y, w, h = box
    side = 1.25 * max(w, h)
    left, top = round(x + w / 2 - side / 2), round(y + h / 2 - side / 2)
    reach = max(round(side), 2)
    patch = pixels[max(top, 0) : max(top + reach, 0), max(left, 0) : max(left + reach, 0)]
    return _webp(patch, PATCH, PATCH) if min(patch.shape[:2]) >= 2 else None


def _webp(pixels: NDArray[np.uint8], width: int, height: int) -> bytes:
    """Return the picture made to fit into width and height; a smaller one stays as it is, a thumbnail does not."""
    scale = min(width / pixels.shape[1], height / pixels.shape[0], 1.0 if width == WIDTH else np.inf)
    size = (max(round(pixels.shape[1] * scale), 1), max(round(pixels.shape[0] * scale), 1))
    small = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)
    _, data = cv2.imencode(".webp", cv2.cvtColor(small, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_WEBP_QUALITY, QUALITY])
    return data.tobytes()


def _box(row: Values) -> Box:
    x, y, w, h = (round(float(value), 1) for value in row)
    return x, y, w, h
