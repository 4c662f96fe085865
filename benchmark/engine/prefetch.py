"""Frames decoded ahead of the trackers by threads, each once for all that look at it.

Memory: what is decoded, or being decoded, and not yet taken by all its readers. A sequence has at most `DEPTH` frames
ahead of its first reader, and none while all sequences together hold `BUDGET` bytes; behind its first reader it has
as many as its last one is behind.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self

from benchmark.datasets.content import Seen, look
from benchmark.datasets.images import FrameError, decode_frame, header_of
from benchmark.engine.resources import usable_cores
from trackers.api import Frame

DEPTH = 4
"""Frames a sequence may have waiting: enough to hide a slow read, little memory."""
BUDGET = 1 << 30
"""Bytes of all sequences' frames, from which on nothing is decoded before somebody wants it."""


class _Fetched(NamedTuple):
    """One frame's file: what it held, its pixels or why there are none, and its bits a channel."""

    seen: Seen
    pixels: Frame | FrameError
    bits: int

    @property
    def bytes(self) -> int:
        """Memory that the pixels take."""
        return 0 if isinstance(self.pixels, FrameError) else self.pixels.nbytes


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


class Decoder:
    """Decodes frames of many sequences; a context manager, used by one thread."""

    def __init__(self, threads: int | None = None, budget: int = BUDGET) -> None:
        """Take the number of threads, by default one a core: decoding releases the interpreter's lock."""
        self._pool = ThreadPoolExecutor(threads or usable_cores(), thread_name_prefix="frames")
        self.budget = budget
        self.held = 0
        """Bytes of frames that are decoded, or will be, for somebody."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Decode no more."""
        self._pool.shutdown(cancel_futures=True)

    def open(self, paths: Sequence[Path], readers: int = 1) -> list[FrameStream]:
        """Return that many streams of the same frames, each decoded once if all keep about the same pace."""
        window = _Window(paths, self)
        return [window.join() for _ in range(readers)]

    def submit(self, path: Path) -> Future[_Fetched]:
        """Have a frame decoded."""
        return self._pool.submit(_fetch, path)


class _Window:
    """The frames of one sequence from its last reader's to those read ahead of its first."""

    def __init__(self, paths: Sequence[Path], decoder: Decoder) -> None:
        self.paths = paths
        self._decoder = decoder
        self._readers: list[FrameStream] = []
        self._first = 0
        """Index of the first frame that is held."""
        self._frames: deque[tuple[Future[_Fetched], int]] = deque()
        """Each with the bytes that it was counted for."""
        self._size = 0
        """Bytes of the largest frame so far."""
        self._ask()

    def join(self) -> FrameStream:
        """Return one more reader, from the first frame on."""
        self._readers.append(FrameStream(self))
        return self._readers[-1]

    def get(self, index: int) -> _Fetched:
        """Return a frame, and read ahead of it."""
        while self._end <= index:
            self._ask()
        fetched = self._frames[index - self._first][0].result()
        self._size = max(self._size, fetched.bytes)
        last = min(index + 1 + DEPTH, len(self.paths))
        while self._end < last and self._decoder.held + self._size <= self._decoder.budget:
            self._ask()
        return fetched

    def let_go(self) -> None:
        """Forget what no reader will ask for."""
        needed = min((reader.index for reader in self._readers if not reader.closed), default=self._end)
        while self._first < min(needed, self._end):
            future, size = self._frames.popleft()
            future.cancel()
            self._decoder.held -= size
            self._first += 1

    @property
    def _end(self) -> int:
        return self._first + len(self._frames)

    def _ask(self) -> None:
        self._frames.append((self._decoder.submit(self.paths[self._end]), self._size))
        self._decoder.held += self._size


class FrameStream:
    """One reader of a sequence's frames, in order."""

    def __init__(self, window: _Window) -> None:
        self.seen: list[Seen] = []
        """What was found in every frame asked for so far."""
        self.closed = False
        self._window = window
        self._deep: bool | None = None
        """Whether the first frame has more than 8 bits a channel."""

    @property
    def index(self) -> int:
        """The next frame's."""
        return len(self.seen)

    def next(self) -> Frame:
        """Return the next frame, (H, W, 3) uint8 RGB, which others may look at; FrameError where it cannot be read.

        Frames of 8 and of 16 bits a channel in one sequence are an error too: they are of two brightnesses.
        """
        fetched = self._window.get(self.index)
        self.seen.append(fetched.seen)
        self._window.let_go()
        if isinstance(fetched.pixels, FrameError):
            raise fetched.pixels
        deep = fetched.bits > 8
        if self._deep is None:
            self._deep = deep
        if deep != self._deep:
            path = self._window.paths[self.index - 1]
            raise FrameError(path, f"has {fetched.bits} bits a channel, unlike the frames before it: write all alike")
        return fetched.pixels

    def close(self) -> None:
        """Read no more; what was read ahead for this reader alone is forgotten."""
        self.closed = True
        self._window.let_go()
