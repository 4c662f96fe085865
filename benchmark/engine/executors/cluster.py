"""The work of a run on the machines of a Ray cluster, or on all devices of this one."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, redirect_stdout
from pathlib import Path
from types import TracebackType
from typing import Self

from benchmark.datasets.lookup import data_root
from benchmark.engine.executors.crew import RayCrew, connect
from benchmark.engine.executors.dispatch import Answer, Dispatch, Loss, Refusal, Say, make_order
from benchmark.engine.executors.worker import Wanted
from benchmark.engine.run import Finished, OnFrames, Plan, Task
from trackers.errors import InputError
from trackers.names import TrackerSpec


class Cluster:
    """Runs pieces on every device of a cluster; a context manager, inside of which it is connected."""

    def __init__(self, address: str | None, device: str, root: Path | None, say: Say) -> None:
        """Take the cluster's address (None: this machine alone) and ``auto|cpu|cuda``; `say` shows remarks."""
        if device not in ("auto", "cpu", "cuda"):
            raise InputError(f"--executor ray hands out devices itself: --device takes auto, cpu or cuda, not {device}")
        self._address = address
        self._wanted = device
        self._root = data_root(root)
        self._say = say
        self.device = ""
        self.environment: Mapping[str, str] = {}

    def __enter__(self) -> Self:
        """Connect and start the workers; InputError where none can work."""
        with ExitStack() as stack:
            # Ray prints of its own accord what becomes of nodes, among results on the standard output.
            silence = stack.enter_context(Path(os.devnull).open("w"))
            stack.enter_context(redirect_stdout(silence))
            ray = connect(self._address)
            stack.callback(ray.shutdown)
            self._crew = RayCrew(ray, self._wanted, self._say)
            stack.callback(self._crew.close)
            self._stack = stack.pop_all()
        self.device, self.environment = self._crew.device, self._crew.environment
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop the workers and let go of the cluster."""
        self._stack.close()

    @property
    def workers(self) -> int:
        """How many workers there are."""
        return len(self._crew.seats)

    def fitting_lanes(self, specs: Sequence[TrackerSpec], frames: int) -> int:
        """Return how many lanes of each tracker a worker's device holds, as one of them finds."""
        seat = self._crew.seats[0]
        self._crew.ask(seat, "fitting_lanes", [Wanted.of(spec) for spec in specs], frames)
        while not (heard := self._crew.hear(self._crew.look_seconds)):
            pass
        (_, said), *_ = heard
        if isinstance(said, Refusal | Loss):
            raise InputError(f"worker {seat.name}: {said.reason}")
        assert isinstance(said, Answer)
        return int(said.value)

    def work(self, plan: Plan, tasks: list[Task], on_frames: OnFrames) -> Iterator[Finished]:
        """Do the tasks on all workers, the longest first; InputError where a worker lacks something."""
        if tasks:
            yield from Dispatch(
                self._crew, make_order(plan, tasks, self.environment, self._root), tasks, on_frames
            ).run()
