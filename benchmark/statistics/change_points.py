"""Where a series of measurements changes its level, by rank tests on ever smaller pieces."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.stats import mannwhitneyu

__all__ = ["ChangePoint", "change_points"]

ALPHA = 0.01
"""Level of each piece's best split, after Bonferroni's correction over the splits tried."""
LEAST = 4
"""Values a level has at least."""


@dataclass(frozen=True)
class ChangePoint:
    """The level changes between ``index - 1`` and ``index``."""

    index: int
    before: float
    after: float
    """Medians of the two levels."""


def change_points(values: Sequence[float], *, effect: float = 0.0) -> list[ChangePoint]:
    """Return where the level of a series changes, in order.

    A piece is split where a two-sided Mann-Whitney test tells its two parts apart best, if it does so surely and the
    medians differ by more than `effect` as a part of the first; then each part is looked at again.
    """
    if len(values) < 2 * LEAST:
        return []
    series = np.asarray(values, np.float64)
    found = sorted(_split(series, 0, effect))
    edges = [0, *found, len(series)]
    levels = [float(np.median(series[a:b])) for a, b in pairwise(edges)]
    return [ChangePoint(index, *levels[k : k + 2]) for k, index in enumerate(found)]


def _split(piece: NDArray[np.float64], offset: int, effect: float) -> list[int]:
    splits = range(LEAST, len(piece) - LEAST + 1)
    tested = [
        (float(mannwhitneyu(piece[:k], piece[k:], method="asymptotic").pvalue), k)
        for k in splits
        if abs(np.median(piece[k:]) - np.median(piece[:k])) > effect * abs(np.median(piece[:k]))
    ]
    if not tested:
        return []
    p, best = min(tested)
    if p * len(splits) >= ALPHA:
        return []
    return [*_split(piece[:best], offset, effect), offset + best, *_split(piece[best:], offset + best, effect)]
