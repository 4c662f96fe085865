"""What the rest of the machine did while something was timed: a cost taken beside other work says so."""

from __future__ import annotations

import os
import time
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

QUIET = 0.15
"""Cores that other processes may keep busy during a measurement before it is marked."""
WINDOW = 1.0
"""Seconds that `Watch.lately` looks back at the least: the system counts its time in hundredths of a second."""


@dataclass(frozen=True)
class Load:
    """Other processes' share of the machine."""

    busy_cores: float
    """Cores that they kept busy."""
    cores: int
    """Of how many."""

    @property
    def disturbing(self) -> bool:
        """Whether a cost measured meanwhile is kept, but marked."""
        return self.busy_cores > QUIET

    @property
    def mark(self) -> str:
        """What stands beside such a cost; "" beside one that nothing disturbed."""
        if not self.disturbing:
            return ""
        share = round(100 * min(max(self.busy_cores / max(self.cores, 1), 0.01), 1))  # a file may say anything
        return f"measured beside other work: {share} % of the processors were busy with something else"


class Watch:
    """Measures what others do with the machine's cores from its making on."""

    def __init__(self, workers: Callable[[], Iterable[int]] = tuple) -> None:
        """Take what returns the ids of the processes that work for this one: they are no others."""
        self._workers = workers
        self._seen = deque([_Moment.now(workers())])
        self._first = self._seen[0]

    def others(self) -> float:
        """Return how many cores other processes kept busy since; NaN where the system does not tell."""
        return _busy_between(self._first, _Moment.now(self._workers()))

    def lately(self) -> Load | None:
        """Return the load since the call before, or the last second where that is longer; None if it is not known."""
        now = _Moment.now(self._workers())
        while len(self._seen) > 1 and now.wall - self._seen[1].wall >= WINDOW:
            self._seen.popleft()
        busy = _busy_between(self._seen[0], now)
        self._seen.append(now)
        return None if busy != busy else Load(busy, cores())


def cores() -> int:
    """Return how many cores the machine has."""
    return os.cpu_count() or 1


@dataclass(frozen=True)
class _Moment:
    wall: float
    own: float
    """Seconds of processor time of this process, its children that have ended, and its workers."""
    all: float
    """Of all processes; NaN off Linux."""

    @classmethod
    def now(cls, workers: Iterable[int] = ()) -> _Moment:
        times = os.times()
        own = time.process_time() + times.children_user + times.children_system
        return cls(time.monotonic(), own + sum(map(_processor_seconds, workers)), _busy_seconds())


def _busy_between(first: _Moment, last: _Moment) -> float:
    wall = max(last.wall - first.wall, 1e-3)
    own = (last.own - first.own) / wall
    if last.all == last.all:
        return max((last.all - first.all) / wall - own, 0.0)
    try:
        return max(os.getloadavg()[0] - own, 0.0)  # of the last minute, and of what waits as well as what runs
    except (OSError, AttributeError):
        return float("nan")


def _processor_seconds(process: int) -> float:
    """Return the processor time of a process; 0 of one that has gone, NaN off Linux."""
    if not Path("/proc/self/stat").is_file():
        return float("nan")
    try:
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _busy_seconds() -> float:
    """Return the seconds that all cores together were busy since the machine started; NaN off Linux."""
    stat = Path("/proc/stat")
    if not stat.is_file():
        return float("nan")
    user, nice, system, _, _, irq, soft_irq, steal = map(int, stat.read_text().split("\n", 1)[0].split()[1:9])
    return (user + nice + system + irq + soft_irq + steal) / os.sysconf("SC_CLK_TCK")
