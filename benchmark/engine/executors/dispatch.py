"""Hands the pieces of a run to workers, wherever these are, and takes back what came of them.

A worker gets names and proves that what it finds under them is what the driver has; records come back to the driver,
which alone writes. What a lost worker had in hand is given to another.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar

import numpy as np

from benchmark.engine.executors.pieces import LOSSES, Piece, make_pieces
from benchmark.engine.executors.worker import Assignment, Order, Result, Wanted
from benchmark.engine.job import Outcome
from benchmark.engine.load import Load
from benchmark.engine.run import Finished, OnFrames, Plan, Task
from benchmark.plurals import counted
from trackers.errors import InputError

PATIENCE_SECONDS = 120.0
"""How long a run waits for a worker when it has lost all."""
Say = Callable[[str], None]
"""Shows a remark."""


@dataclass(frozen=True, eq=False)
class Seat:
    """A worker, by what people call it."""

    name: str


@dataclass(frozen=True)
class Progress:
    """A worker says how many frames it has done since it last did."""

    frames: int


@dataclass(frozen=True)
class Answer:
    """What the method that was asked for returned."""

    value: Any


@dataclass(frozen=True)
class Refusal:
    """The method raised what the user can mend: why, in one line."""

    reason: str


@dataclass(frozen=True)
class Fault:
    """The method raised what it never should."""

    traceback: str


@dataclass(frozen=True)
class Loss:
    """The worker is gone: why, in one line."""

    reason: str


Heard = Progress | Answer | Refusal | Fault | Loss


S = TypeVar("S", bound=Seat)


class Crew(Protocol[S]):
    """The workers of one run, all of one environment class."""

    environment: Mapping[str, str]
    look_seconds: float
    """How often it is looked whether more workers can be had."""

    @property
    def seats(self) -> Sequence[S]:
        """The workers there are."""

    def recruit(self) -> Sequence[S]:
        """Start and return the workers that can be had besides."""

    def dismiss(self, seat: S, why: str, *, at_work: bool = False) -> None:
        """Go on without a worker, and say so; `at_work`: it had started well."""

    def ask(self, seat: S, method: str, *arguments: Any) -> None:
        """Call a method of a `Worker`: one call at a time."""

    def hear(self, seconds: float) -> Sequence[tuple[S, Heard]]:
        """Return what workers that were asked said, as soon as one does; nothing where none does for so long."""

    def load(self) -> Load | None:
        """Return what others did on the workers' machine since the call before; None where that is not known."""


def make_order(plan: Plan, tasks: Sequence[Task], environment: Mapping[str, str], root: Path) -> Order:
    """Return what all workers of a run must agree on with the driver, whose absolute data root is `root`."""
    return Order(
        dataset=plan.selection.dataset,
        revision=plan.selection.revision,
        data_root=str(root),
        limit_frames=plan.selection.limit_frames,
        digests={task.sequence: task.digest for task in tasks},
        trackers={spec.name: Wanted.of(spec) for spec in dict.fromkeys(task.spec for task in tasks)},
        environment=environment,
        lanes=plan.lanes,
        telemetry=plan.telemetry,
        timeout=plan.timeout,
    )


