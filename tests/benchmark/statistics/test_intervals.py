from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from benchmark.statistics import mean_band, mean_interval
from benchmark.statistics.intervals import limits
from benchmark.statistics.resampling import draw_counts, resampled_means

scores = st.lists(st.floats(0, 1, width=32), min_size=2, max_size=30).map(np.array)


def test_draws_are_whole_samples_with_replacement() -> None:
    counts = draw_counts(7, draws=500)
    assert counts.shape == (500, 7)
    assert np.all(counts.sum(1) == 7)
    values = np.random.default_rng(0).random((7, 3))
    assert resampled_means(values, counts)[1, 4] == pytest.approx(np.repeat(values[:, 1], counts[4].astype(int)).mean())


@pytest.mark.parametrize("seed", range(3))
def test_unwidened_limits_equal_scipys_bca(seed: int) -> None:
    values = np.random.default_rng(seed).beta(1.5, 0.8, 40)
    level = 2 * stats.t.cdf(stats.norm.ppf(0.975) * np.sqrt(39 / 40), 39) - 1  # at which the widening is undone
    low, high = limits(values[:, None], draw_counts(40), level)[:, 0]
    theirs = stats.bootstrap((values,), np.mean, n_resamples=20_000, method="BCa", random_state=seed)
    expected = theirs.confidence_interval
    assert (low, high) == pytest.approx((expected.low, expected.high), abs=0.004)


def test_interval_of_many_nearly_normal_scores_is_students() -> None:
    values = np.random.default_rng(1).normal(0.5, 0.1, 400)
    found = mean_interval(values)
    assert found is not None
    half = stats.t.ppf(0.975, 399) * values.std(ddof=1) / 20
    assert (found.low, found.high) == pytest.approx((values.mean() - half, values.mean() + half), abs=0.001)


@settings(deadline=None, max_examples=40)
@given(scores)
def test_interval_lies_within_the_scores(values: np.ndarray) -> None:
    found = mean_interval(values, counts=draw_counts(len(values), 400))
    assert found is not None
    assert values.min() - 1e-9 <= found.low <= found.high <= values.max() + 1e-9


@settings(deadline=None, max_examples=25)
@given(scores, st.floats(0.1, 10), st.floats(-5, 5))
def test_interval_moves_and_scales_with_the_scores(values: np.ndarray, scale: float, shift: float) -> None:
    values = np.round(values, 3)
    counts = draw_counts(len(values), 400)
    one, two = mean_interval(values, counts=counts), mean_interval(values * scale + shift, counts=counts)
    assert one is not None
    assert two is not None
    assert (two.low, two.high) == pytest.approx((one.low * scale + shift, one.high * scale + shift), abs=1e-6)


def test_constant_scores_have_no_width_and_a_single_one_no_interval() -> None:
    assert mean_interval(np.full(9, 0.3)) == pytest.approx(mean_interval(np.full(9, 0.3)))
    band = mean_band(np.full((9, 2), 0.3))
    assert band is not None
    assert band.high - band.low == pytest.approx([0, 0], abs=1e-12)
    assert mean_interval(np.array([0.4])) is None


def test_wide_tables_are_cut_without_a_trace() -> None:
    values = np.random.default_rng(2).random((12, 600))
    counts = draw_counts(12, 300)
    band = mean_band(values, counts=counts)
    assert band is not None
    alone = mean_interval(values[:, 555], counts=counts)
    assert alone is not None
    assert (band.low[555], band.high[555]) == pytest.approx((alone.low, alone.high), abs=1e-12)


@pytest.mark.parametrize(("count", "least"), [(14, 0.94), (100, 0.94)])
def test_coverage_of_score_like_populations(count: int, least: float) -> None:
    rng = np.random.default_rng(0)
    low, high = limits(rng.beta(1.9, 1.4, (count, 2000)), draw_counts(count, 1000))
    assert least < np.mean((low <= 1.9 / 3.3) & (high >= 1.9 / 3.3)) < 0.97
