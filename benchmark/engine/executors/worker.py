"""One worker of a run: it proves that it has what the driver has, runs sequences, and hands back what came of them.

It writes nothing, and does not know whether it sits on a cluster's node or in a process of this machine.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmark.datasets.content import Seen
from benchmark.datasets.fingerprint import digest
from benchmark.datasets.lookup import RENDERED, ROOT_VARIABLE, open_dataset
from benchmark.datasets.sequence import Sequence as Video
from benchmark.engine.job import Job
from benchmark.engine.lanes import run_lanes
from benchmark.plurals import counted
from benchmark.protocols.vot import Restarts
from benchmark.store.keys import code_digest
from trackers.api import Tracker
from trackers.errors import InputError
from trackers.names import TrackerSpec, resolve


@dataclass(frozen=True)
class Wanted:
    """A tracker by name, and what it must turn out to be."""

    name: str
    """As a worker can resolve it; weights of the user's own by their full path."""
    identity: str
    """Resolved config and digest of the weights."""
    code: str
    """Digest of the code that decides its boxes."""

    @classmethod
    def of(cls, spec: TrackerSpec) -> Wanted:
        """Return what a worker must have to stand for `spec`."""
        return cls(spec.address, spec.identity(), code_digest(spec))


@dataclass(frozen=True)
class Order:
    """What all workers of a run must agree on with the driver."""

    dataset: str
    revision: str
    data_root: str
    """The driver's, absolute; a worker that lacks it looks where its own ENGRAM_DATA says."""
    limit_frames: int | None
    digests: Mapping[str, str] = field(repr=False)
    """Of every sequence, by name."""
    trackers: Mapping[str, Wanted] = field(repr=False)
    """By canonical name."""
    environment: Mapping[str, str]
    """The environment class that all workers share."""
    lanes: int
    telemetry: bool
    timeout: float


@dataclass(frozen=True)
class Assignment:
    """One trajectory to make."""

    sequence: str
    start: int
    box: NDArray[np.float64]
    seed: int
    backward: bool = False
    restarts: Restarts | None = None

    def job(self, video: Video) -> Job:
        """Return it as a job on its sequence."""
        return Job(video, self.start, self.box, self.seed, self.backward, self.restarts)


@dataclass(frozen=True)
class Result:
    """What came of the assignment with that number: an `Outcome` without the video."""

    number: int
    boxes: NDArray[np.float64]
    scores: NDArray[np.float64]
    seconds: float
    telemetry: dict[str, NDArray[Any]]
    error: str
    timed_out: bool
    times: NDArray[np.float64]
    seen: tuple[Seen, ...]
    lanes: int
    codes: NDArray[np.int8] = field(default_factory=lambda: np.empty(0, np.int8))
    remarks: str = ""


class Worker:
    """Runs groups of sequences on one device."""

    def __init__(self, device: str, on_frames: Callable[[int], None] = lambda count: None) -> None:
        """Take a torch device of this machine, and who is told of frames that are done."""
        self._device = device
        self._on_frames = on_frames
        self._order: Order | None = None
        self._videos: dict[str, Video] = {}
        self._trackers: dict[str, Tracker[Any]] = {}

    def environment(self) -> dict[str, str]:
        """Return the environment class of this worker; InputError where it lacks the device."""
        from benchmark.engine.device import environment_class, use_device

        return environment_class(use_device(self._device))

    def fitting_lanes(self, wanted: Sequence[Wanted], frames: int) -> int:
        """Return how many lanes of each tracker this worker's device holds; InputError where one is missing here."""
        from benchmark.engine.fit import fitting_lanes

        return fitting_lanes([_find(one.name, one) for one in wanted], self._device, frames)

    def prepare(self, order: Order) -> str:
        """Look up data and trackers and build these; return "", or in one line what differs or is missing here."""
        try:
            if (here := self.environment()) != order.environment:
                other = ", ".join(
                    f"{fact} {here[fact]}, not {value}"
                    for fact, value in order.environment.items()
                    if here[fact] != value
                )
                raise InputError(other)
            self._videos = _load(order)
            specs = {name: _find(name, wanted) for name, wanted in order.trackers.items()}
            self._trackers = {name: spec.build(self._device) for name, spec in specs.items()}
            for tracker in self._trackers.values():
                tracker.recording = order.telemetry
        except InputError as error:
            return str(error)
        self._order = order
        return ""

    def work(self, tracker: str, assignments: Sequence[Assignment]) -> list[Result]:
        """Return what came of the assignments, in the order they ended."""
        assert self._order is not None
        runner = self._trackers[tracker]
        lanes = min(self._order.lanes, runner.max_lanes or self._order.lanes)
        jobs = [one.job(self._videos[one.sequence]) for one in assignments]
        decoders = 1 if self._device == "cpu" else None  # on a CPU every core has a worker
        numbers = {id(job): number for number, job in enumerate(jobs)}
        return [
            Result(
                number=numbers[id(outcome.job)],
                boxes=outcome.boxes,
                scores=outcome.scores,
                seconds=outcome.seconds,
                telemetry=outcome.telemetry,
                error=outcome.error,
                timed_out=outcome.timed_out,
                times=outcome.times,
                seen=outcome.seen,
                codes=outcome.codes,
                lanes=lanes,
                remarks=outcome.remarks,
            )
            for outcome in run_lanes(runner, jobs, lanes, self._device, self._on_frames, self._order.timeout, decoders)
        ]


def _load(order: Order) -> dict[str, Video]:
    """Return the sequences by name; InputError where one is missing or is not the driver's."""
    root = Path(order.data_root)
    if order.dataset not in RENDERED and not root.is_dir() and not os.environ.get(ROOT_VARIABLE):
        raise InputError(f"{order.dataset}: there is no {root}, and {ROOT_VARIABLE} does not name another folder")
    dataset = open_dataset(order.dataset, root if root.is_dir() else None)
    if dataset.revision != order.revision:
        raise InputError(f"{order.dataset} is of revision {dataset.revision}, the driver's of {order.revision}")
    inventory = dataset.inventory()
    if missing := [name for name in order.digests if name not in inventory.found]:
        listed = ", ".join(missing[:3]) + (", ..." if len(missing) > 3 else "")
        raise InputError(
            f"{order.dataset}: {counted(len(missing), 'sequence')} missing in {inventory.place} ({listed})"
        )
    videos = {video.name: video for video in dataset.load(list(order.digests))}
    if order.limit_frames is not None:
        videos = {name: video.first(order.limit_frames) for name, video in videos.items()}
    if other := [name for name, video in videos.items() if digest(video) != order.digests[name]]:
        raise InputError(f"{order.dataset}: frames or ground truth of {', '.join(other[:3])} are not the driver's")
    return videos


def _find(name: str, wanted: Wanted) -> TrackerSpec:
    """Return a tracker by name; InputError where it is missing or is not what the driver means."""
    spec = resolve(wanted.name)
    if spec.identity() != wanted.identity:
        here, there = json.loads(spec.identity()), json.loads(wanted.identity)
        differing = ", ".join(fact for fact in there if here.get(fact) != there[fact])
        raise InputError(f"tracker {name}: {differing} differ from the driver's; install the same version")
    if code_digest(spec) != wanted.code:
        raise InputError(f"tracker {name}: its code differs from the driver's; install the same version")
    return spec
