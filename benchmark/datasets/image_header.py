"""What an image file says of itself before a pixel is decoded: JPEG and PNG, by their own signatures."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import BinaryIO

_PNG = b"\x89PNG\r\n\x1a\n"
_JPEG = b"\xff\xd8"
_FRAME_MARKERS = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
"""JPEG's SOF0-SOF15; the three left out are tables (ITU T.81, table B.1)."""
_BARE_MARKERS = frozenset({0x01, *range(0xD0, 0xD8)})
"""Markers without a length."""
_OTHERS = {b"GIF8": "a GIF", b"BM": "a BMP", b"II*\0": "a TIFF", b"MM\0*": "a TIFF", b"RIFF": "a WebP"}


@dataclass(frozen=True)
class Header:
    """Width and height in pixels, and bits a channel."""

    width: int
    height: int
    bits: int


class HeaderError(Exception):
    """No JPEG or PNG, or one whose header is cut short; the text says which."""


def read_header(file: BinaryIO) -> Header:
    """Return the header of the image that begins where the file stands; a few hundred bytes are read."""
    start = file.read(26)
    try:
        if start.startswith(_PNG):
            width, height, bits = struct.unpack(">IIB", start[16:25])
            return Header(width, height, bits)
        if start.startswith(_JPEG):
            file.seek(len(_JPEG) - len(start), 1)
            return _jpeg(file)
    except struct.error:
        raise HeaderError("is cut short: not even its header is whole") from None
    other = next((name for signature, name in _OTHERS.items() if start.startswith(signature)), None)
    if other is not None:
        raise HeaderError(f"is {other} file, whatever its name says: write frames as JPEG or PNG")
    raise HeaderError("is no image that can be read")


def _jpeg(file: BinaryIO) -> Header:
    while True:
        lead, marker = struct.unpack(">BB", file.read(2))
        while marker == 0xFF:  # fill bytes may stand before a marker
            (marker,) = struct.unpack(">B", file.read(1))
        if lead != 0xFF or marker == 0xDA:
            raise HeaderError("cannot be decoded: a JPEG without a size before its first scan")
        if marker in _BARE_MARKERS:
            continue
        (length,) = struct.unpack(">H", file.read(2))
        if marker in _FRAME_MARKERS:
            bits, height, width = struct.unpack(">BHH", file.read(5))
            return Header(width, height, bits)
        file.seek(max(length - 2, 0), 1)
