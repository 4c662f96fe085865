"""Measures the trackers of a run for the gate: the sample, the device, and whether its boxes are those of the run."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from benchmark.datasets.lookup import open_dataset
from benchmark.datasets.selection import select
from benchmark.engine.device import environment_class, use_device
from benchmark.engine.run import lane_seed
from benchmark.gate.accuracy import likeness
from benchmark.gate.limits import limits
from benchmark.gate.matching import find
from benchmark.gate.measuring import HERE, SEQUENCES, Measured, Sample, Side, measure
from benchmark.gate.snapshot import Snapshot
from benchmark.gate.timings import Machine, here
from trackers.errors import InputError


class Stopwatch:
    """Times trackers on a sample of a run's sequences, on one device of this machine."""

    def __init__(self, run: Snapshot, data_root: Path | None, device: str = "auto", names: Sequence[str] = ()) -> None:
        """Take the sequences `names`, the last one to warm up on; by default the run's first ones and its last.

        InputError where there are fewer than two, or they are not found.
        """
        self.run = run
        self.device = use_device(device)
        wanted = list(names) or _choose(run)
        dataset = open_dataset(run.dataset, data_root)
        found = {v.name: v for v in select(dataset, sequences=wanted, limit_frames=run.limit_frames).sequences}
        seeds = tuple(lane_seed(run.seed, run.dataset, name) for name in wanted)
        self.sample = Sample(tuple(found[name] for name in wanted), seeds)
        cuda = environment_class(self.device)["device"] if self.device != "cpu" else ""
        self.machine: Machine = here(cuda)

    def measure(
        self, tracker: str, sides: Sequence[Side] = (HERE,), on_round: Callable[[], None] = lambda: None
    ) -> list[Measured]:
        """Time every side of a tracker in turns."""
        return measure(find(tracker, self.run), self.sample, self.device, self.machine, sides, on_round)

    def doubt(self, tracker: str, measured: Measured) -> str:
        """Return why timings say nothing of the run: other boxes came out; "" where they are the run's."""
        kept = self.run.trackers[tracker].sequences
        for name, boxes in zip(self.sample.names, measured.boxes):
            if name in kept and likeness(boxes, kept[name].boxes[: len(boxes)]) < limits().mean_iou:
                return f"invalid: the timed frames of {name} did not give the boxes of the run"
        return ""


def _choose(run: Snapshot) -> list[str]:
    names = list(dict.fromkeys(name for tracker in run.trackers.values() for name in tracker.sequences))
    if len(names) < 2:
        raise InputError("speed needs two sequences at least, one to time, another to warm up on; or say --no-speed")
    return [*names[:-1][:SEQUENCES], names[-1]]
