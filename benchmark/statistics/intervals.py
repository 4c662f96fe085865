"""How sure a mean over sequences is: bootstrap intervals of scores and bands of curves.

BCa (Efron 1987) is too narrow for few sequences. The intervals here are BCa with the normal quantile widened to
``t(n - 1) * sqrt(n / (n - 1))``, as Hesterberg advises (The American Statistician 69(4), 2015, section 5): the same at
n = 100, honest at n = 14. ``docs/evaluation.md`` gives the simulated coverage.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri
from scipy.stats import t as student_t

from benchmark.statistics.resampling import LEVEL, draw_counts, resampled_means

__all__ = ["Band", "Interval", "limits", "mean_band", "mean_interval"]

Values = NDArray[np.float64]
COLUMNS = 256
"""Columns resampled at a time, to bound the memory."""


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


def mean_interval(values: Values, *, counts: Values | None = None, level: float = LEVEL) -> Interval | None:
    """Return the interval of the mean of (n,) scores, one a sequence; None for fewer than two.

    `counts` are the draws of `draw_counts`, where many intervals are to share them.
    """
    band = mean_band(np.asarray(values)[:, None], counts=counts, level=level)
    return None if band is None else Interval(float(band.low[0]), float(band.high[0]), level)


def mean_band(values: Values, *, counts: Values | None = None, level: float = LEVEL) -> Band | None:
    """Return the intervals of the K means of (n, K) values; None for fewer than two sequences."""
    if len(values) < 2:
        return None
    draws = draw_counts(len(values)) if counts is None else counts
    parts = [limits(values[:, k : k + COLUMNS], draws, level) for k in range(0, values.shape[1], COLUMNS)]
    low, high = np.concatenate(parts, axis=1)
    return Band(low, high, level)


def limits(values: Values, counts: Values, level: float = LEVEL) -> Values:
    """Return the lower and upper limits of the K means of (n, K) values from (D, n) draws, (2, K)."""
    count, draws = len(values), len(counts)
    mean = values.mean(0)
    means = np.sort(resampled_means(values, counts), axis=1)
    noise = 1e-12  # draws that equal the mean come out a rounding error beside it
    below = (means < mean[:, None] - noise).sum(1)
    above = (means > mean[:, None] + noise).sum(1)
    bias = ndtri(np.clip((below + (draws - below - above) / 2) / draws, 0.5 / draws, 1 - 0.5 / draws))
    deviation = values - mean
    spread = (deviation**2).sum(0) ** 1.5
    acceleration = np.divide((deviation**3).sum(0), 6 * spread, out=np.zeros(len(mean)), where=spread > 0)
    reach = student_t.ppf(0.5 + level / 2, count - 1) * np.sqrt(count / (count - 1))
    return np.array([_quantile(means, _adjusted(bias, acceleration, sign * reach)) for sign in (-1, 1)])


def _adjusted(bias: Values, acceleration: Values, normal: float) -> Values:
    shifted = bias + normal
    scale = 1 - acceleration * shifted
    share: Values = ndtr(bias + shifted / np.where(scale > 0, scale, 1.0))
    return np.where(scale > 0, share, normal > 0)  # past its pole the transform means: the outermost draw


def _quantile(means: Values, share: Values) -> Values:
    """Return each sorted row's quantile at its own share, (K,)."""
    place = share * (means.shape[1] - 1)
    index = np.minimum(place.astype(np.int64), means.shape[1] - 2)
    rows = np.arange(len(means))
    left, right = means[rows, index], means[rows, index + 1]
    found: Values = left + (place - index) * (right - left)
    return found
