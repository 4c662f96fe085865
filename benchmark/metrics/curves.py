"""From a value a frame to a curve: how many frames lie on the right side of each threshold."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["counts_above", "counts_below"]

Values = NDArray[np.float64]
Counts = NDArray[np.int64]


def counts_above(values: Values, thresholds: Values, lengths: Counts, *, strict: bool) -> Counts:
    """Return how many values exceed each threshold, (S, K), in each of S sequences laid end to end.

    `values` (N,) holds sequence after sequence, `lengths` (S,) sums to N, `thresholds` (K,) rise evenly. There is no
    NaN. With `strict` a value exceeds at ``>``, else at ``>=``.
    """
    table = _tally(_passed(values, thresholds, inclusive=not strict), len(thresholds) + 1, lengths)
    return np.flip(np.cumsum(np.flip(table, 1), 1), 1)[:, 1:]


def counts_below(values: Values, thresholds: Values, lengths: Counts) -> Counts:
    """Return how many values are ``<=`` each threshold, (S, K); otherwise as `counts_above`."""
    table = _tally(_passed(values, thresholds, inclusive=False), len(thresholds) + 1, lengths)
    return np.cumsum(table, 1)[:, :-1]


def _passed(values: Values, thresholds: Values, *, inclusive: bool) -> Counts:
    """Return how many thresholds lie below each value (or, `inclusive`, at it): what ``np.searchsorted`` gives.

    On an even grid all thresholds before the nearest are below and all after it above, so that one comparison, with the
    nearest, is exact; this is several times faster than a binary search.
    """
    last = len(thresholds) - 1
    scaled = values - thresholds[0]
    scaled *= last / (thresholds[-1] - thresholds[0])
    nearest = np.rint(np.clip(scaled, 0, last, out=scaled), out=scaled).astype(np.intp)
    threshold = thresholds.take(nearest)
    passed: Counts = nearest + (values >= threshold if inclusive else values > threshold)
    return passed


def _tally(bins: Counts, width: int, lengths: Counts) -> Counts:
    cells = bins + np.repeat(np.arange(len(lengths)) * width, lengths)
    return np.bincount(cells, minlength=len(lengths) * width).reshape(len(lengths), width)
