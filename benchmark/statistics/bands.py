"""A band that holds a whole curve of paired differences, not only each of its points.

It is as wide at every point: where curves hardly differ, few sequences say next to nothing of the spread, and a band as
narrow as they suggest holds the true curve far too seldom. The width is a quantile of the largest deviation of the K
means, from a multiplier bootstrap over sequences: each sequence's deviation times a normal number, the sum studentised
by a chi-squared one (Chernozhukov, Chetverikov and Kato, Annals of Statistics 42(4), 2014). Of a single point it is
Student's interval. ``docs/evaluation.md`` gives the simulated coverage.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from benchmark.statistics.intervals import Band
from benchmark.statistics.resampling import DRAWS, LEVEL, SEED

__all__ = ["LEAST", "simultaneous_band"]

Values = NDArray[np.float64]
LEAST = 12
"""Sequences below which there is no such band: it would not hold what it says."""


def simultaneous_band(
    differences: Values, *, level: float = LEVEL, draws: int = DRAWS, seed: int = SEED
) -> Band | None:
    """Return the band of the K means of (n, K) paired differences, a row a sequence; None for fewer than `LEAST`."""
    count = len(differences)
    if count < LEAST:
        return None
    mean = differences.mean(0)
    deviations = (differences - mean) / np.sqrt(count * (count - 1))
    rng = np.random.default_rng(seed)
    largest = np.abs(rng.standard_normal((draws, count)) @ deviations).max(1)
    half = np.quantile(largest / np.sqrt(rng.chisquare(count - 1, draws) / (count - 1)), level)
    return Band(mean - half, mean + half, level)