class Dispatch(Generic[S]):
    """One run's work, handed out piece by piece, the longest first."""

    def __init__(self, crew: Crew[S], order: Order, tasks: Sequence[Task], on_frames: OnFrames) -> None:
        self._crew, self._order, self._on_frames = crew, order, on_frames
        self._waiting = make_pieces(tasks, order.lanes)
        self._hands: dict[S, Piece | None] = {}
        """Who is at work on what; without a piece, one that came late proves itself."""
        self._told: dict[S, int] = {}
        """Frames of the piece in hand that were shown as done."""
        self._idle: deque[S] = deque()

    def run(self) -> Iterator[Finished]:
        """Yield what came of each task as it ends; InputError where a worker lacks something, or none is left."""
        self._prepare()
        alive = looked = time.monotonic()
        while self._waiting or any(self._hands.values()):
            while self._idle and self._waiting:
                seat, piece = self._idle.popleft(), self._waiting.popleft()
                self._hands[seat], self._told[seat] = piece, 0
                self._crew.ask(seat, "work", piece.tracker, _assignments(piece))
            for seat, said in self._crew.hear(self._crew.look_seconds):
                yield from self._take(seat, said)
            now = time.monotonic()
            if now - looked >= self._crew.look_seconds:
                looked = now
                for seat in self._crew.recruit():
                    self._hands[seat] = None
                    self._crew.ask(seat, "prepare", self._order)
            alive = now if self._hands or self._idle else alive
            if now - alive > PATIENCE_SECONDS:
                raise InputError("every worker is lost; start one, then give the same command again")

    def _prepare(self) -> None:
        """Let all workers prove themselves; InputError, before work starts, with what the first of them lacks."""
        asked = list(self._crew.seats)
        for seat in asked:
            self._crew.ask(seat, "prepare", self._order)
        refusals = {}
        while asked:
            for seat, said in self._crew.hear(self._crew.look_seconds):
                asked.remove(seat)
                _check(seat, said)
                if isinstance(said, Loss):
                    self._crew.dismiss(seat, said.reason)
                    continue
                refusals[seat] = _refused(said)
                self._idle.append(seat)
        lacking = [f"worker {seat.name}: {why}" for seat in self._idle if (why := refusals[seat])]
        if lacking:
            more = f" (and {counted(len(lacking) - 1, 'more worker')})" if len(lacking) > 1 else ""
            raise InputError(lacking[0] + more)

    def _take(self, seat: S, said: Heard) -> Iterator[Finished]:
        """Take what a worker at work said."""
        given = self._hands[seat]
        _check(seat, said)
        if isinstance(said, Progress):
            if given is not None:
                self._told[seat] += said.frames
                self._on_frames(given.tracker, said.frames)
            return
        del self._hands[seat]
        if isinstance(said, Loss):
            lost = "it is lost, its sequences run again" if given else "it did not start"
            self._crew.dismiss(seat, f"{lost}: {said.reason}", at_work=given is not None)
            if given is not None:
                yield from self._lose(seat, given, f"{seat.name}: {said.reason}")
        elif given is None:
            if refusal := _refused(said):
                self._crew.dismiss(seat, refusal)
            else:
                self._idle.append(seat)
        elif isinstance(said, Refusal):
            raise InputError(f"worker {seat.name}: {said.reason}")
        elif isinstance(said, Answer):
            self._idle.append(seat)
            self._on_frames(given.tracker, sum(len(one.boxes) for one in said.value) - self._told[seat])
            load = self._crew.load()
            for result in said.value:
                yield _finished(given.tasks[result.number], result, load)

    def _lose(self, seat: S, given: Piece, why: str) -> Iterator[Finished]:
        """Put a lost worker's piece back; where it was lost too often, yield its tasks as failed."""
        self._on_frames(given.tracker, -self._told[seat])
        again = given.again()
        # What was lost twice may be the cause: it waits.
        (self._waiting.extend if given.losses else self._waiting.extendleft)(again)
        for task in given.tasks if not again else ():
            self._on_frames(given.tracker, len(task.job))
            error = f"{LOSSES} workers were lost with this sequence in hand, the last of them {why}"
            outcome = Outcome(task.job, np.empty((0, 4)), np.empty(0), 0.0, {}, error)
            yield Finished(task, outcome, 1)


def _check(seat: Seat, said: Heard) -> None:
    if isinstance(said, Fault):
        raise RuntimeError(f"worker {seat.name}: {said.traceback}")


def _refused(said: Heard) -> str:
    """Return why a worker cannot serve as it was asked to prepare; "" where it can."""
    if isinstance(said, Refusal):
        return said.reason
    assert isinstance(said, Answer)
    return str(said.value)


def _assignments(piece: Piece) -> list[Assignment]:
    jobs = (task.job for task in piece.tasks)
    return [Assignment(job.video.name, job.start, job.box, job.seed, job.backward, job.restarts) for job in jobs]


def _finished(task: Task, result: Result, load: Load | None) -> Finished:
    outcome = Outcome(
        task.job,
        result.boxes,
        result.scores,
        result.seconds,
        result.telemetry,
        result.error,
        result.timed_out,
        result.times,
        result.seen,
        result.codes,
        result.remarks,
    )
    return Finished(task, outcome, result.lanes, load)
