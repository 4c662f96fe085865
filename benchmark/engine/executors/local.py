"""The work of a run in this process, on one device."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from queue import SimpleQueue
from threading import Event, Thread
from typing import Any

from benchmark.engine.device import environment_class, plan_for, use_device
from benchmark.engine.fit import fitting_lanes
from benchmark.engine.job import Job
from benchmark.engine.lanes import run_together
from benchmark.engine.load import Watch
from benchmark.engine.run import Finished, OnFrames, Plan, Task
from trackers.adapters.containment import Contained
from trackers.api import Tracker
from trackers.names import TrackerSpec

END_SECONDS = 3.0
"""How long the call that a tracker is in may take to return when the work is cut off."""
Team = Mapping[str, Tracker[Any]]
"""Trackers by name."""


class Local:
    """Runs trackers in one thread of this process.

    On a GPU, where decoding is what bounds a run, they go through a sequence together; on a CPU one after the other.
    """

    workers = 1

    def __init__(self, device: str) -> None:
        """Take ``auto|cpu|cuda|cuda:N|mps``; InputError where this machine lacks it."""
        self.device = plan_for(device)
        self.environment: Mapping[str, str] = environment_class(self.device)

    def fitting_lanes(self, specs: Sequence[TrackerSpec], frames: int) -> int:
        """Return how many lanes of each tracker, each of so many frames at the most, the device holds."""
        return fitting_lanes(specs, self.device, frames)

    def work(self, plan: Plan, tasks: list[Task], on_frames: OnFrames) -> Iterator[Finished]:
        """Do the tasks. All trackers are built before the first frame: a bad checkpoint stops the run at once."""
        use_device(self.device)
        built = {spec.name: spec.build(self.device) for spec in dict.fromkeys(task.spec for task in tasks)}
        for tracker in built.values():
            tracker.recording = plan.telemetry
        work = _Work(self.device, plan, tasks, on_frames)
        thread = Thread(target=work.run, args=(teams(built, plan.lanes, self.device),), name="trackers", daemon=True)
        thread.start()
        try:
            for _ in tasks:
                found = work.found.get()
                if isinstance(found, BaseException):
                    raise found
                yield found
        except BaseException:
            work.stopping.set()
            for tracker in built.values():
                if isinstance(tracker, Contained):
                    tracker.cut_off()  # else the thread would wait for a process that hangs
            thread.join(END_SECONDS)  # a call that never returns ends with this process
            raise
        thread.join()


def teams(built: Team, lanes: int, device: str) -> list[Team]:
    """Return which trackers run together, in order: on a GPU all that take all lanes, but a third party's alone.

    On a CPU, where decoding takes little of a frame, each runs alone: its networks stay in the caches.
    """
    together = {
        name: tracker
        for name, tracker in built.items()
        if device != "cpu" and not isinstance(tracker, Contained) and (tracker.max_lanes or lanes) >= lanes
    }
    alone: list[Team] = [{name: tracker} for name, tracker in built.items() if name not in together]
    return [together, *alone] if together else alone


class _Stopped(Exception):
    """Nobody wants the rest of the work."""


class _Work:
    """The tasks of a run, as the thread that does them sees them."""

    def __init__(self, device: str, plan: Plan, tasks: Sequence[Task], on_frames: OnFrames) -> None:
        self.found: SimpleQueue[Finished | BaseException] = SimpleQueue()
        self.stopping = Event()
        self._device, self._plan, self._tasks, self._on_frames = device, plan, tasks, on_frames
        self._watch = Watch()

    def run(self, teams: Sequence[Team]) -> None:
        """Do the teams' tasks, one team after the other; what is raised is for whoever asked for the work."""
        try:
            for team in teams:
                self._run(team)
        except _Stopped:
            pass
        except BaseException as error:
            self.found.put(error)

    def _run(self, team: Team) -> None:
        lanes = min([self._plan.lanes, *(tracker.max_lanes or self._plan.lanes for tracker in team.values())])
        own = {id(task.job): task for task in self._tasks}
        found = run_together(team, self._groups(team), lanes, self._device, self._count, self._plan.timeout)
        for _, outcome in found:
            self.found.put(Finished(own[id(outcome.job)], outcome, lanes, self._watch.lately()))

    def _groups(self, team: Team) -> list[Mapping[str, Job]]:
        """Return the team's jobs, those on the same frames together."""
        groups: dict[tuple[str, str, int], dict[str, Job]] = defaultdict(dict)
        for task in self._tasks:
            if task.spec.name in team:
                groups[task.sequence, task.begun, task.repeat][task.spec.name] = task.job
        return list(groups.values())

    def _count(self, tracker: str, frames: int) -> None:
        if self.stopping.is_set():
            raise _Stopped
        self._on_frames(tracker, frames)
