from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from benchmark.statistics import mean_band, mean_interval
from benchmark.statistics.intervals import limits
from benchmark.statistics.resampling import draw_weights

scores = st.lists(st.floats(0, 1, width=32), min_size=2, max_size=30).map(np.array)


def test_weights_are_shares_of_every_sequence_and_one_more() -> None:
    weights = draw_weights(7, draws=20_000)
    assert weights.shape == (20_000, 8)
    assert weights.sum(1) == pytest.approx(1)
    assert weights.mean(0) == pytest.approx(1 / 8, abs=0.003)
    assert stats.kstest(weights[:, 3], stats.beta(1, 7).cdf).pvalue > 0.001


@pytest.mark.parametrize(("hits", "count"), [(0, 2), (1, 2), (2, 2), (3, 5), (13, 14), (40, 100)])
def test_of_hits_and_misses_it_is_the_exact_interval_of_clopper_and_pearson(hits: int, count: int) -> None:
    found = mean_interval(np.repeat([1.0, 0.0], [hits, count - hits]))
    exact = stats.binomtest(hits, count).proportion_ci(0.95, "exact")
    assert found is not None
    assert (found.low, found.high) == pytest.approx((exact.low, exact.high), abs=0.008)


@pytest.mark.parametrize("count", [2, 3, 14, 100])
def test_of_equal_scores_it_says_what_the_next_might_change(count: int) -> None:
    found = mean_interval(np.full(count, 0.7))
    assert found is not None
    rest = 0.025 ** (1 / count)  # the share left to those seen, where that of the next is as large as once in 40
    assert (found.low, found.high) == pytest.approx((0.7 * rest, 1 - 0.3 * rest), abs=0.006)


def test_interval_of_many_scores_is_nearly_students() -> None:
    values = np.random.default_rng(1).normal(0.5, 0.1, 4000).clip(0, 1)
    found = mean_interval(values, weights=draw_weights(4000, 4000))
    assert found is not None
    half = stats.t.ppf(0.975, 3999) * values.std(ddof=1) / np.sqrt(4000)
    assert (found.low, found.high) == pytest.approx((values.mean() - half, values.mean() + half), abs=0.0005)


@settings(deadline=None, max_examples=40)
@given(scores)
def test_interval_holds_the_mean_and_lies_where_scores_can(values: np.ndarray) -> None:
    found = mean_interval(values, weights=draw_weights(len(values), 400))
    assert found is not None
    assert 0 <= found.low <= values.mean() + 1e-9
    assert values.mean() - 1e-9 <= found.high <= 1 + 1e-9


@settings(deadline=None, max_examples=25)
@given(scores)
def test_failures_are_successes_turned_round(values: np.ndarray) -> None:
    weights = draw_weights(len(values), 400)
    one, two = mean_interval(values, weights=weights), mean_interval(1 - values, weights=weights)
    assert one is not None
    assert two is not None
    assert (one.low, one.high) == pytest.approx((1 - two.high, 1 - two.low), abs=1e-9)


def test_a_single_score_has_no_interval() -> None:
    assert mean_interval(np.array([0.4])) is None
    assert mean_band(np.full((1, 3), 0.4)) is None


def test_wide_tables_are_cut_without_a_trace() -> None:
    values = np.random.default_rng(2).random((12, 600))
    weights = draw_weights(12, 300)
    band = mean_band(values, weights=weights)
    assert band is not None
    alone = mean_interval(values[:, 555], weights=weights)
    assert alone is not None
    assert (band.low[555], band.high[555]) == pytest.approx((alone.low, alone.high), abs=1e-12)
    assert limits(values, weights)[:, 555] == pytest.approx((alone.low, alone.high), abs=1e-12)
