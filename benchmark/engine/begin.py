"""Where a protocol starts on a sequence whose frames are there."""

from __future__ import annotations

from benchmark.datasets.images import FrameError, frame_size
from benchmark.datasets.sequence import Sequence
from benchmark.protocols import Start, is_vot, starts
from trackers.errors import InputError

__all__ = ["begin"]


def begin(protocol: str, video: Sequence) -> list[Start]:
    """Return where a protocol starts on a sequence, and on which boxes.

    Raises InputError where its first frame cannot be read and the protocol, or its scores, need the frame's size.
    """
    size = (0, 0)
    if protocol == "sre" or is_vot(protocol):
        try:
            size = frame_size(video.frames[video.annotation.start])
        except FrameError as error:
            raise InputError(f"{video.name}: {error}") from error
    return starts(protocol, video.annotation, size)
