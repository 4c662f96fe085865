"""What training pictures are made from: tracks of a target through a video, or its one still."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmark.datasets.footage import open_footage
from benchmark.datasets.images import FrameError
from benchmark.plurals import counted

Pixels = NDArray[np.uint8]
Box = tuple[float, float, float, float]
"""x, y, w, h in pixels of the picture, 0-based and continuous."""


@dataclass(frozen=True)
class Stored:
    """An image file, or a member of an archive that is not compressed."""

    path: Path
    offset: int = 0
    length: int = -1
    """Bytes from `offset` on; -1: to the end."""

    def picture(self) -> Pixels:
        """Return (H, W, 3) uint8 RGB."""
        return np.asarray(cv2.cvtColor(self._decode(cv2.IMREAD_COLOR), cv2.COLOR_BGR2RGB), np.uint8)

    def mask(self) -> Pixels:
        """Return (H, W) uint8, 255 on the object."""
        return np.asarray(np.where(self._decode(cv2.IMREAD_GRAYSCALE) > 127, 255, 0), np.uint8)

    def _decode(self, flags: int) -> NDArray[np.uint8]:
        with self.path.open("rb") as file:
            file.seek(self.offset)
            data = np.frombuffer(file.read(self.length), np.uint8)
        pixels = cv2.imdecode(data, flags | cv2.IMREAD_IGNORE_ORIENTATION) if len(data) else None
        if pixels is None:
            raise FrameError(self.path, "cannot be decoded")
        return np.asarray(pixels, np.uint8)


class Picture(Protocol):
    """Where a picture's pixels come from."""

    @property
    def path(self) -> Path:
        """The file that is named where it cannot be read."""

    def picture(self) -> Pixels:
        """Return (H, W, 3) uint8 RGB."""


@dataclass(frozen=True)
class VideoFrame:
    """A frame of a video file."""

    path: Path
    index: int

    def picture(self) -> Pixels:
        """Return (H, W, 3) uint8 RGB. Raises `FrameError` where the video ends before it."""
        frames = _video(self.path)
        if self.index >= len(frames):
            raise FrameError(self.path, f"has {counted(len(frames), 'frame')}, no frame {self.index}")
        pixels = cv2.imdecode(np.frombuffer(frames[self.index], np.uint8), cv2.IMREAD_COLOR_RGB)
        return np.asarray(pixels, np.uint8)


@lru_cache(maxsize=64)
def _video(path: Path) -> tuple[bytes, ...]:
    """Return a video's frames as JPEG: decoded once, because seeking in a video decodes it from the start."""
    quality = (cv2.IMWRITE_JPEG_QUALITY, 95)
    frames = (cv2.cvtColor(frame, cv2.COLOR_RGB2BGR) for frame in open_footage(path).frames())
    return tuple(cv2.imencode(".jpg", frame, quality)[1].tobytes() for frame in frames)


class Silhouette(Protocol):
    """An object's outline in its picture."""

    def mask(self) -> Pixels:
        """Return (H, W) uint8, 255 on the object."""


@dataclass(frozen=True)
class Polygons:
    """An outline given by its corners, as COCO does."""

    size: tuple[int, int]
    """Width, height of the picture."""
    rings: tuple[tuple[float, ...], ...]
    """x0, y0, x1, y1, ... of each ring."""

    def mask(self) -> Pixels:
        """Return (H, W) uint8, 255 within the rings."""
        canvas = np.zeros((self.size[1], self.size[0]), np.uint8)
        for ring in self.rings:
            corners = np.round(np.reshape(ring, (-1, 2)) - 0.5).astype(np.int32)
            cv2.fillPoly(canvas, [corners], (255,))
        return canvas


@dataclass(frozen=True)
class Shot:
    """A target in one picture."""

    picture: Picture
    box: Box
    silhouette: Silhouette | None = None


@dataclass(frozen=True)
class Track:
    """One target through a video, in time order; a single shot where there is only a still."""

    source: str
    """The set it comes from: what mixtures weight."""
    name: str
    shots: tuple[Shot, ...]
    exact: bool = True
    """Whether its boxes were drawn by people or follow from a mask."""

    @cached_property
    def masked(self) -> bool:
        """Whether every shot has a silhouette."""
        return all(shot.silhouette is not None for shot in self.shots)


CANVAS = 384
"""Pixels a side of a portrait."""
EXTENT = 64.0
"""Square root of the target's width x height in a portrait: 128 px is its context square, if it is square."""


@dataclass(frozen=True)
class Portrait:
    """A target at its standard size in the middle of a square picture; beyond its border, the colours at the border."""

    pixels: Pixels
    """(CANVAS, CANVAS, 3) RGB."""
    mask: Pixels | None
    """(CANVAS, CANVAS), 255 on the target."""
    size: tuple[float, float]
    """Width, height of the target's box, which is centred."""


def portrait(shot: Shot) -> Portrait:
    """Return the shot's target as a portrait. Raises `FrameError` where its files cannot be read."""
    x, y, w, h = shot.box
    factor = EXTENT / float(np.sqrt(w * h))
    centre = np.array([x + w / 2, y + h / 2])
    pixels = _centred(shot.picture.picture(), centre, factor, cv2.BORDER_REPLICATE)
    mask = None
    if shot.silhouette is not None:
        mask = _centred(shot.silhouette.mask(), centre, factor, cv2.BORDER_CONSTANT)
    return Portrait(pixels, mask, (w * factor, h * factor))


def _centred(image: Pixels, centre: NDArray[np.float64], factor: float, border: int) -> Pixels:
    while factor <= 0.5:  # halve first: bilinear sampling would skip pixels
        image = np.asarray(cv2.resize(image, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA), np.uint8)
        centre, factor = centre / 2, factor * 2
    step = 1 / factor
    corner = centre - CANVAS / 2 * step
    matrix = np.array([[step, 0, corner[0] + step / 2 - 0.5], [0, step, corner[1] + step / 2 - 0.5]])
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    return np.asarray(cv2.warpAffine(image, matrix, (CANVAS, CANVAS), flags=flags, borderMode=border), np.uint8)
