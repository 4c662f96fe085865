"""Repeated runs: the spread from run to run, kept apart from the spread over sequences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from trackers.errors import InputError

__all__ = ["Repeats", "repeats"]


@dataclass(frozen=True)
class Repeats:
    """R runs of one tracker on the same sequences."""

    means: tuple[float, ...]
    """The score of each run, over its sequences, (R,)."""
    deviation: float | None
    """The standard deviation of these scores: what a rerun changes; None for one run."""
    by_sequence: Mapping[str, float]
    """Each sequence's score, averaged over the runs: what intervals over sequences are taken of."""
    deviation_by_sequence: Mapping[str, float] | None
    """The standard deviation over the runs on each sequence; None for one run."""


def repeats(runs: Sequence[Mapping[str, float]], weights: Mapping[str, float] | None = None) -> Repeats:
    """Return the scores by sequence of some runs, summed up; raises InputError where their sequences differ.

    `weights` hold how much each sequence counts in the score of a run; equally by default.
    """
    if not runs or not runs[0]:
        raise InputError("there is no run to sum up")
    names = list(runs[0])
    for run in runs:
        if odd := set(names) ^ set(run):
            raise InputError(f"the repeats differ in their sequences: {', '.join(sorted(odd))}")
    table = np.array([[run[name] for name in names] for run in runs])
    several = len(runs) > 1
    means = np.average(table, axis=1, weights=None if weights is None else [weights[name] for name in names])
    return Repeats(
        means=tuple(means.tolist()),
        deviation=float(means.std(ddof=1)) if several else None,
        by_sequence=dict(zip(names, table.mean(0).tolist(), strict=True)),
        deviation_by_sequence=dict(zip(names, table.std(0, ddof=1).tolist(), strict=True)) if several else None,
    )
