"""What a sequence is, in one number: records of a tracker's run are kept under it."""

from __future__ import annotations

import hashlib

import numpy as np
from numpy.typing import NDArray

from benchmark.datasets.frames import NOTHING, Frames
from benchmark.datasets.images import FrameError, frame_size
from benchmark.datasets.sequence import Sequence


def digest(sequence: Sequence, stamps: NDArray[np.int64] | None = None) -> str:
    """Return the sha256 (64 hex digits) of a sequence's ground truth, frame list and frame size.

    The frame list is every file's name and size in bytes; the folder they lie in does not matter, and no frame is
    read beyond the first one's header. A frame that is missing or unreadable has a digest of its own: it fails the
    run, not this. `stamps` are the frames' as just looked at (`benchmark.datasets.frames.Frames.stamps`).
    """
    annotation = sequence.annotation
    text = hashlib.sha256()
    text.update(np.ascontiguousarray(annotation.boxes, "<f8").tobytes())
    text.update(np.ascontiguousarray(annotation.valid, "u1").tobytes())
    sizes = (stamps if stamps is not None else stamps_of(sequence))[:, 0].tolist()
    lines = zip(_names(sequence), sizes, strict=True)
    text.update("".join(f"\n{name}\t{size}" for name, size in lines).encode("utf-8", "surrogateescape"))
    try:
        width, height = frame_size(sequence.frames[0])
    except FrameError:
        width, height = 0, 0
    text.update(f"\n{width}x{height}".encode())
    return text.hexdigest()


def stamps_of(sequence: Sequence) -> NDArray[np.int64]:
    """Return the (N, 3) stamps of a sequence's frames, wherever each lies."""
    if isinstance(sequence.frames, Frames):
        return sequence.frames.stamps()
    each = [Frames(frame.parent, (frame.name,)).stamps() for frame in sequence.frames]
    return np.concatenate(each) if each else np.array([NOTHING], np.int64)[:0]


def _names(sequence: Sequence) -> list[str]:
    frames = sequence.frames
    return list(frames.names) if isinstance(frames, Frames) else [frame.name for frame in frames]
