"""Random draws over sequences, as matrices: one product weighs every score of every tracker at once."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["DRAWS", "LEVEL", "SEED", "draw_weights", "sign_flips"]

Values = NDArray[np.float64]
DRAWS = 10_000
LEVEL = 0.95
SEED = 20_13


def draw_weights(count: int, draws: int = DRAWS, seed: int = SEED) -> Values:
    """Return random weights of `count` sequences and of one that was not seen, (draws, count + 1); rows sum to 1.

    All weights of a row are equally likely: Dirichlet's distribution with parameters 1.
    """
    weights = np.random.default_rng(seed).standard_exponential((draws, count + 1))
    weights /= weights.sum(1, keepdims=True)
    return weights


def sign_flips(count: int, draws: int = DRAWS, seed: int = SEED) -> Values:
    """Return random signs for `count` paired differences, (draws, count) of -1 and 1."""
    signs: Values = np.random.default_rng(seed).integers(0, 2, (draws, count)).astype(np.float64)
    return 2 * signs - 1
