"""Cuts a trajectory into what happened: tracked, drift, scale error, lost, jumped away, recovered. By written rules.

The rules stand in docs/report.md. All distances are in target sizes, the square root of the true box's area, so that
the cut does not change when the video is scaled or shifted.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from benchmark.metrics.overlap import overlap

__all__ = ["KINDS", "Kind", "Segment", "cut", "overlaps"]

Values = NDArray[np.float64]
Kind = Literal["tracked", "drift", "scale", "lost", "jumped", "recovered"]
KINDS: tuple[Kind, ...] = get_args(Kind)
GOOD = 0.5
"""Overlap from which a frame counts as tracked."""
GONE = 0.1
"""Overlap below which a frame counts as lost."""
CENTRED = 0.25
"""Centre error, in target sizes, up to which a bad overlap is the size's fault."""
LEAP = 0.75
"""How far, in target sizes, a box goes beyond the target's own motion within `WITHIN` frames when it jumps away."""
WITHIN = 3
STEADY = 0.5
"""Motion a frame, in target sizes, up to which what was jumped to counts as something that is followed."""
SHORTEST = 5
"""Frames; a shorter state joins the one before it."""

_TRACKED, _DRIFT, _SCALE, _LOST = range(4)


@dataclass(frozen=True)
class Segment:
    """A stretch of frames in which the same happened."""

    kind: Kind
    first: int
    end: int
    """Rows of the trajectory: the first, and the one after the last."""

    def __len__(self) -> int:
        return self.end - self.first

    @property
    def on_target(self) -> bool:
        """Whether the tracker followed its target."""
        return self.kind in ("tracked", "recovered")


def overlaps(predicted: Values, truth: Values, valid: NDArray[np.bool_]) -> Values:
    """Return the (N,) overlaps of a trajectory's (N, 4) boxes, NaN where the ground truth is invalid."""
    return np.where(valid, overlap(predicted, truth), np.nan)


def cut(predicted: Values, truth: Values, valid: NDArray[np.bool_]) -> tuple[Segment, ...]:
    """Return the segments of a trajectory, in order and without gaps; (N, 4) boxes, N >= 1.

    A frame without valid ground truth belongs to what was before it.
    """
    states = _smooth(_states(predicted, truth, valid))
    edges = [0, *(np.flatnonzero(np.diff(states)) + 1).tolist(), len(states)]
    segments: list[Segment] = []
    away = False
    for first, end in itertools.pairwise(edges):
        state = int(states[first])
        kind: Kind = ("tracked", "drift", "scale", "lost")[state]
        if state == _LOST:
            kind = "jumped" if _jumped(predicted, truth, valid, first, end) else "lost"
            away = True
        elif state == _TRACKED and away:
            kind, away = "recovered", False
        segments.append(Segment(kind, first, end))
    return tuple(segments)


def _states(predicted: Values, truth: Values, valid: NDArray[np.bool_]) -> NDArray[np.int64]:
    found = overlaps(predicted, truth, valid)
    known = np.isfinite(found)
    value = np.where(known, found, 1.0)
    error = _offset(predicted, truth)
    with np.errstate(invalid="ignore"):
        states = np.where(error <= CENTRED * _size(truth), _SCALE, np.where(value < GONE, _LOST, _DRIFT))
    states = np.where(value >= GOOD, _TRACKED, states)
    before = np.maximum.accumulate(np.where(known, np.arange(len(states)), -1))
    kept: NDArray[np.int64] = np.where(before >= 0, states[np.maximum(before, 0)], _TRACKED)
    return kept


def _smooth(states: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the states, those shorter than `SHORTEST` frames joined to the one before, the first to the next.

    Tracked frames at the beginning stay, however few: the target was shown there.
    """
    edges = [0, *(np.flatnonzero(np.diff(states)) + 1).tolist(), len(states)]
    runs = [(int(states[a]), b - a) for a, b in itertools.pairwise(edges)]
    joined: list[list[int]] = []
    waiting = 0
    for state, length in runs:
        if joined and (length < SHORTEST or joined[-1][0] == state):
            joined[-1][1] += length
        elif length < SHORTEST and not joined and state != _TRACKED:
            waiting += length
        else:
            joined.append([state, length + waiting])
            waiting = 0
    if waiting:  # nothing in it was long: what most frames say
        joined.append([int(np.bincount(states).argmax()), waiting])
    return np.repeat([one[0] for one in joined], [one[1] for one in joined])


def _jumped(predicted: Values, truth: Values, valid: NDArray[np.bool_], first: int, end: int) -> bool:
    """Return whether a loss began with a leap away from the target to something that was then followed steadily."""
    begin, stop = max(first - WITHIN, 0), min(first + WITHIN, len(predicted))
    centres, target = predicted[:, :2] + predicted[:, 2:] / 2, truth[:, :2] + truth[:, 2:] / 2
    size = _size(truth)[begin : first + 1]
    sized = size[valid[begin : first + 1] & (size > 0)]
    if not len(sized) or end - first < SHORTEST:
        return False
    unit = float(sized[-1])
    relative = (centres - target)[begin:stop]
    usable = valid[begin:stop] & np.isfinite(relative).all(1)
    if usable.sum() < 2:
        return False
    relative = relative[usable]
    leaps = [
        np.linalg.norm(relative[k + 1 : k + 1 + WITHIN] - relative[k], axis=1).max() for k in range(len(relative) - 1)
    ]
    motion = np.linalg.norm(np.diff(centres[stop - 1 : min(stop + SHORTEST, end)], axis=0), axis=1)
    return bool(max(leaps) > LEAP * unit and (motion <= STEADY * unit).all())


def _offset(predicted: Values, truth: Values) -> Values:
    apart: Values = predicted[:, :2] + predicted[:, 2:] / 2 - truth[:, :2] - truth[:, 2:] / 2
    distance: Values = np.linalg.norm(apart, axis=1)
    return np.where(np.isfinite(distance), distance, np.inf)


def _size(boxes: Values) -> Values:
    size: Values = np.sqrt(np.maximum(boxes[:, 2] * boxes[:, 3], 0.0))
    return size
