"""The work of a run on a CPU: in worker processes side by side, one thread each, where that pays."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from benchmark.datasets.lookup import data_root
from benchmark.engine.executors.dispatch import Dispatch, Say, make_order
from benchmark.engine.executors.local import Local
from benchmark.engine.executors.pieces import make_pieces
from benchmark.engine.executors.process_crew import ProcessCrew
from benchmark.engine.resources import physical_cores
from benchmark.engine.run import Finished, OnFrames, Plan, Task
from trackers.names import TrackerSpec

WORTH_FRAMES = 300
"""Frames a worker must have before it: fewer are done sooner than a process has started."""


class Processes:
    """Runs pieces in processes of this machine, or all of it in this one where the work is little."""

    def __init__(self, device: str, wanted: int, root: Path | None, say: Say) -> None:
        """Take a CPU device and the number of workers, 0 for what suits the machine; `say` shows remarks."""
        self._here = Local(device)
        self._wanted = wanted
        self._root = root
        self._say = say
        self.device = self._here.device
        self.environment: Mapping[str, str] = self._here.environment
        self.workers = 1

    def fitting_lanes(self, specs: Sequence[TrackerSpec], frames: int) -> int:
        """Return how many lanes of each tracker a worker is to run."""
        return self._here.fitting_lanes(specs, frames)

    def work(self, plan: Plan, tasks: list[Task], on_frames: OnFrames) -> Iterator[Finished]:
        """Do the tasks, the longest first; records are those of a run in one process, bit for bit."""
        self.workers = how_many(self._wanted, tasks, plan.lanes)
        if self.workers == 1:
            yield from self._here.work(plan, tasks, on_frames)
            return
        order = make_order(plan, tasks, self.environment, data_root(self._root))
        crew = ProcessCrew(self.device, self.environment, self.workers, self._say, careful=not self._wanted)
        with crew:
            yield from Dispatch(crew, order, tasks, on_frames).run()
            self.workers = crew.most


def how_many(wanted: int, tasks: Sequence[Task], lanes: int) -> int:
    """Return how many workers the tasks keep busy: `wanted` at the most or, where it is 0, as many as pay here."""
    return worth(wanted, sum(len(task.job) for task in tasks), len(make_pieces(tasks, lanes)))


def worth(wanted: int, frames: int, pieces: int) -> int:
    """Return the same of so many frames in so many pieces."""
    most = wanted or min(physical_cores(), frames // WORTH_FRAMES)
    return max(1, min(most, pieces))
