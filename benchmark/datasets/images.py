"""Frames on disk: which files are frames, in what order, how large, and their pixels."""

from __future__ import annotations

import os
import re
from io import BytesIO
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmark.datasets.image_header import Header, HeaderError, read_header
from benchmark.datasets.listing import files_in

SUFFIXES = (".jpg", ".jpeg", ".png")
"""The endings of a frame's file, in any letter case."""

MAX_PIXELS = 2**26
"""Pixels of the largest frame that is decoded, twice an 8K video's; the header is asked first."""
MAX_BYTES = 2**28
"""Bytes of the largest frame's file."""

_JPEG_START, _JPEG_SCAN, _JPEG_END = b"\xff\xd8", b"\xff\xda", b"\xff\xd9"
_PNG_START, _PNG_END = b"\x89PNG", b"IEND"


class FrameError(Exception):
    """A frame that cannot be had: its `path` and the `reason`."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(path, reason)
        self.path = path
        self.reason = reason

    def __str__(self) -> str:
        return f"frame {self.path} {self.reason}"


def list_images(folder: Path) -> list[Path]:
    """Return a folder's image files in numeric order (9 before 10); hidden files are none of them."""
    return [folder / name for name in sorted(files_in(folder, SUFFIXES), key=_numeric)]


def _numeric(name: str) -> tuple[list[tuple[int, str]], str]:
    pieces = re.findall(r"\d+|\D+", name.rpartition(".")[0])
    return [(int(piece), "") if piece.isdecimal() else (-1, piece) for piece in pieces], name


def read_frame(path: Path) -> NDArray[np.uint8]:
    """Return a frame's pixels, (H, W, 3) uint8 RGB.

    A grey file has three equal channels, transparency is left out, of 16 bits the upper 8 are taken
    (`check_depth`), of an animation the first picture. An orientation tag is ignored, as ground truth is drawn on the
    stored pixels. Raises `FrameError` where the file is missing, cut short, too large or no JPEG or PNG.
    """
    return decode_frame(path, read_bytes(path))


def decode_frame(path: Path, data: bytes) -> NDArray[np.uint8]:
    """Return the pixels of a frame whose file has been read; see `read_frame`."""
    header_of(path, data)
    # Without this check some decoders return a picture whose lower part is grey, or write to the error stream.
    if data.startswith(_JPEG_START) and data.rfind(_JPEG_END) < data.rfind(_JPEG_SCAN):
        raise FrameError(path, "is cut short (a JPEG without its end)")
    if data.startswith(_PNG_START) and _PNG_END not in data:
        raise FrameError(path, "is cut short (a PNG without its end)")
    # Decoded as RGB at once: 15 % faster than a picture whose channels are swapped afterwards.
    return np.asarray(_decode(path, data, cv2.IMREAD_COLOR_RGB), np.uint8)


def check_depth(path: Path) -> None:
    """Raise `FrameError` where a frame has 16 bits a channel and does not use them all.

    Cameras of 10, 12 or 14 bits write such files; of their upper 8 bits, which any viewer shows, hardly one is used.
    How bright the frames of a sequence are to be, one frame cannot know. A frame that cannot be read passes: it fails
    the run of its sequence.
    """
    try:
        if _header(path).bits <= 8:
            return
        data = read_bytes(path)
        header_of(path, data)
        brightest = int(_decode(path, data, cv2.IMREAD_COLOR_RGB | cv2.IMREAD_ANYDEPTH).max())
    except FrameError:
        return
    used = brightest.bit_length()
    if used < 16:
        raise FrameError(
            path,
            f"has 16 bits a channel and uses {used} of them, nearly black as 8 bits: write all frames of the sequence"
            f" with 8 bits, scaled alike: mogrify -evaluate multiply {2 ** (16 - used)} -depth 8 {path.parent}/*.png",
        )


def _decode(path: Path, data: bytes, flags: int) -> NDArray[np.uint8] | NDArray[np.uint16]:
    try:
        pixels = cv2.imdecode(np.frombuffer(data, np.uint8), flags | cv2.IMREAD_IGNORE_ORIENTATION)
    except cv2.error:
        pixels = None
    if pixels is None:
        raise FrameError(path, "cannot be decoded")
    return pixels  # type: ignore[return-value]


def read_bytes(path: Path) -> bytes:
    """Return the bytes of a frame's file; raise `FrameError` where they cannot be had."""
    try:
        with path.open("rb") as file:
            if os.fstat(file.fileno()).st_size > MAX_BYTES:
                raise FrameError(path, f"is larger than {MAX_BYTES >> 20} MB")
            data = file.read()
    except OSError as error:
        raise FrameError(path, _reason(error)) from error
    if not data:
        raise FrameError(path, "is empty")
    return data


def frame_size(path: Path) -> tuple[int, int]:
    """Return a frame's width and height in pixels, read from the file's header; nothing is decoded.

    Raises `FrameError` where the file is missing or no image.
    """
    header = _header(path)
    return header.width, header.height


def _header(path: Path) -> Header:
    try:
        with path.open("rb") as file:
            return read_header(file)
    except (OSError, HeaderError) as error:
        raise FrameError(path, _reason(error)) from error


def header_of(path: Path, data: bytes) -> Header:
    """Return the header of a frame whose file has been read; `FrameError` where it is none that will be decoded."""
    try:
        header = read_header(BytesIO(data))
    except HeaderError as error:
        raise FrameError(path, _reason(error)) from error
    if header.width * header.height > MAX_PIXELS:
        raise FrameError(
            path, f"is {header.width}x{header.height} pixels large, beyond the {MAX_PIXELS >> 20} megapixels of a frame"
        )
    return header


def _reason(error: Exception) -> str:
    if isinstance(error, FileNotFoundError):
        return "is missing"
    if isinstance(error, OSError):
        return f"cannot be read ({error.strerror or error})"
    return str(error)
