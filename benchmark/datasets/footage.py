"""The user's own video without ground truth: a video file, or a folder of images."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np

from benchmark.datasets.folder import safe_name
from benchmark.datasets.images import SUFFIXES, FrameError, check_depth, frame_size, list_images, read_frame
from trackers.api import Frame
from trackers.errors import InputError

FOLDER_FPS = 25.0
"""Frames a second of what does not say: a folder of images."""


@dataclass(frozen=True)
class Footage:
    """A video that was opened and whose first frame can be read."""

    path: Path
    name: str
    """Safe as a part of a path."""
    size: tuple[int, int]
    """Width and height of the first frame in pixels; a folder's images may differ."""
    fps: float
    announced: int
    """Frames it says it has: certain of a folder, a guess of a video file."""
    images: tuple[Path, ...] = field(default=(), repr=False)
    """A folder's images in numeric order; () for a video file."""

    def frames(self) -> Iterator[Frame]:
        """Yield every frame, one at a time, as (H, W, 3) uint8 RGB.

        A video file is turned upright where it says that it was filmed otherwise, and ends where it cannot be decoded
        any further. Raises InputError for an image that cannot be read.
        """
        if not self.images:
            yield from _decode(self.path)
        for image in self.images:
            try:
                yield read_frame(image)
            except FrameError as error:
                raise InputError(f"{error}: take it out of the folder, or end before it with --to") from error


def open_footage(path: Path) -> Footage:
    """Return the video of that path; InputError where there is none with two frames or more."""
    if path.is_dir():
        return _folder(path)
    if not path.is_file():
        raise InputError(f"{path}: no such video file or folder of images")
    if path.suffix.casefold() in SUFFIXES:
        raise InputError(f"{path} is one image: give the folder of all frames, or a video file")
    if not path.stat().st_size:
        raise InputError(f"{path} is empty: 0 bytes")
    first = next(_decode(path), None)
    if first is None:
        raise InputError(
            f"{path} is no video that can be decoded: it is damaged, or of a kind that OpenCV does not read"
        )
    with closing(_Capture(path)) as capture:
        fps, announced = capture.number(cv2.CAP_PROP_FPS), capture.number(cv2.CAP_PROP_FRAME_COUNT)
    return Footage(
        path=path,
        name=safe_name(path.stem),
        size=(first.shape[1], first.shape[0]),
        fps=fps if 1 <= fps <= 240 else FOLDER_FPS,
        announced=int(announced),
    )


def _folder(path: Path) -> Footage:
    inner = path / "img"
    images = list_images(path) or (list_images(inner) if inner.is_dir() else [])
    if len(images) < 2:
        what = "one image" if images else "no images"
        raise InputError(f"{path} has {what} ({', '.join(SUFFIXES)}): tracking needs two frames at least")
    try:
        size = frame_size(images[0])
        check_depth(images[0])
    except FrameError as error:
        raise InputError(f"{error}: the target is shown in the first frame") from error
    return Footage(path, safe_name(path.absolute().name), size, FOLDER_FPS, len(images), tuple(images))


class _Capture:
    """OpenCV's reader of a video file, without its own words on the error stream."""

    def __init__(self, path: Path) -> None:
        os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", "-8")
        spoken = cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)
        try:
            # An absolute path cannot be taken for a protocol, nor, by this reader, for a pattern of images.
            self._capture = cv2.VideoCapture(str(path.absolute()), cv2.CAP_FFMPEG)
        finally:
            cv2.utils.logging.setLogLevel(spoken)

    def number(self, what: int) -> float:
        value = float(self._capture.get(what))
        return value if np.isfinite(value) and value > 0 else 0.0

    def read(self) -> Frame | None:
        there, pixels = self._capture.read()
        return np.asarray(cv2.cvtColor(pixels, cv2.COLOR_BGR2RGB), np.uint8) if there else None

    def close(self) -> None:
        self._capture.release()


def _decode(path: Path) -> Iterator[Frame]:
    with closing(_Capture(path)) as capture:
        while (frame := capture.read()) is not None:
            yield frame
