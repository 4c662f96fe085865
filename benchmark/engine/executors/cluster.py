"""The work of a run on the machines of a Ray cluster, or on all devices of this one.

A worker gets names and proves that what it finds under them is what the driver has; records come back to the driver,
which alone writes. What a lost worker had in hand is given to another.
"""

from __future__ import annotations

import os
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, redirect_stdout
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np

from benchmark.datasets.lookup import data_root
from benchmark.engine.executors.crew import Crew, Seat, connect, reason
from benchmark.engine.executors.pieces import LOSSES, Piece, make_pieces
from benchmark.engine.executors.worker import Assignment, Order, Result, Wanted
from benchmark.engine.job import Outcome
from benchmark.engine.run import Finished, OnFrames, Plan, Task
from trackers.errors import InputError
from trackers.names import TrackerSpec

LOOK_SECONDS = 5.0
"""How often new nodes are looked for."""
PATIENCE_SECONDS = 120.0
"""How long a run waits for a node when it has lost all."""


class Cluster:
    """Runs pieces on every device of a cluster; a context manager, inside of which it is connected."""

    def __init__(self, address: str | None, device: str, root: Path | None, say: Callable[[str], None]) -> None:
        """Take the cluster's address (None: this machine alone) and ``auto|cpu|cuda``; `say` shows remarks."""
        if device not in ("auto", "cpu", "cuda"):
            raise InputError(f"--executor ray hands out devices itself: --device takes auto, cpu or cuda, not {device}")
        self._address = address
        self._wanted = device
        self._root = str(data_root(root).absolute())
        self._say = say
        self.device = ""
        self.environment: Mapping[str, str] = {}

    def __enter__(self) -> Self:
        """Connect and start the workers; InputError where none can work."""
        with ExitStack() as stack:
            # Ray prints of its own accord what becomes of nodes, among results on the standard output.
            silence = stack.enter_context(Path(os.devnull).open("w"))
            stack.enter_context(redirect_stdout(silence))
            self._ray = connect(self._address)
            stack.callback(self._ray.shutdown)
            self._crew = Crew(self._ray, self._wanted, self._say)
            stack.callback(self._crew.close)
            self._stack = stack.pop_all()
        self.device, self.environment = self._crew.device, self._crew.environment
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop the workers and let go of the cluster."""
        self._stack.close()

    def fitting_lanes(self, specs: Sequence[TrackerSpec]) -> int:
        """Return how many lanes of each tracker a worker's device holds, as one of them finds."""
        seat = self._crew.seats[0]
        try:
            return int(self._ray.get(seat.actor.fitting_lanes.remote([Wanted.of(spec) for spec in specs])))
        except self._ray.exceptions.RayError as error:
            raise InputError(f"worker {seat.name}: {reason(error)}") from error

    def work(self, plan: Plan, tasks: list[Task], on_frames: OnFrames) -> Iterator[Finished]:
        """Do the tasks on all workers, the longest first; InputError where a worker lacks something."""
        if not tasks:
            return
        order = self._order(plan, tasks)
        waiting = make_pieces(tasks, plan.lanes)
        idle = self._prepare(order)
        running: dict[Any, tuple[Seat, Piece | None]] = {}
        """Calls to workers; without a piece, one that came late proves itself."""
        alive = time.monotonic()
        while waiting or any(piece for _, piece in running.values()):
            while idle and waiting:
                seat, piece = idle.pop(0), waiting.popleft()
                running[seat.actor.work.remote(piece.tracker, _assignments(piece))] = seat, piece
            ready = self._ray.wait(list(running), timeout=LOOK_SECONDS)[0] if running else []
            for call in ready:
                seat, given = running.pop(call)
                try:
                    answer = self._ray.get(call)
                except self._ray.exceptions.RayTaskError as error:
                    raise InputError(f"worker {seat.name}: {reason(error)}") from error
                except self._ray.exceptions.RayError as error:
                    lost = "it is lost, its sequences run again" if given else f"it did not start: {reason(error)}"
                    self._crew.dismiss(seat, lost, at_work=given is not None)
                    yield from _retry(given, waiting, f"{seat.name}: {reason(error)}", on_frames)
                    continue
                if given is None and answer:
                    self._crew.dismiss(seat, answer)
                    continue
                idle.append(seat)
                if given is not None:
                    for result in answer:
                        on_frames(given.tracker, len(result.boxes))
                        yield _finished(given.tasks[result.number], result)
            if not ready:
                running |= {seat.actor.prepare.remote(order): (seat, None) for seat in self._crew.recruit()}
            alive = time.monotonic() if running or idle else alive
            if time.monotonic() - alive > PATIENCE_SECONDS:
                raise InputError("every worker of the cluster is lost; start one, then give the same command again")
            time.sleep(0 if running else 0.5)

    def _order(self, plan: Plan, tasks: list[Task]) -> Order:
        return Order(
            dataset=plan.selection.dataset,
            revision=plan.selection.revision,
            data_root=self._root,
            limit_frames=plan.selection.limit_frames,
            digests={task.sequence: task.digest for task in tasks},
            trackers={spec.name: Wanted.of(spec) for spec in dict.fromkeys(task.spec for task in tasks)},
            environment=self.environment,
            lanes=plan.lanes,
            telemetry=plan.telemetry,
            timeout=plan.timeout,
        )

    def _prepare(self, order: Order) -> list[Seat]:
        """Let all workers prove themselves; InputError, before work starts, with what the first of them lacks."""
        calls = [(seat, seat.actor.prepare.remote(order)) for seat in self._crew.seats]
        refusals, ready = [], []
        for seat, call in calls:
            try:
                refusal = self._ray.get(call)
            except self._ray.exceptions.RayTaskError as error:
                refusal = reason(error)
            except self._ray.exceptions.RayError as error:
                self._crew.dismiss(seat, reason(error))
                continue
            refusals += [f"worker {seat.name}: {refusal}"] if refusal else []
            ready.append(seat)
        if refusals:
            more = f" (and {len(refusals) - 1} more workers)" if len(refusals) > 1 else ""
            raise InputError(refusals[0] + more)
        return ready


def _assignments(piece: Piece) -> list[Assignment]:
    return [Assignment(task.sequence, task.job.start, task.job.box, task.job.seed) for task in piece.tasks]


def _finished(task: Task, result: Result) -> Finished:
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
    )
    return Finished(task, outcome, result.lanes)


def _retry(given: Piece | None, waiting: deque[Piece], why: str, on_frames: OnFrames) -> Iterator[Finished]:
    """Put a lost worker's piece back; where it was lost too often, yield its tasks as failed."""
    if given is None:
        return
    again = given.again()
    (waiting.extend if given.losses else waiting.extendleft)(again)  # what was lost twice may be the cause: it waits
    for task in given.tasks if not again else ():
        on_frames(given.tracker, len(task.job))
        error = f"{LOSSES} workers were lost with this sequence in hand, the last of them {why}"
        outcome = Outcome(task.job, np.empty((0, 4)), np.empty(0), 0.0, {}, error)
        yield Finished(task, outcome, 1)
