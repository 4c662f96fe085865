"""Every sequence as the report shows it: who reached what, overlap over time, and what happened when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmark.datasets.sequence import Annotation
from benchmark.runs import Run, Trajectory
from benchmark.scores import TrackerScores
from reports.failures import Segment, cut, overlaps
from reports.memory import Memory
from reports.strips import Strip

__all__ = ["Owner", "SequenceView", "Track", "view_sequence", "worst_sequences"]

Owner = Mapping[str, tuple[int, str]]
"""A tracker's name on the page: the index of its run, and its name there."""


@dataclass(frozen=True)
class Track:
    """One tracker on one sequence."""

    tracker: str
    auc: float
    precision: float
    trajectory: Trajectory | None
    """None where the run did not keep boxes or ground truth."""
    overlap: NDArray[np.float64] | None
    """(N,) from the trajectory's start on, NaN where the ground truth is invalid."""
    segments: tuple[Segment, ...] = ()

    @property
    def lost(self) -> float:
        """The share of frames in which the target was lost or something else was followed."""
        total = sum(map(len, self.segments))
        return sum(len(one) for one in self.segments if one.kind in ("lost", "jumped")) / total if total else 0.0

    @property
    def off(self) -> float:
        """The share of frames in which the target was not followed well: lost, drifting or of a wrong size."""
        total = sum(map(len, self.segments))
        return sum(len(one) for one in self.segments if not one.on_target) / total if total else 0.0

    @property
    def first_loss(self) -> int | None:
        """Index of the frame in which it was first lost."""
        start = self.trajectory.start if self.trajectory else 0
        return next((start + one.first for one in self.segments if one.kind in ("lost", "jumped")), None)

    @property
    def first_off(self) -> int:
        """Index of the frame in which it was first lost or, where it never was, first badly followed."""
        start = self.trajectory.start if self.trajectory else 0
        if self.first_loss is not None:
            return self.first_loss
        return start + next((one.first for one in self.segments if not one.on_target), 0)

    @property
    def recoveries(self) -> int:
        """How often the target was found again."""
        return sum(one.kind == "recovered" for one in self.segments)


@dataclass(frozen=True)
class SequenceView:
    """One sequence."""

    name: str
    attributes: tuple[str, ...]
    frames: int
    tracks: tuple[Track, ...]
    """Of the trackers that finished it, best of the run first."""
    failed: Mapping[str, str]
    """Tracker: reason."""
    annotation: Annotation | None = None
    strip: Strip | None = None
    memories: tuple[Memory, ...] = ()
    cause: str = ""
    """What makes a rendered sequence hard; "" where that is not known."""
    acts: tuple[tuple[int, int], ...] = ()
    """Frames in which it acts, the first and the last of each stretch, counted from 0."""

    @property
    def by_tracker(self) -> Mapping[str, Track]:
        """The tracks by tracker."""
        return {track.tracker: track for track in self.tracks}

    @property
    def mean(self) -> float | None:
        """The trackers' mean AUC; None where all failed."""
        return float(np.mean([track.auc for track in self.tracks])) if self.tracks else None


def view_sequence(name: str, ranked: Sequence[TrackerScores], runs: Sequence[Run], owner: Owner) -> SequenceView:
    """Return a sequence without pictures and telemetry."""
    annotation = next(
        (run.truth.annotations[name] for run in runs if run.truth and name in run.truth.annotations), None
    )
    tracks = []
    for tracker in ranked:
        if (scores := tracker.sequences.get(name)) is None:
            continue
        index, own = owner[tracker.name]
        trajectory = runs[index].trajectory(own, name) if annotation is not None else None
        if annotation is None or trajectory is None or trajectory.start + len(trajectory.boxes) > len(annotation):
            tracks.append(Track(tracker.name, scores.auc, scores.precision, None, None))
            continue
        rows = slice(trajectory.start, trajectory.start + len(trajectory.boxes))
        truth, valid = annotation.boxes[rows], annotation.valid[rows]
        found = overlaps(trajectory.boxes, truth, valid)
        segments = cut(trajectory.boxes, truth, valid)
        tracks.append(Track(tracker.name, scores.auc, scores.precision, trajectory, found, segments))
    length = len(annotation) if annotation else 0
    frames = max((t.sequences[name].frames for t in ranked if name in t.sequences), default=length)
    failed = {tracker.name: tracker.failed[name] for tracker in ranked if name in tracker.failed}
    return SequenceView(name, annotation.attributes if annotation else (), frames, tuple(tracks), failed, annotation)


def worst_sequences(views: Sequence[SequenceView], count: int) -> list[str]:
    """Return the names of the sequences with the lowest mean AUC, the worst first; not those nobody finished."""
    scored = [(view.mean, view.name) for view in views if view.mean is not None]
    return [name for _, name in sorted(scored, key=lambda one: one[0])[:count]]
