"""Keeps trackers' lanes full: when a sequence ends, the next takes its lane.

Trackers that run together begin a sequence together and go through it step by step, so that a frame is decoded once
for all of them and no tracker waits for another longer than a step.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from math import inf
from typing import Any

from benchmark.engine.flight import Flight
from benchmark.engine.job import Job, Outcome
from benchmark.engine.lane import Lane
from benchmark.engine.prefetch import Decoder
from trackers.api import Tracker

Group = Mapping[str, Job]
"""Jobs of several trackers, by the tracker's name, on the same frames."""


def run_together(
    trackers: Mapping[str, Tracker[Any]],
    groups: Iterable[Group],
    lanes: int,
    device: str,
    on_frames: Callable[[str, int], None] = lambda tracker, count: None,
    timeout: float = inf,
    decoders: int | None = None,
) -> Iterator[tuple[str, Outcome]]:
    """Yield every job's tracker and outcome as it ends, at most `lanes` of each tracker in flight, the longest first.

    Args:
        trackers: By name.
        groups: What is begun together; each of some or all of the trackers.
        lanes: Of each tracker.
        device: Where the trackers run.
        on_frames: Called with a tracker's name and the number of its frames that are done since the last call.
        timeout: Seconds that a lane may spend inside its tracker; it ends there, between two frames.
        decoders: Threads that decode frames; by default one a core.
    """
    waiting = _Waiting(groups)
    flights = {name: Flight(tracker, device, timeout) for name, tracker in trackers.items()}
    with Decoder(decoders) as decoder:
        try:
            while waiting or any(flight.busy for flight in flights.values()):
                room = {name: min(lanes, flight.widest) - flight.busy for name, flight in flights.items()}
                fresh = defaultdict(list)
                while (group := waiting.take(room)) is not None:
                    streams = decoder.open(next(iter(group.values())).frames, len(group))
                    for (name, job), stream in zip(group.items(), streams, strict=True):
                        fresh[name].append(Lane(job, stream))
                        room[name] -= 1
                for name, flight in flights.items():
                    if name in fresh or flight.down:
                        on_frames(name, flight.start(fresh[name]))
                    if flight.lanes:
                        on_frames(name, flight.step())
                    for outcome in flight.ended():
                        yield name, outcome
        finally:
            for flight in flights.values():
                for lane in (*flight.lanes, *flight.down):
                    lane.stream.close()


def run_lanes(
    tracker: Tracker[Any],
    jobs: Iterable[Job],
    lanes: int,
    device: str,
    on_frames: Callable[[int], None] = lambda count: None,
    timeout: float = inf,
    decoders: int | None = None,
) -> Iterator[Outcome]:
    """Yield every job's outcome as it ends, of one tracker alone: see `run_together`."""
    groups = ({"": job} for job in jobs)
    found = run_together({"": tracker}, groups, lanes, device, lambda _, count: on_frames(count), timeout, decoders)
    for _, outcome in found:
        yield outcome


class _Waiting:
    """Groups that have not begun, those of the same trackers in a queue of their own, the longest first."""

    def __init__(self, groups: Iterable[Group]) -> None:
        self._queues: dict[frozenset[str], deque[Group]] = defaultdict(deque)
        for group in sorted(groups, key=_length, reverse=True):
            self._queues[frozenset(group)].append(group)

    def __bool__(self) -> bool:
        return any(self._queues.values())

    def take(self, room: Mapping[str, int]) -> Group | None:
        """Return the longest group all of whose trackers have room, which waits no more; None where there is none."""
        fitting = [queue for names, queue in self._queues.items() if queue and all(room[name] > 0 for name in names)]
        return max(fitting, key=lambda queue: _length(queue[0])).popleft() if fitting else None


def _length(group: Group) -> int:
    return max(map(len, group.values()))
