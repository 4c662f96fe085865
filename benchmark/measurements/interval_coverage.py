"""Print how often 95 % intervals hold the true mean, from 2 sequences to 100: results/tables/interval-coverage.md.

    python -m benchmark.measurements.interval_coverage > results/tables/interval-coverage.md

Scores are drawn from populations whose mean is known, as a tracker's scores over sequences are spread: in the middle,
near 1, in two heaps, lost now and then; and paired differences of two trackers. Each simulated benchmark gets intervals
by several methods; the table says in how many of them they hold that mean, and how wide they are.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import click
import numpy as np
from numpy.typing import NDArray
from scipy.stats import t as student_t

from benchmark.statistics.intervals import limits
from benchmark.statistics.resampling import LEVEL, draw_weights

Values = NDArray[np.float64]
Draw = Callable[[np.random.Generator, tuple[int, int]], Values]
COUNTS = (2, 3, 4, 5, 6, 8, 10, 12, 14, 20, 30, 50, 70, 100)
SIMULATIONS, DRAWS = 4_000, 1_000


@dataclass(frozen=True)
class Population:
    """Scores, or differences of scores, of sequences without end."""

    title: str
    draw: Draw
    mean: float
    paired: bool = False
    """Whether these are differences."""


def beta(mean: float, deviation: float) -> Draw:
    """Return a population of scores in [0, 1] with one heap."""
    size = mean * (1 - mean) / deviation**2 - 1
    return lambda rng, shape: rng.beta(mean * size, (1 - mean) * size, shape)


def mixture(share: float, rare: Draw, common: Draw) -> Draw:
    """Return a population of which `share` comes from `rare`."""
    return lambda rng, shape: np.where(rng.random(shape) < share, rare(rng, shape), common(rng, shape))


def normal(mean: float, deviation: float) -> Draw:
    """Return a population of differences."""
    return lambda rng, shape: rng.normal(mean, deviation, shape)


def two_trackers(rng: np.random.Generator, shape: tuple[int, int]) -> Values:
    """Return differences of two trackers that have nothing in common."""
    return beta(0.60, 0.24)(rng, shape) - beta(0.55, 0.24)(rng, shape)


POPULATIONS = (
    Population("scores: AUC, mean .58, SD .24", beta(0.58, 0.24), 0.58),
    Population("scores: precision, mean .77, SD .28", beta(0.77, 0.28), 0.77),
    Population("scores: near 1, mean .93, SD .08", beta(0.93, 0.08), 0.93),
    Population("scores: near 0, mean .10, SD .15", beta(0.10, 0.15), 0.10),
    Population("scores: two heaps, 65 % at .78, 35 % at .15", mixture(0.35, beta(0.15, 0.1), beta(0.78, 0.1)), 0.5595),
    Population("scores: lost now and then, 10 % at .20", mixture(0.1, beta(0.2, 0.15), beta(0.94, 0.03)), 0.866),
    Population("differences: two unlike trackers, mean .05", two_trackers, 0.05, paired=True),
    Population("differences: an ablation, 20 % scattered", mixture(0.2, normal(0.07, 0.25), normal(0, 0.03)), 0.014,
               paired=True),
    Population("differences: a gain of .4 on 10 %", mixture(0.1, normal(0.4, 0.1), normal(0, 0.03)), 0.04, paired=True),
)  # fmt: skip


def percentile(values: Values) -> Values:
    """Return the plain bootstrap's percentile limits for K columns of n values, (2, K)."""
    rng = np.random.default_rng(0)
    counts = rng.multinomial(len(values), np.full(len(values), 1 / len(values)), DRAWS)
    found: Values = np.quantile(values.T @ counts.T / len(values), [(1 - LEVEL) / 2, (1 + LEVEL) / 2], axis=1)
    return found


def student(values: Values) -> Values:
    """Return the limits of ``benchmark.statistics.paired.student_interval``, (2, K)."""
    half = student_t.ppf((1 + LEVEL) / 2, len(values) - 1) * values.std(0, ddof=1) / np.sqrt(len(values))
    found: Values = values.mean(0) + np.array([[-1.0], [1.0]]) * half
    return found


def gaffke(values: Values) -> Values:
    """Return the limits of ``benchmark.statistics.intervals``, (2, K)."""
    return limits(values, draw_weights(len(values), DRAWS))


METHODS: dict[str, Callable[[Values], Values]] = {"percentile": percentile, "Student's t": student, "Gaffke": gaffke}


def coverage(
    population: Population, count: int, method: Callable[[Values], Values], simulations: int
) -> tuple[float, float]:
    """Return the part of the simulated intervals of `count` sequences that hold the mean, and their mean width."""
    low, high = method(population.draw(np.random.default_rng(count), (count, simulations)))
    return float(np.mean((low <= population.mean) & (population.mean <= high))), float(np.mean(high - low))


@click.command()
def main() -> None:
    """Simulate and print a Markdown page."""
    click.echo(
        "# How often 95 % intervals hold the true mean\n\n"
        f"Per cent of {SIMULATIONS} simulated benchmarks of n sequences, and in brackets the mean width. In bold what"
        " the program\nprints; why: docs/evaluation.md. Made by `python -m benchmark.measurements.interval_coverage`."
    )
    for population in POPULATIONS:
        methods = {name: one for name, one in METHODS.items() if not (population.paired and name == "Gaffke")}
        used = "Student's t" if population.paired else "Gaffke"
        click.echo(f"\n## {population.title}\n\n| n | " + " | ".join(methods) + " |\n|---|" + "---|" * len(methods))
        for count in COUNTS:
            cells = []
            for name, method in methods.items():
                held, width = coverage(population, count, method, SIMULATIONS)
                cells.append(
                    f"**{100 * held:.1f}** ({width:.3f})" if name == used else f"{100 * held:.1f} ({width:.3f})"
                )
            click.echo(f"| {count} | " + " | ".join(cells) + " |")


if __name__ == "__main__":
    main()
