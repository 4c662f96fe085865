"""Print how often 95 % intervals hold the true mean of repeated, jittered runs: results/tables/two-level-coverage.md.

    python -m benchmark.measurements.two_level_coverage > results/tables/two-level-coverage.md

Paired differences have two levels: sequences, and repeats within them. Each simulated benchmark of n sequences and R
repeats gets intervals that take all runs for sequences, that hold the sequences fixed, and that take each sequence's
mean over its repeats as one value, which is what studies print; and a bootstrap of both levels.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import click
import numpy as np
from numpy.typing import NDArray
from scipy.stats import t as student_t

from benchmark.measurements.interval_coverage import mixture, normal
from benchmark.statistics.resampling import LEVEL

Values = NDArray[np.float64]
COUNTS, REPEATS = (4, 14, 72), (1, 3, 10)
SIMULATIONS, DRAWS = 2_000, 400


@dataclass(frozen=True)
class Population:
    """Differences of two trackers on sequences without end."""

    title: str
    sequences: Callable[[np.random.Generator, tuple[int, int]], Values]
    """True differences of sequences."""
    mean: float
    within: float
    """Standard deviation of repeats."""
    chaotic: float = 0.0
    """Share of runs in which one of the trackers loses its target by chance, for a difference of .4 either way."""

    def draw(self, rng: np.random.Generator, count: int, repeats: int, simulations: int) -> Values:
        """Return (simulations, count, repeats) differences."""
        values = self.sequences(rng, (simulations, count))[..., None] + rng.normal(
            0, self.within, (simulations, count, repeats)
        )
        lost = rng.random(values.shape) < self.chaotic
        return values + np.where(lost, rng.choice([-0.4, 0.4], values.shape), 0.0)


POPULATIONS = (
    Population("sequences .06, repeats .02", normal(0.02, 0.06), 0.02, 0.02),
    Population("sequences .02, repeats .06", normal(0.02, 0.02), 0.02, 0.06),
    Population("an ablation: 20 % of sequences scattered, repeats .03",
               mixture(0.2, normal(0.07, 0.25), normal(0.0, 0.03)), 0.014, 0.03),
    Population("chaos: sequences .03, one run in ten lost by chance", normal(0.02, 0.03), 0.02, 0.01, 0.1),
)  # fmt: skip


def student(values: Values) -> tuple[Values, Values]:
    """Return the t limits of the means of (simulations, n) values."""
    count = values.shape[1]
    half = student_t.ppf((1 + LEVEL) / 2, count - 1) * values.std(1, ddof=1) / np.sqrt(count)
    return values.mean(1) - half, values.mean(1) + half


def all_runs(values: Values, rng: np.random.Generator) -> tuple[Values, Values]:
    """Take every run for a sequence of its own."""
    return student(values.reshape(len(values), -1))


def fixed_sequences(values: Values, rng: np.random.Generator) -> tuple[Values, Values]:
    """Hold the sequences fixed: what repeats alone say."""
    return student(values.mean(1))


def sequence_means(values: Values, rng: np.random.Generator) -> tuple[Values, Values]:
    """Take each sequence's mean over its repeats as one value: what studies print."""
    return student(values.mean(2))


def two_level_bootstrap(values: Values, rng: np.random.Generator) -> tuple[Values, Values]:
    """Draw sequences, and repeats within each of them, with replacement; percentile limits."""
    simulations, count, repeats = values.shape
    every = np.arange(simulations)[:, None]
    means = []
    for _ in range(DRAWS):
        chosen = rng.integers(0, count, (simulations, count))
        own = rng.integers(0, repeats, (simulations, count, repeats))
        drawn = np.take_along_axis(values[every, chosen], own, axis=2)
        means.append(drawn.mean((1, 2)))
    low, high = np.quantile(np.array(means), [(1 - LEVEL) / 2, (1 + LEVEL) / 2], axis=0)
    return low, high


METHODS = {
    "all runs as sequences": all_runs,
    "sequences fixed": fixed_sequences,
    "two-level bootstrap": two_level_bootstrap,
    "means of sequences": sequence_means,
}
PRINTED = "means of sequences"


def coverage(population: Population, count: int, repeats: int, name: str, simulations: int) -> tuple[float, float]:
    """Return the part of simulated intervals that hold the mean, and their mean width."""
    rng = np.random.default_rng(1000 * count + repeats)
    low, high = METHODS[name](population.draw(rng, count, repeats, simulations), rng)
    return float(np.mean((low <= population.mean) & (population.mean <= high))), float(np.mean(high - low))


@click.command()
def main() -> None:
    """Simulate and print a Markdown page."""
    click.echo(
        "# How often 95 % intervals hold the true mean of repeated runs\n\n"
        f"Per cent of {SIMULATIONS} simulated benchmarks of n sequences with R jittered repeats each, and in brackets"
        " the mean width. In bold\nwhat studies print; why: docs/studies.md. Made by `python -m"
        " benchmark.measurements.two_level_coverage`."
    )
    for population in POPULATIONS:
        heads = " | ".join(METHODS)
        click.echo(f"\n## {population.title}\n\n| n | R | {heads} |\n|---|---|{'---|' * len(METHODS)}")
        for count in COUNTS:
            for repeats in REPEATS:
                cells = []
                for name in METHODS:
                    if repeats == 1 and name == "sequences fixed":
                        cells.append("–")
                        continue
                    held, width = coverage(population, count, repeats, name, SIMULATIONS)
                    text = f"{100 * held:.1f}"
                    cells.append(f"**{text}** ({width:.3f})" if name == PRINTED else f"{text} ({width:.3f})")
                click.echo(f"| {count} | {repeats} | {' | '.join(cells)} |")


if __name__ == "__main__":
    main()
