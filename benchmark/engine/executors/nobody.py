"""The work of a run that runs no tracker: imported results are scored alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from benchmark.engine.run import Finished, OnFrames, Plan, Task
from trackers.names import TrackerSpec


class Nobody:
    """Does nothing, on no device; torch is not loaded for it."""

    device = "none"
    workers = 0
    environment: Mapping[str, str] = {"device": "none", "threads": "0"}

    def fitting_lanes(self, specs: Sequence[TrackerSpec], frames: int) -> int:
        """Return 1."""
        return 1

    def work(self, plan: Plan, tasks: list[Task], on_frames: OnFrames) -> Iterator[Finished]:
        """Yield nothing."""
        return iter(())
