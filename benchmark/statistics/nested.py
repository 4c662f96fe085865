"""Two levels of chance: sequences, and the repeats of a run within each of them.

A mean over sequences of means over repeats is a mean of independent values, one a sequence. Their spread holds both
levels already: the interval over sequences of `intervals` and `paired` is the two-level one. Repeats are no more
sequences: an interval over all of them at once is far too narrow (results/tables/two-level-coverage.md). What can be
told apart is how much of the spread is the repeats', and how many sequences a decision takes.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq

from benchmark.statistics.paired import detectable_ratio, fewest_sequences
from benchmark.statistics.resampling import LEVEL

__all__ = ["repeats_share", "sequences_needed"]

Values = NDArray[np.float64]
MOST = 1_000_000
"""Sequences; a decision that takes more will not be taken."""


def repeats_share(values: Values) -> float | None:
    """Return which part of the squared width of an interval of the mean of (n, R) values is the repeats' doing.

    The variance of the mean over sequences of means over repeats is that of sequences plus that of repeats over R; the
    latter is estimated within sequences. It is 1 where the sequences differ no more than their repeats, 0 where
    repeats are the same; None for one repeat or one sequence, or where nothing varies.
    """
    count, repeats = values.shape
    if count < 2 or repeats < 2:
        return None
    whole = float(values.mean(1).var(ddof=1))
    within = float(values.var(1, ddof=1).mean()) / repeats
    return min(within / whole, 1.0) if whole > 0 else None


def sequences_needed(differences: Values, wanted: float, *, power: float = 0.8, level: float = LEVEL) -> int | None:
    """Return of how many sequences a true mean difference of `wanted` is found significant with `power`.

    The (n,) differences say how much sequences spread. At least `fewest_sequences`; None where it takes more than
    `MOST`.
    """
    fewest = fewest_sequences(level)
    deviation = float(np.std(differences, ddof=1))

    def short(count: float) -> float:
        return detectable_ratio(count, power, level) * deviation - wanted

    if fewest is None or short(MOST) > 0:
        return None
    if short(fewest) <= 0:
        return fewest
    return int(np.ceil(brentq(short, fewest, MOST, xtol=1e-6)))
