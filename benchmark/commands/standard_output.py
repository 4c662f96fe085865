"""Keeps standard output for what commands say; what third-party code prints, in Python or C, goes to the error stream.

Descriptor 1 is the error stream's while a command runs; ours is a copy of what it was.
"""

from __future__ import annotations

import io
import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

OUTPUT, ERRORS = 1, 2
"""File descriptors."""


class StandardOutput(io.TextIOWrapper):
    """Standard output as the main thread alone writes to it; what other threads write goes to the error stream."""

    reserved = False
    """Whether nothing but `deliver` writes here, as with ``--json -``."""

    def write(self, text: str) -> int:
        """Write what the main thread says."""
        if self.reserved or threading.current_thread() is not threading.main_thread():
            return sys.stderr.write(text)
        return super().write(text)

    def deliver(self, text: str) -> None:
        """Write what standard output is reserved for."""
        super().write(text)
        self.flush()


@contextmanager
def kept(*, for_good: bool) -> Iterator[None]:
    """Keep standard output while the block runs; `for_good`, also for what is printed while the process ends."""
    try:
        copy = os.dup(OUTPUT)
        os.dup2(ERRORS, OUTPUT)
    except OSError:  # one of them is closed: nothing can get there
        yield
        return
    before, ours = sys.stdout, None
    with suppress(OSError, ValueError, AttributeError):  # what is no file (a test's) is no descriptor either
        if before.fileno() == OUTPUT:
            before.flush()
            ours = StandardOutput(
                open(copy, "wb", closefd=False),  # noqa: SIM115  # ended below
                encoding=before.encoding,
                errors=before.errors,
                line_buffering=before.isatty(),
            )
            sys.stdout = ours
    try:
        yield
    finally:
        if ours is not None:
            with suppress(OSError):
                ours.flush()
        sys.stdout = sys.stderr if for_good and ours is not None else before
        if not for_good:
            os.dup2(copy, OUTPUT)
            os.close(copy)


def reserve() -> None:
    """Let nothing but `deliver` reach standard output from now on."""
    if isinstance(sys.stdout, StandardOutput):
        sys.stdout.reserved = True


def deliver(text: str) -> None:
    """Write to standard output, reserved or not."""
    if isinstance(sys.stdout, StandardOutput):
        sys.stdout.deliver(text)
    else:
        sys.stdout.write(text)
