"""What a third party's tracker leaves behind in the process: nothing puts it back, so that it is said."""

from __future__ import annotations

import os
import threading
from pathlib import Path

OURS = ("frames", "trackers", "error stream", "answer in time")
"""How the names of Engram's own threads begin."""
SEQUENCES = 3
"""Sequences, the first apart, in all of which memory must have grown before it is said to be lost."""
LOST_BYTES = 1 << 28
"""By how much in all."""


class Noticed:
    """Looks at threads and memory when a tracker's sequences begin and end."""

    def __init__(self, tracker: object) -> None:
        """Take the tracker, which may have a process of its own and tell what that has in memory (``resident``)."""
        self._resident = getattr(tracker, "resident", resident)
        self._before: set[threading.Thread] | None = None
        self._held: int | None = None
        self._growth: list[int] = []

    def begin(self) -> None:
        """A sequence begins."""
        if self._before is None:
            self._before = set(threading.enumerate())
        self._held = self._resident()

    def end(self) -> str:
        """Return in words what is left, now that a sequence has ended; "" for nothing."""
        held = self._resident()
        if held is not None and self._held is not None:
            self._growth.append(held - self._held)
        return "; ".join(filter(None, (self._threads(), self._memory())))

    def _threads(self) -> str:
        if self._before is None:
            return ""
        left = [one for one in threading.enumerate() if one not in self._before and not one.name.startswith(OURS)]
        threads = f"{len(left)} thread{'s' * (len(left) > 1)} running"
        return f"it leaves {threads} after a sequence, which may change anything at any time" if left else ""

    def _memory(self) -> str:
        later = self._growth[1:]  # what the first sequence takes is taken once
        if len(later) < SEQUENCES or min(later) <= 0 or sum(later) < LOST_BYTES:
            return ""
        return f"its memory grew by {sum(later) / 1e6:.0f} MB in {len(later)} sequences, in every one of them: it leaks"


def resident(process: int | str = "self") -> int | None:
    """Return how many bytes a process has in memory, this one by default; None where that is not known."""
    try:
        return int(Path(f"/proc/{process}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, IndexError):  # off Linux, or it has gone
        return None
