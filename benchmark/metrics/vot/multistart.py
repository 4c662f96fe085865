"""Accuracy, robustness and expected average overlap of runs from anchors (VOT2020-2022), by vot-toolkit 0.7.4."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmark.metrics.vot.measures import Measures, Sums, curve_of, read_curve, shares_of

__all__ = ["FromAnchor", "multistart_measures", "progress"]

Values = NDArray[np.float64]
THRESHOLD = 0.1
GRACE = 10
"""A target is lost where the overlap is at or below the threshold for that many frames on end."""


@dataclass(frozen=True, eq=False)
class FromAnchor:
    """One run from an anchor, as its measures see it."""

    overlaps: Values
    """(N,) from the anchor on, in the order of the run; 0 in the first frame, in which the target was shown."""
    visible: NDArray[np.bool_]
    """(N,), whether there is a target to be overlapped."""


def multistart_measures(
    runs: Mapping[str, Sequence[FromAnchor]], lengths: Mapping[str, int], span: tuple[int, int], profile: str
) -> Measures:
    """Return the measures of one tracker on sequences of so many frames.

    `span` are the first and the last length over which the expected average overlap is averaged.
    """
    ended = {name: [(run, progress(run)) for run in own] for name, own in runs.items()}
    every = [one for own in ended.values() for one in own]
    shares = [sum(end for _, end in own) / sum(len(run.overlaps) for run, _ in own) for own in ended.values()]
    tracked = sum(end for _, end in every)
    sums = {name: _sums([(run.overlaps, end) for run, end in own], span[1]) for name, own in ended.items()}
    curve = curve_of(sums.values())
    told = np.sum([count for _, count in sums.values()], axis=0)
    reached = bool(told[span[0] :].any())  # else the toolkit says 0 of what no run tells of
    return Measures(
        profile=profile,
        accuracy=float(sum(run.overlaps[:end].sum() for run, end in every) / tracked) if tracked else 0.0,
        robustness=float(np.average(shares, weights=[lengths[name] for name in ended])),
        failures=float(sum(end < len(run.overlaps) for run, end in every)),
        eao=read_curve(curve, span) if reached else None,
        curve=curve,
        span=span,
        shares=shares_of(sums, span) if reached else {},
    )


def progress(run: FromAnchor) -> int:
    """Return how many frames of a run go before its target is lost; all where it never is."""
    bad = (run.overlaps <= THRESHOLD) & run.visible
    streak = np.arange(len(bad)) - np.maximum.accumulate(np.where(bad, -1, np.arange(len(bad))))
    lost = np.flatnonzero(bad & (streak >= GRACE))
    return int(lost[0]) + 1 - GRACE if len(lost) else len(bad)


def _sums(runs: Sequence[tuple[Values, int]], longest: int) -> Sums:
    """Return a sequence's part of the curve, of its runs and where each lost its target: (longest,).

    Beyond the end of a run that lost it the toolkit divides by one frame less than the curve's place.
    """
    total, count = np.zeros(longest), np.zeros(longest)
    place = np.arange(longest)
    for overlaps, end in runs:
        kept = np.where(np.arange(len(overlaps)) < end, overlaps, 0.0)[1:]
        within = min(len(kept), longest - 1)
        total[1 : within + 1] += np.cumsum(kept)[:within] / place[1 : within + 1]
        count[1 : within + 1] += 1
        if end < len(overlaps) and within + 1 < longest:
            total[within + 1 :] += kept.sum() / np.maximum(place[within + 1 :] - 1, 1)
            count[within + 1 :] += 1
    return total, count
