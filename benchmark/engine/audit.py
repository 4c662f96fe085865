"""Whether a tracker's boxes repeat: the same run again, and the same run at other lane counts.

At one lane a run repeats bit for bit. At another lane count sums are taken in another order, so that a decision
between two nearly equal candidates (a peak, a scale, a gate, a branch) may fall the other way, and boxes may part from
there on; anywhere else they must not. On another device the same holds, with more that is nearly equal.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from benchmark.datasets.selection import Selection
from benchmark.engine.job import Job, Outcome
from benchmark.engine.lanes import run_lanes
from benchmark.engine.run import lane_seed
from trackers.api import Tracker
from trackers.names import TrackerSpec

MARGIN = "decision_margin"
"""The signal by which a tracker says how near the nearest decision of a frame was: relative lead over the runner-up."""
NEAR_TIE = 1e-4
"""A decision is a near-tie where the lead is below this part."""
DEVICE_TIE = 1e-2
"""The same between two devices, whose crops differ by a rounding of grey levels and whose sums by their order."""
ROUNDING = 1e-3
"""Pixels by which boxes may differ without a decision having fallen the other way."""

Verdict = Literal["equal", "rounding", "near tie", "differs", "cannot tell", "failed"]


@dataclass(frozen=True)
class Comparison:
    """Two runs of one tracker on one sequence."""

    tracker: str
    sequence: str
    lanes: tuple[int, int]
    """At which lane counts; twice the same where the run was repeated."""
    verdict: Verdict
    """`equal`: bit for bit. `rounding`: never more than a thousandth of a pixel apart. `near tie`: boxes part where a
    decision was one. `differs`: they part without, or at all at one lane. `cannot tell`: they part, and the tracker
    reports no margins."""
    frame: int | None = None
    """Index of the first frame whose boxes differ: in any bit, or, where they part, by more than rounding does."""
    pixels: float | None = None
    """The largest difference of x, y, w or h there."""
    largest: float | None = None
    """The same over all frames."""
    margin: float | None = None
    """The nearest decision of either run up to that frame."""
    reason: str = ""
    """Why a run failed."""
    devices: tuple[str, str] = ("", "")
    """Where, if on two devices."""

    @property
    def repeated(self) -> bool:
        """Whether this is the same run again."""
        return self.lanes[0] == self.lanes[1] and self.devices[0] == self.devices[1]

    @property
    def sound(self) -> bool:
        """Whether this is as it must be."""
        return self.verdict in ("equal", "rounding", "near tie")


def audit(
    spec: TrackerSpec,
    selection: Selection,
    device: str,
    seed: int,
    lanes: Sequence[int],
    on_frames: Callable[[int], None] = lambda count: None,
) -> Iterator[Comparison]:
    """Run a tracker twice at the first lane count and once at each other; yield the comparisons by sequence.

    A lane count beyond what the tracker has is left out.
    """
    counts = _lane_counts(spec, lanes)
    base = _run(spec, selection, device, seed, counts[0], on_frames)
    for count in (counts[0], *counts[1:]):
        other = _run(spec, selection, device, seed, count, on_frames)
        for video in selection.sequences:
            yield compare(spec.name, (counts[0], count), base[video.name], other[video.name])


def against_cpu(
    spec: TrackerSpec,
    selection: Selection,
    device: str,
    seed: int,
    lanes: Sequence[int],
    on_frames: Callable[[int], None] = lambda count: None,
) -> Iterator[Comparison]:
    """Run a tracker on the CPU at one lane and on a device at each lane count; yield the comparisons by sequence."""
    base = _run(spec, selection, "cpu", seed, 1, on_frames)
    for count in _lane_counts(spec, lanes):
        other = _run(spec, selection, device, seed, count, on_frames)
        for video in selection.sequences:
            yield compare(spec.name, (1, count), base[video.name], other[video.name], ("cpu", device))


def audit_frames(spec: TrackerSpec, selection: Selection, lanes: Sequence[int]) -> int:
    """Return how many frames `audit` and `against_cpu` follow."""
    return (1 + len(_lane_counts(spec, lanes))) * sum(len(v) - v.annotation.start for v in selection.sequences)


def compare(
    tracker: str, lanes: tuple[int, int], first: Outcome, second: Outcome, devices: tuple[str, str] = ("", "")
) -> Comparison:
    """Return what two runs of one tracker on one sequence have in common."""
    sequence, start = first.job.video.name, first.job.start
    if first.error or second.error:
        reason = first.reason or second.reason
        return Comparison(tracker, sequence, lanes, "failed", reason=reason, devices=devices)
    with np.errstate(invalid="ignore", over="ignore"):  # boxes may be infinite
        apart = np.abs(first.boxes - second.boxes).max(axis=1)
    if np.array_equal(first.boxes, second.boxes, equal_nan=True):
        return Comparison(tracker, sequence, lanes, "equal", devices=devices)
    parted = np.flatnonzero(~(apart <= ROUNDING))
    row = int(parted[0] if len(parted) else np.flatnonzero(apart > 0)[0])
    margins = [own[MARGIN][:row].min() for own in (first.telemetry, second.telemetry) if MARGIN in own]
    margin = float(min(margins)) if margins else None
    verdict: Verdict = "rounding"
    tie = NEAR_TIE if devices[0] == devices[1] else DEVICE_TIE
    if lanes == (1, 1) and devices[0] == devices[1]:
        verdict = "differs"  # nothing excuses it
    elif len(parted):
        verdict = "cannot tell" if margin is None else "near tie" if margin < tie else "differs"
    largest = float(np.nanmax(apart))
    return Comparison(
        tracker, sequence, lanes, verdict, start + row, float(apart[row]), largest, margin, devices=devices
    )


def _lane_counts(spec: TrackerSpec, lanes: Sequence[int]) -> list[int]:
    """Return the lane counts that the tracker has, each once; a tracker of one target at a time has one lane."""
    most = spec.family.cls.max_lanes if issubclass(spec.family.cls, Tracker) else 1
    return list(dict.fromkeys(min(count, most or count) for count in lanes))


def _run(
    spec: TrackerSpec, selection: Selection, device: str, seed: int, lanes: int, on_frames: Callable[[int], None]
) -> dict[str, Outcome]:
    """Return the outcome on every sequence, of a tracker built for this run alone."""
    tracker = spec.build(device)
    tracker.recording = True
    jobs = []
    for video in selection.sequences:
        start = video.annotation.start
        own = lane_seed(seed, selection.dataset, video.name)
        jobs.append(Job(video, start, video.annotation.boxes[start], own))
    return {one.job.video.name: one for one in run_lanes(tracker, jobs, lanes, device, on_frames)}
