"""Whether a frame's file is whole, as far as its beginning and its end say: nothing is decoded."""

from __future__ import annotations

import os
from pathlib import Path

from benchmark.datasets.image_header import HeaderError, read_header
from benchmark.datasets.images import FrameError

TAIL = 4096
"""Bytes at a file's end in which the mark of its end must stand; some cameras write a few more behind it."""
ENDS = {b"\xff\xd8": (b"\xff\xd9", "a JPEG without its end"), b"\x89P": (b"IEND", "a PNG without its end")}


def look_over(path: Path) -> int:
    """Return the bytes of a frame's file; raise `FrameError` where it is missing, empty, cut short or no picture."""
    try:
        with path.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            if not size:
                raise FrameError(path, "is empty")
            read_header(file)
            file.seek(0)
            mark, words = ENDS[file.read(2)]
            file.seek(max(size - TAIL, 0))
            if mark not in file.read():
                raise FrameError(path, f"is cut short ({words})")
            return size
    except FileNotFoundError:
        raise FrameError(path, "is missing") from None
    except OSError as error:
        raise FrameError(path, f"cannot be read ({error.strerror or error})") from error
    except HeaderError as error:
        raise FrameError(path, str(error)) from error
