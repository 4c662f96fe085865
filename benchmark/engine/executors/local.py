"""The work of a run in this process, on one device."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from benchmark.engine.device import environment_class, find_device
from benchmark.engine.lanes import run_lanes
from benchmark.engine.run import Finished, OnFrames, Plan, Task


class Local:
    """Runs a tracker at a time."""

    def __init__(self, device: str) -> None:
        """Take ``auto|cpu|cuda|cuda:N|mps``; InputError where this machine lacks it."""
        self.device = find_device(device)
        self.environment: Mapping[str, str] = environment_class(self.device)

    def work(self, plan: Plan, tasks: list[Task], on_frames: OnFrames) -> Iterator[Finished]:
        """Do the tasks. All trackers are built before the first frame: a bad checkpoint stops the run at once."""
        built = {spec.name: spec.build(self.device) for spec in dict.fromkeys(task.spec for task in tasks)}
        for name, tracker in built.items():
            tracker.recording = plan.telemetry
            lanes = min(plan.lanes, tracker.max_lanes or plan.lanes)
            own = {id(task.job): task for task in tasks if task.spec.name == name}
            jobs = (task.job for task in own.values())

            def count(frames: int, name: str = name) -> None:
                on_frames(name, frames)

            for outcome in run_lanes(tracker, jobs, lanes, self.device, count, plan.timeout):
                yield Finished(own[id(outcome.job)], outcome, lanes)
