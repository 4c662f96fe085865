from __future__ import annotations

import numpy as np
import pytest

from benchmark.statistics.bands import LEAST, simultaneous_band
from benchmark.statistics.paired import student_interval


def test_a_curve_of_one_point_has_students_interval() -> None:
    values = np.random.default_rng(0).normal(0.1, 0.2, 20)
    band, interval = simultaneous_band(values[:, None], draws=200_000), student_interval(values)
    assert band is not None
    assert (band.low[0], band.high[0]) == pytest.approx((interval.low, interval.high), abs=2e-3)


def test_a_band_is_as_wide_everywhere_and_wider_than_any_points_interval() -> None:
    values = np.random.default_rng(1).normal(0, np.linspace(0.05, 0.2, 21), (30, 21))
    band = simultaneous_band(values)
    assert band is not None
    widths = band.high - band.low
    assert np.ptp(widths) < 1e-12
    widest = student_interval(values[:, values.std(0).argmax()])
    assert widths[0] > widest.high - widest.low


def test_few_sequences_have_no_band() -> None:
    values = np.random.default_rng(2).normal(0, 1, (LEAST, 5))
    assert simultaneous_band(values) is not None
    assert simultaneous_band(values[1:]) is None


def test_the_same_curves_have_a_band_without_width() -> None:
    band = simultaneous_band(np.zeros((20, 4)))
    assert band is not None
    assert not band.low.any()
    assert not band.high.any()


def test_a_band_holds_the_whole_true_curve_as_often_as_it_says() -> None:
    rng, held = np.random.default_rng(3), 0
    thresholds = np.linspace(0, 1, 21)
    for seed in range(200):
        bends = rng.normal(0, 0.1, (20, 1)) * np.sin(np.pi * thresholds) + rng.normal(0, 0.03, (20, 21))
        band = simultaneous_band(bends, draws=1000, seed=seed)
        assert band is not None
        held += bool(((band.low <= 0) & (band.high >= 0)).all())
    assert 182 <= held <= 200, "95 %, give or take three standard deviations of 200 tries"
