"""What a TraX tracker says, on its way to the protocol's library: what is no answer goes no further.

vot-trax 4.0.2 reads where there is nothing (SIGSEGV) when a greeting names no regions, and when an answer's region is
an empty text; takes other messages for an answer without a box; and two answers to a frame for those to two frames.
"""

from __future__ import annotations

import os
import re
from contextlib import suppress
from dataclasses import dataclass
from threading import Thread
from weakref import finalize

MESSAGE = re.compile(rb"@@TRAX:(\w*)")
REGIONS = re.compile(rb"trax\.region=;*\w")
EMPTY = re.compile(rb'@@TRAX:\w+\s+""')


@dataclass
class Seen:
    """What has come through so far."""

    why: str = ""
    """What was wrong with the line that was kept; "" where there was none."""
    greeted: bool = False
    answers: int = 0

    def take(self, line: bytes) -> bool:
        """Return whether a line may go further."""
        met = MESSAGE.match(line)
        if met is None or met[1] == b"quit":
            return True
        if not self.greeted:
            self.greeted = met[1] == b"hello" and REGIONS.search(line) is not None
            self.why = "" if self.greeted else "it greets without a region that it follows"
        elif met[1] not in (b"state", b"status"):
            self.why = f"it sent {met[1].decode(errors='replace')!r}, which is no answer"
        elif EMPTY.match(line):
            self.why = "it answered with an empty region"
        else:
            self.answers += 1
        return not self.why


class Sieve:
    """Passes on what comes from a descriptor, line by line, until a wrong one; then `read`, our end, is at its end."""

    def __init__(self, source: int) -> None:
        """Take the descriptor that the tracker's output is read from."""
        self.read, write = os.pipe()
        self.seen = Seen()
        self._thread = Thread(target=_pass_on, args=(source, write, self.seen), name="answers", daemon=True)
        self._thread.start()
        finalize(self, os.close, self.read)

    def hear_out(self, seconds: float) -> bool:
        """Return whether all has come through that the tracker says to its end, after so many seconds at the most."""
        self._thread.join(seconds)
        return not self._thread.is_alive()


def _pass_on(source: int, write: int, seen: Seen) -> None:
    rest = b""
    with suppress(OSError):  # nobody reads any more, or there is nothing to read from
        while not seen.why and (block := os.read(source, 1 << 16)):
            *lines, rest = (rest + block).split(b"\n")
            for line in lines:
                if not seen.take(line):
                    break
                _write(write, line + b"\n")
    os.close(write)


def _write(descriptor: int, content: bytes) -> None:
    while content:
        content = content[os.write(descriptor, content) :]
