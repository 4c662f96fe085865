"""Bootstrap draws over sequences, as matrices: one product resamples every score of every tracker at once."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["DRAWS", "LEVEL", "SEED", "draw_counts", "resampled_means", "sign_flips"]

Values = NDArray[np.float64]
DRAWS = 10_000
LEVEL = 0.95
SEED = 20_13


def draw_counts(count: int, draws: int = DRAWS, seed: int = SEED) -> Values:
    """Return how often each of `count` sequences is in each of `draws` samples with replacement, (draws, count)."""
    rng = np.random.default_rng(seed)
    chosen = rng.integers(0, count, (draws, count))
    cells = (np.arange(draws)[:, None] * count + chosen).ravel()
    return np.bincount(cells, minlength=draws * count).reshape(draws, count).astype(np.float64)


def resampled_means(values: Values, counts: Values) -> Values:
    """Return the mean of each of K columns in each of D draws, (K, D): `values` are (n, K), `counts` (D, n)."""
    means: Values = values.T @ counts.T
    means /= len(values)
    return means


def sign_flips(count: int, draws: int = DRAWS, seed: int = SEED) -> Values:
    """Return random signs for `count` paired differences, (draws, count) of -1 and 1."""
    signs: Values = np.random.default_rng(seed).integers(0, 2, (draws, count)).astype(np.float64)
    return 2 * signs - 1
