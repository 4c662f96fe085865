"""Print how often simultaneous bands hold the whole true curve of differences; docs/evaluation.md quotes the table.

    python -m benchmark.measurements.band_coverage

A sequence's success curve is that of Beta-distributed overlaps about a mean of its own; the second tracker's mean is
shifted, either a little everywhere or hardly on 4 of 5 sequences and much on the fifth.
"""

from __future__ import annotations

import click
import numpy as np
from numpy.typing import NDArray
from scipy.stats import beta

from benchmark.statistics.bands import simultaneous_band

POPULATION, TRIES, DRAWS = 4000, 1500, 1000
THRESHOLDS = np.linspace(0, 1, 21)
Values = NDArray[np.float64]


def curves(means: Values) -> Values:
    """Return the (N, 21) success curves of sequences with these mean overlaps, (N,)."""
    found: Values = 1 - beta.cdf(THRESHOLDS, 6 * means[:, None], 6 * (1 - means[:, None]))
    return found


def coverage(differences: Values, count: int, rng: np.random.Generator) -> float:
    """Return the share of samples of `count` sequences whose band holds the population's mean curve."""
    true, held = differences.mean(0), 0
    for seed in range(TRIES):
        band = simultaneous_band(differences[rng.integers(0, len(differences), count)], draws=DRAWS, seed=seed)
        assert band is not None
        held += bool(((band.low <= true + 1e-9) & (true - 1e-9 <= band.high)).all())
    return held / TRIES


def main() -> None:
    """Print the table."""
    rng = np.random.default_rng(0)
    means = np.clip(rng.beta(2.5, 1.8, POPULATION), 0.02, 0.98)
    rare = rng.random(POPULATION) < 0.2
    shifts = {
        "a little everywhere": rng.normal(0.014, 0.03, POPULATION),
        "4 of 5 near 0": np.where(rare, rng.normal(0.07, 0.3, POPULATION), rng.normal(0, 0.01, POPULATION)),
    }
    for name, shift in shifts.items():
        differences = curves(np.clip(means + shift, 0.02, 0.98)) - curves(means)
        for count in (12, 14, 30, 100):
            click.echo(f"| {name} | {count} | {100 * coverage(differences, count, rng):.1f} % |")


if __name__ == "__main__":
    main()
