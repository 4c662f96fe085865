"""Print how often the intervals of ``benchmark.statistics`` hold the true mean; docs/evaluation.md quotes the table.

    python -m benchmark.measurements.interval_coverage

Scores are drawn from populations whose mean is known. Each simulated benchmark gets a 95 % interval; the table says in
how many of them it holds that mean, and how wide it is.
"""

from __future__ import annotations

from collections.abc import Callable

import click
import numpy as np
from numpy.typing import NDArray
from scipy.stats import t as student_t

from benchmark.statistics.intervals import limits
from benchmark.statistics.resampling import draw_counts, resampled_means

Values = NDArray[np.float64]
Draw = Callable[[np.random.Generator, tuple[int, int]], Values]
SIMULATIONS, BATCH, DRAWS = 10_000, 500, 4_000


def beta(mean: float, deviation: float) -> Draw:
    """Return a population of scores in [0, 1]."""
    size = mean * (1 - mean) / deviation**2 - 1
    return lambda rng, shape: rng.beta(mean * size, (1 - mean) * size, shape)


def differences(rng: np.random.Generator, shape: tuple[int, int]) -> Values:
    """Return paired differences as ablations give them: most near nought, every fifth anywhere; the mean is .014."""
    few = rng.random(shape) < 0.2
    drawn: Values = np.where(few, rng.normal(0.07, 0.25, shape), rng.normal(0, 0.03, shape))
    return drawn


POPULATIONS: dict[str, tuple[Draw, float]] = {
    "AUC: Beta, mean .58, SD .24": (beta(0.58, 0.24), 0.58),
    "precision: Beta, mean .77, SD .28": (beta(0.77, 0.28), 0.77),
    "differences: mixture, mean .014": (differences, 0.014),
}


def percentile(values: Values, counts: Values) -> Values:
    """Return the plain percentile limits, (2, K)."""
    found: Values = np.quantile(resampled_means(values, counts), [0.025, 0.975], axis=1)
    return found


def bca(values: Values, counts: Values) -> Values:
    """Return the BCa limits: the package's, at the level at which its widened quantile is the normal one."""
    freedom = len(values) - 1
    level = 2 * student_t.cdf(1.959964 * np.sqrt(freedom / (freedom + 1)), freedom) - 1
    return limits(values, counts, float(level))


def student(values: Values, _counts: Values) -> Values:
    """Return the limits of ``benchmark.statistics.paired.student_interval`` for K columns, (2, K)."""
    half = student_t.ppf(0.975, len(values) - 1) * values.std(0, ddof=1) / np.sqrt(len(values))
    found: Values = values.mean(0) + np.array([[-1.0], [1.0]]) * half
    return found


METHODS = {"percentile": percentile, "BCa": bca, "widened BCa": limits, "Student's t": student}


@click.command()
def main() -> None:
    """Simulate and print a Markdown table."""
    click.echo("| scores | n | " + " | ".join(METHODS) + " |\n|---|---|" + "---|" * len(METHODS))
    for title, (draw, mean) in POPULATIONS.items():
        for count in (14, 100):
            rng = np.random.default_rng(count)
            held = {name: [0.0, 0.0] for name in METHODS}
            for batch in range(SIMULATIONS // BATCH):
                values = draw(rng, (count, BATCH))
                counts = draw_counts(count, DRAWS, seed=batch)
                for name, method in METHODS.items():
                    low, high = method(values, counts)
                    held[name][0] += float(np.mean((low <= mean) & (mean <= high))) * BATCH / SIMULATIONS
                    held[name][1] += float(np.mean(high - low)) * BATCH / SIMULATIONS
            cells = " | ".join(f"{100 * share:.1f} % (width {width:.3f})" for share, width in held.values())
            click.echo(f"| {title} | {count} | {cells} |")


if __name__ == "__main__":
    main()
