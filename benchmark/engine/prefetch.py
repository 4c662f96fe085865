"""Frames decoded ahead of the tracker by worker threads."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

from benchmark.datasets.content import Seen, look
from benchmark.datasets.images import FrameError, decode_frame, header_of
from trackers.api import Frame

DEPTH = 4
"""Frames a lane may have waiting: enough to hide a slow read, little memory."""


class _Fetched(NamedTuple):
    """One frame's file: what it held, its pixels or why there are none, and its bits a channel."""

    seen: Seen
    pixels: Frame | FrameError
    bits: int


def _fetch(path: Path) -> _Fetched:
    seen, data = look(path)
    bits = 8
    try:
        if isinstance(data, FrameError):
            raise data
        bits = header_of(path, data).bits
        return _Fetched(seen, decode_frame(path, data), bits)
    except FrameError as error:
        return _Fetched(seen, error, bits)


class FrameStream:
    """The frames of one sequence, in order, read ahead in a pool's threads."""

    def __init__(self, paths: Sequence[Path], pool: ThreadPoolExecutor) -> None:
        self.seen: list[Seen] = []
        """What was found in every frame asked for so far."""
        self._all = paths
        self._paths = iter(paths)
        self._deep: bool | None = None
        """Whether the first frame has more than 8 bits a channel."""
        self._pool = pool
        self._waiting: deque[Future[_Fetched]] = deque()
        for _ in range(DEPTH):
            self._ask()

    def _ask(self) -> None:
        if (path := next(self._paths, None)) is not None:
            self._waiting.append(self._pool.submit(_fetch, path))

    def next(self) -> Frame:
        """Return the next frame, (H, W, 3) uint8 RGB; FrameError where its file cannot be read.

        Frames of 8 and of 16 bits a channel in one sequence are an error too: they are of two brightnesses.
        """
        fetched = self._waiting.popleft().result()
        self._ask()
        self.seen.append(fetched.seen)
        if isinstance(fetched.pixels, FrameError):
            raise fetched.pixels
        deep = fetched.bits > 8
        if self._deep is None:
            self._deep = deep
        if deep != self._deep:
            path = self._all[len(self.seen) - 1]
            raise FrameError(path, f"has {fetched.bits} bits a channel, unlike the frames before it: write all alike")
        return fetched.pixels

    def close(self) -> None:
        """Forget what was read ahead."""
        for future in self._waiting:
            future.cancel()
        self._waiting.clear()
