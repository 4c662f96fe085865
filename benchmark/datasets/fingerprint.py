"""What a sequence is, in one number: records of a tracker's run are kept under it."""

from __future__ import annotations

import hashlib
from pathlib import Path
from stat import S_ISREG

import numpy as np

from benchmark.datasets.images import FrameError, frame_size
from benchmark.datasets.sequence import Sequence


def digest(sequence: Sequence) -> str:
    """Return the sha256 (64 hex digits) of a sequence's ground truth, frame list and frame size.

    The frame list is every file's name and size in bytes; the folder they lie in does not matter, and no frame is
    read beyond the first one's header. A frame that is missing or unreadable has a digest of its own: it fails the
    run, not this.
    """
    annotation = sequence.annotation
    text = hashlib.sha256()
    text.update(np.ascontiguousarray(annotation.boxes, "<f8").tobytes())
    text.update(np.ascontiguousarray(annotation.valid, "u1").tobytes())
    for frame in sequence.frames:
        text.update(f"\n{frame.name}\t{_bytes(frame)}".encode())
    try:
        width, height = frame_size(sequence.frames[0])
    except FrameError:
        width, height = 0, 0
    text.update(f"\n{width}x{height}".encode())
    return text.hexdigest()


def _bytes(frame: Path) -> int:
    """Return the size of a frame's file; -1 where there is none."""
    try:
        found = frame.stat()
    except OSError:
        return -1
    return found.st_size if S_ISREG(found.st_mode) else -1
