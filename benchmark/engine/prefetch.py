"""Frames decoded ahead of the tracker by worker threads."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from benchmark.datasets.images import read_frame
from trackers.api import Frame

DEPTH = 4
"""Frames a lane may have waiting: enough to hide a slow read, little memory."""


class FrameStream:
    """The frames of one sequence, in order, read ahead in a pool's threads."""

    def __init__(self, paths: Sequence[Path], pool: ThreadPoolExecutor) -> None:
        self._paths = iter(paths)
        self._pool = pool
        self._waiting: deque[Future[Frame]] = deque()
        for _ in range(DEPTH):
            self._ask()

    def _ask(self) -> None:
        if (path := next(self._paths, None)) is not None:
            self._waiting.append(self._pool.submit(read_frame, path))

    def next(self) -> Frame:
        """Return the next frame, (H, W, 3) uint8 RGB; FrameError where its file cannot be read."""
        frame = self._waiting.popleft().result()
        self._ask()
        return frame

    def close(self) -> None:
        """Forget what was read ahead."""
        for future in self._waiting:
            future.cancel()
        self._waiting.clear()
