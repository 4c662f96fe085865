"""What a third party's tracker leaves behind: threads, processes, memory. Nothing puts it back, so that it is said."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

OURS = ("frames", "trackers", "error stream", "answer")
"""How the names of Engram's own threads begin."""
SEQUENCES = 3
"""Sequences, the first apart, in all of which memory must have grown before it is said to be lost."""
LOST_BYTES = 1 << 28
"""By how much in all."""


class Noticed:
    """Looks at threads, processes and memory when a tracker's sequences begin and end."""

    def __init__(self, apart: Callable[[], int | None] | None = None) -> None:
        """Take how many bytes a tracker has in memory in processes that we gave it; None where it runs in this one."""
        self._resident = apart or resident
        self._apart = apart is not None
        self._processes: set[str] = set()
        self._before: set[threading.Thread] | None = None
        self._held: int | None = None
        self._growth: list[int] = []

    def begin(self) -> None:
        """A sequence begins."""
        if self._before is None:
            self._before, self._processes = set(threading.enumerate()), children()
        self._held = self._resident()

    def end(self) -> str:
        """Return in words what is left, now that a sequence has ended; "" for nothing."""
        held = self._resident()
        if held is not None and self._held is not None:
            self._growth.append(held - self._held)
        return "; ".join([*self._left(), *filter(None, [self._memory()])])

    def _left(self) -> Iterator[str]:
        if self._before is None:
            return
        threads = [one for one in threading.enumerate() if one not in self._before and not one.name.startswith(OURS)]
        if threads:
            many = f"{len(threads)} thread{'s' * (len(threads) > 1)}"
            yield f"it leaves {many} running after a sequence, which may change anything at any time"
        if not self._apart and (processes := children() - self._processes):
            yield f"it leaves {len(processes)} process{'es' * (len(processes) > 1)} running after a sequence"

    def _memory(self) -> str:
        later = self._growth[1:]  # what the first sequence takes is taken once
        if len(later) < SEQUENCES or min(later) <= 0 or sum(later) < LOST_BYTES:
            return ""
        return f"its memory grew by {sum(later) / 1e6:.0f} MB in {len(later)} sequences, in every one of them: it leaks"


def children() -> set[str]:
    """Return the numbers of the processes that this one has started, and that go on; none off Linux."""
    lists = Path("/proc/self/task").glob("*/children") if Path("/proc/self/task").is_dir() else ()
    found: set[str] = set()
    for one in lists:
        with suppress(OSError):  # a thread that has ended meanwhile
            found.update(one.read_text().split())
    return set(filter(_runs, found))


def _runs(process: str) -> bool:
    """Return whether a process has not ended: one that has is there until somebody asks how."""
    try:
        return not Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].startswith(" Z")
    except OSError:
        return False


def resident(process: int | str = "self") -> int | None:
    """Return how many bytes a process has in memory, this one by default; None where that is not known."""
    try:
        return int(Path(f"/proc/{process}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, IndexError):  # off Linux, or it has gone
        return None
