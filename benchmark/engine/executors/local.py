"""The work of a run in this process, on one device."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from queue import SimpleQueue
from threading import Event, Thread
from typing import Any

from benchmark.engine.berths import Berths
from benchmark.engine.device import environment_class, use_device
from benchmark.engine.fit import fitting_lanes
from benchmark.engine.lanes import run_lanes
from benchmark.engine.load import Watch
from benchmark.engine.run import Finished, OnFrames, Plan, Task
from trackers.adapters.containment import Contained
from trackers.api import Tracker
from trackers.names import TrackerSpec


class Local:
    """Runs trackers one after the other; each begins as soon as the one before leaves lanes free for good.

    A third party's runs alone: what it changes in the process while it works is not put back before.
    """

    workers = 1

    def __init__(self, device: str) -> None:
        """Take ``auto|cpu|cuda|cuda:N|mps``; InputError where this machine lacks it."""
        self.device = use_device(device)
        self.environment: Mapping[str, str] = environment_class(self.device)

    def fitting_lanes(self, specs: Sequence[TrackerSpec]) -> int:
        """Return how many lanes of each tracker the device holds."""
        return fitting_lanes(specs, self.device)

    def work(self, plan: Plan, tasks: list[Task], on_frames: OnFrames) -> Iterator[Finished]:
        """Do the tasks. All trackers are built before the first frame: a bad checkpoint stops the run at once."""
        built = {spec.name: spec.build(self.device) for spec in dict.fromkeys(task.spec for task in tasks)}
        relay = _Relay(self.device, plan, on_frames)
        before = Event()
        before.set()
        threads: list[Thread] = []
        for name, tracker in built.items():
            tracker.recording = plan.telemetry
            own = [task for task in tasks if task.spec.name == name]
            last = Event()
            alone = tuple(threads) if isinstance(tracker, Contained) else None
            threads.append(Thread(target=relay.run, args=(tracker, own, before, last, alone), name=name, daemon=True))
            before = last
        for thread in threads:
            thread.start()
        try:
            for _ in tasks:
                found = relay.found.get()
                if isinstance(found, BaseException):
                    raise found
                yield found
        finally:
            relay.stopping.set()
            for thread in threads:
                thread.join()


class _Stopped(Exception):
    """Nobody wants the rest of the work."""


class _Relay:
    """What the threads of a run's trackers share."""

    def __init__(self, device: str, plan: Plan, on_frames: OnFrames) -> None:
        self.found: SimpleQueue[Finished | BaseException] = SimpleQueue()
        self.stopping = Event()
        self._device, self._plan, self._on_frames = device, plan, on_frames
        self._berths = Berths(plan.lanes)
        self._watch = Watch()

    def run(
        self, tracker: Tracker[Any], tasks: Sequence[Task], before: Event, last: Event, alone: Sequence[Thread] | None
    ) -> None:
        """Do one tracker's tasks after the one before has begun its last; say when this one has.

        With `alone`, all threads before it end first, and this one has begun its last when it is done.
        """
        lanes = min(self._plan.lanes, tracker.max_lanes or self._plan.lanes)
        own = {id(task.job): task for task in tasks}

        def count(frames: int) -> None:
            if self.stopping.is_set():
                raise _Stopped
            self._on_frames(tasks[0].spec.name, frames)

        try:
            before.wait()
            for thread in alone or ():
                thread.join()
            if self.stopping.is_set():
                return
            jobs = (task.job for task in tasks)
            on_last = last.set if alone is None else lambda: None
            for outcome in run_lanes(
                tracker, jobs, lanes, self._device, count, self._plan.timeout, self._berths, on_last
            ):
                self.found.put(Finished(own[id(outcome.job)], outcome, lanes, self._watch.lately()))
        except _Stopped:
            pass
        except BaseException as error:  # shown by the thread that asked for the work
            self.found.put(error)
        finally:
            last.set()
