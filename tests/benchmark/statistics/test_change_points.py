from __future__ import annotations

import numpy as np
import pytest

from benchmark.statistics.change_points import change_points


def test_levels_are_found_where_they_begin() -> None:
    rng = np.random.default_rng(0)
    series = np.concatenate([rng.normal(level, 0.01, 12) for level in (1.0, 1.3, 0.9)])
    found = change_points(series)
    assert [one.index for one in found] == [12, 24]
    assert found[0].before == pytest.approx(1.0, abs=0.01)
    assert found[1].after == pytest.approx(0.9, abs=0.01)


def test_noise_is_seldom_taken_for_a_change() -> None:
    rng = np.random.default_rng(1)
    false = sum(bool(change_points(rng.normal(1, 0.1, 30))) for _ in range(200))
    assert false <= 8


def test_what_never_changes_and_what_is_short_has_no_change() -> None:
    assert change_points([1.0] * 30) == []
    assert change_points([1.0, 1.0, 5.0, 5.0]) == []
    assert change_points([]) == []


def test_a_small_change_does_not_count() -> None:
    series = [1.0 + 0.001 * (i % 3) for i in range(15)] + [1.02 + 0.001 * (i % 3) for i in range(15)]
    assert [one.index for one in change_points(series)] == [15]
    assert change_points(series, effect=0.05) == []
