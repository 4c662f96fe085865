from __future__ import annotations

import pytest

from benchmark.statistics import repeats
from trackers.errors import InputError


def test_spread_over_runs_is_apart_from_spread_over_sequences() -> None:
    found = repeats([{"A": 0.2, "B": 0.8}, {"A": 0.4, "B": 0.8}])
    assert found.means == pytest.approx((0.5, 0.6))
    assert found.deviation == pytest.approx(0.1 / 2**0.5)
    assert found.by_sequence == pytest.approx({"A": 0.3, "B": 0.8})
    assert found.deviation_by_sequence == pytest.approx({"A": 0.2 / 2**0.5, "B": 0.0})


def test_one_run_has_no_spread_and_unequal_runs_are_refused() -> None:
    found = repeats([{"A": 0.2}])
    assert (found.deviation, found.deviation_by_sequence) == (None, None)
    with pytest.raises(InputError, match="differ in their sequences: B"):
        repeats([{"A": 0.2}, {"A": 0.2, "B": 0.1}])
    with pytest.raises(InputError, match="no run"):
        repeats([])
