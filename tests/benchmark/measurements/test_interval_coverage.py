"""Every interval that is printed holds the mean as often as it says, however few the sequences."""

from __future__ import annotations

import numpy as np
import pytest

from benchmark.measurements.interval_coverage import METHODS, POPULATIONS, Population, coverage, student
from benchmark.statistics.paired import student_interval

SCORES = [one for one in POPULATIONS if not one.paired]
DIFFERENCES = [one for one in POPULATIONS if one.paired]
LEVEL = 0.95


def nominal(simulations: int) -> float:
    """Return the coverage that an interval of 95 % may fall to by chance, once in 10,000 such tests."""
    return LEVEL - 3.7 * np.sqrt(LEVEL * (1 - LEVEL) / simulations)


@pytest.mark.parametrize("count", [2, 3, 4, 5, 8, 14])
@pytest.mark.parametrize("population", SCORES, ids=lambda one: one.title)
def test_intervals_of_scores_hold_what_they_say(population: Population, count: int) -> None:
    held, width = coverage(population, count, METHODS["Gaffke"], 400)
    assert held >= nominal(400)
    assert width < 1


@pytest.mark.slow
@pytest.mark.parametrize("count", [*range(2, 21), 30, 50, 100])
@pytest.mark.parametrize("population", SCORES, ids=lambda one: one.title)
def test_intervals_of_scores_hold_what_they_say_at_every_count(population: Population, count: int) -> None:
    assert coverage(population, count, METHODS["Gaffke"], 4000)[0] >= nominal(4000)


@pytest.mark.parametrize("count", [2, 3, 4, 5, 8, 14])
def test_intervals_of_differences_hold_what_they_say_where_gains_and_losses_balance(count: int) -> None:
    for population in DIFFERENCES[:2]:
        assert coverage(population, count, METHODS["Student's t"], 4000)[0] >= 0.92


def test_the_intervals_simulated_are_those_printed() -> None:
    values = np.random.default_rng(0).normal(0, 0.1, (9, 1))
    found = student_interval(values[:, 0])
    assert student(values)[:, 0] == pytest.approx((found.low, found.high))


@pytest.mark.parametrize("population", POPULATIONS, ids=lambda one: one.title)
def test_a_populations_mean_is_the_one_it_says(population: Population) -> None:
    drawn = population.draw(np.random.default_rng(0), (1000, 400))
    assert drawn.mean() == pytest.approx(population.mean, abs=5 * drawn.std() / np.sqrt(drawn.size))
    assert population.paired or (drawn.min() >= 0 and drawn.max() <= 1)


def test_what_was_printed_before_did_not() -> None:
    lost = next(one for one in SCORES if "lost" in one.title)
    assert coverage(lost, 4, METHODS["percentile"], 400)[0] < 0.6
    assert coverage(lost, 4, METHODS["Student's t"], 400)[0] < 0.6
