"""The workers of a run on one machine: processes, as many as were asked for and memory holds."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import count
from multiprocessing.connection import wait
from types import TracebackType
from typing import Any, Self

from benchmark.engine.executors.dispatch import Heard, Progress, Say, Seat
from benchmark.engine.executors.process import END_SECONDS, Process
from benchmark.engine.load import Load, Watch
from benchmark.engine.resources import free_memory, peak_memory_of
from benchmark.plurals import counted
from trackers.errors import InputError

AMPLE_BYTES = 2 << 30
"""Where there is so much memory for every worker, all start at once; else the first is measured."""
GROWTH = 1.25
"""What a worker takes at work, in parts of what it takes when it is ready."""
FAILURES = 3
"""How many workers may fail to start before the run gives up."""


@dataclass(frozen=True, eq=False)
class ProcessSeat(Seat):
    """A worker and its process."""

    process: Process = field(repr=False)


class ProcessCrew:
    """The workers of one run (`benchmark.engine.executors.dispatch.Crew`); a context manager that ends them."""

    look_seconds = 0.5

    def __init__(self, device: str, environment: Mapping[str, str], wanted: int, say: Say, *, careful: bool) -> None:
        """Take how many workers are wanted; `careful`: no more than memory holds."""
        self.environment = environment
        self.seats: list[ProcessSeat] = []
        self.most = 0
        """How many there have been at once."""
        self._device, self._wanted, self._say, self._careful = device, wanted, say, careful
        self._numbers = count(1)
        self._failures = 0
        self._limited = False
        """Whether it was said that memory limits the workers."""
        self._asked: list[ProcessSeat] = []
        self._watch = Watch(lambda: [seat.process.id for seat in self.seats])

    def __enter__(self) -> Self:
        """Start the workers."""
        free = free_memory()
        ample = not self._careful or free is None or free >= self._wanted * AMPLE_BYTES
        try:
            self._start(self._wanted if ample else 1)
        except BaseException:
            self._close(0.0)
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the workers: at once where the work was cut off."""
        self._close(END_SECONDS if kind is None else 0.0)

    def recruit(self) -> list[ProcessSeat]:
        """Start workers in place of those that were lost, and those that wait for memory."""
        if self._failures >= FAILURES:
            return []
        return self._start(self._room() - len(self.seats))

    def dismiss(self, seat: ProcessSeat, why: str, *, at_work: bool = False) -> None:
        """Go on without a worker, and say so; InputError where no more are started and none is left."""
        self._failures += not at_work
        self.seats.remove(seat)
        seat.process.close()
        self._say(f"worker {seat.name} is left out: {why}")
        if not self.seats and self._failures >= FAILURES:
            raise InputError(f"no worker can be started ({why}); --workers 1 does without")

    def ask(self, seat: ProcessSeat, method: str, *arguments: Any) -> None:
        """Call a method of a worker."""
        self._asked.append(seat)
        seat.process.ask(method, *arguments)

    def hear(self, seconds: float) -> list[tuple[ProcessSeat, Heard]]:
        """Return what workers say within so many seconds."""
        if not self._asked:
            time.sleep(seconds)
            return []
        talking = wait([seat.process.connection for seat in self._asked], seconds)
        heard = []
        for seat in self._asked:
            process = seat.process
            if said := process.hear() if process.connection in talking else process.lost():
                heard.append((seat, said))
        answered = {seat for seat, said in heard if not isinstance(said, Progress)}
        self._asked = [seat for seat in self._asked if seat not in answered]
        return heard

    def load(self) -> Load | None:
        """Return what processes that are none of ours did on this machine since the call before."""
        return self._watch.lately()

    def _start(self, number: int) -> list[ProcessSeat]:
        started = []
        for _ in range(number):
            name = str(next(self._numbers))
            started.append(ProcessSeat(name, Process(name, self._device)))
            self.seats.append(started[-1])
        self.most = max(self.most, len(self.seats))
        return started

    def _room(self) -> int:
        """Return how many workers there may be; say so where memory limits them."""
        free = free_memory()
        if not self._careful or free is None or len(self.seats) >= self._wanted:
            return self._wanted
        size = GROWTH * max((peak_memory_of(seat.process.id) or 0 for seat in self.seats), default=0)
        room = min(self._wanted, len(self.seats) + int(free / size)) if size else 1
        if size and room < self._wanted and not self._limited:
            self._limited = True
            self._say(
                f"{counted(room, 'worker')} in place of {self._wanted}: one takes up to"
                f" {size / 1e9:.1f} GB, and {free / 1e9:.1f} GB are free"
            )
        return room

    def _close(self, seconds: float) -> None:
        """End all workers, each within so many seconds."""
        for seat in self.seats:
            seat.process.connection.close()
        for seat in self.seats:
            seat.process.close(seconds)
        self.seats = []
