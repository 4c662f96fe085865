"""Standard output and the error stream as third-party code has them: both lead to ours, and neither can be closed."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from typing import Any

OUTPUT = "standard output (it prints)"
REPLACED = "sys.stdout or sys.stderr"


class Streams:
    """The two streams of one third party. Within the context they stand in place of ours."""

    def __init__(self, changed: set[str]) -> None:
        """Take who is told, in words, when something is printed, or a stream replaced."""
        self._changed = changed
        self._ours: list[tuple[Any, Any]] = []
        self._output = _Stream(self._error_stream, lambda: changed.add(OUTPUT))
        self._errors = _Stream(self._error_stream, lambda: None)

    def put(self) -> None:
        """Put them in place of those that are there."""
        self._ours.append((sys.stdout, sys.stderr))
        sys.stdout, sys.stderr = self._output, self._errors

    def take_away(self) -> None:
        """Put back those that were there before the last `put`."""
        if sys.stdout is not self._output or sys.stderr is not self._errors:
            self._changed.add(REPLACED)
        sys.stdout, sys.stderr = self._ours[-1]  # what one that is dropped here still holds is written now
        self._ours.pop()

    def _error_stream(self) -> Any:
        """Return our error stream, None where there is none; what was put there meanwhile may lead back here."""
        return self._ours[0][1] if self._ours else sys.stderr


class _Stream(io.TextIOWrapper):
    def __init__(self, ours: Callable[[], Any], told: Callable[[], object]) -> None:
        super().__init__(_Raw(ours, told), encoding="utf-8", errors="backslashreplace", write_through=True)

    def close(self) -> None:
        """Stay open: others write here too."""

    def detach(self) -> Any:
        """Return what it writes to, and go on: others write here too."""
        return self.buffer


class _Raw(io.RawIOBase):
    name = "<stderr>"

    def __init__(self, ours: Callable[[], Any], told: Callable[[], object]) -> None:
        super().__init__()
        self._ours, self._told = ours, told

    def writable(self) -> bool:
        return True

    def write(self, content: Any) -> int:
        self._told()
        if (ours := self._ours()) is not None:
            ours.write(bytes(content).decode("utf-8", "replace"))
        return len(content)

    def flush(self) -> None:
        if (ours := self._ours()) is not None:
            ours.flush()

    def isatty(self) -> bool:
        """Return whether our error stream is a terminal."""
        return (ours := self._ours()) is not None and bool(ours.isatty())

    def fileno(self) -> int:
        """Return the descriptor of our error stream, for processes that are to write there."""
        if (ours := self._ours()) is None:
            raise io.UnsupportedOperation("there is no error stream")
        return int(ours.fileno())

    def close(self) -> None:
        """Stay open, whatever wraps this is closed or collected."""
