"""How sure a mean over sequences is: intervals of scores and bands of curves.

Scores lie in [0, 1], and few of them say little of those not drawn: where one sequence in ten is lost, four sequences
mostly show none. A bootstrap or Student's t then holds the true mean half as often as it says. The limits here are
Gaffke's (Mathematical Methods of Statistics 14(4), 2005; Learned-Miller and Thomas, arXiv:1905.06208, 2019): the mean
under random weights (Dirichlet, all ones) of the n scores and of the worst that the next could be, 0 for the lower
limit and 1 for the upper. Of scores that are 0 or 1 this is the exact interval of Clopper and Pearson; no population
is known that it holds less often than it says. ``docs/evaluation.md`` gives the simulated coverage.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmark.statistics.resampling import LEVEL, draw_weights

__all__ = ["Band", "Interval", "limits", "mean_band", "mean_interval"]

Values = NDArray[np.float64]
COLUMNS = 256
"""Columns weighted at a time, to bound the memory."""


@dataclass(frozen=True)
class Interval:
    """Where the mean over all such sequences lies, with a confidence of `level`."""

    low: float
    high: float
    level: float = LEVEL


@dataclass(frozen=True, eq=False)
class Band:
    """An `Interval` at every point of a curve; pointwise, not for the curve as a whole."""

    low: Values
    high: Values
    """(K,)."""
    level: float = LEVEL


def mean_interval(values: Values, *, weights: Values | None = None, level: float = LEVEL) -> Interval | None:
    """Return the interval of the mean of (n,) scores in [0, 1], one a sequence; None for fewer than two.

    `weights` are the draws of `draw_weights`, where many intervals are to share them.
    """
    band = mean_band(np.asarray(values)[:, None], weights=weights, level=level)
    return None if band is None else Interval(float(band.low[0]), float(band.high[0]), level)


def mean_band(values: Values, *, weights: Values | None = None, level: float = LEVEL) -> Band | None:
    """Return the intervals of the K means of (n, K) scores in [0, 1]; None for fewer than two sequences."""
    if len(values) < 2:
        return None
    drawn = draw_weights(len(values)) if weights is None else weights
    parts = [limits(values[:, k : k + COLUMNS], drawn, level) for k in range(0, values.shape[1], COLUMNS)]
    low, high = np.concatenate(parts, axis=1)
    return Band(low, high, level)


def limits(values: Values, weights: Values, level: float = LEVEL) -> Values:
    """Return the lower and upper limits of the K means of (n, K) scores in [0, 1] from (D, n + 1) weights, (2, K)."""
    means = values.T @ weights[:, :-1].T  # with 0 as the score of the one not seen
    low = np.quantile(means, (1 - level) / 2, axis=1)
    means += weights[:, -1]  # with 1
    return np.array([low, np.quantile(means, (1 + level) / 2, axis=1)])
