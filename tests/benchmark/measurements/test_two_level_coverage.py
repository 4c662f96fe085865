from __future__ import annotations

import numpy as np

from benchmark.measurements.two_level_coverage import POPULATIONS, PRINTED, coverage, student
from benchmark.statistics.paired import student_interval


def test_what_is_simulated_is_what_is_printed() -> None:
    values = np.random.default_rng(0).normal(0, 0.1, (1, 9))
    (low,), (high,) = student(values)
    interval = student_interval(values[0])
    np.testing.assert_allclose([low, high], [interval.low, interval.high])


def test_means_of_sequences_hold_the_mean_and_runs_taken_for_sequences_do_not() -> None:
    normal = POPULATIONS[0]
    held, _ = coverage(normal, 14, 10, PRINTED, 600)
    assert 0.92 <= held <= 0.98
    pooled, _ = coverage(normal, 14, 10, "all runs as sequences", 600)
    assert pooled < 0.7
