from __future__ import annotations

import numpy as np
import pytest

from benchmark.statistics import critical_difference
from trackers.errors import InputError


def scores(**columns: list[float]) -> dict[str, dict[str, float]]:
    return {name: {f"S{i}": value for i, value in enumerate(column)} for name, column in columns.items()}


def test_ranks_and_critical_difference_by_hand() -> None:
    found = critical_difference(scores(a=[3, 3, 3, 1], b=[2, 2, 3, 2], c=[1, 1, 1, 3]))
    assert found.mean_ranks == pytest.approx({"a": (1 + 1 + 1.5 + 3) / 4, "b": (2 + 2 + 1.5 + 2) / 4, "c": 2.5})
    assert found.difference == pytest.approx(2.343 * np.sqrt(3 * 4 / (6 * 4)), abs=0.001)  # Demšar 2006, table 5
    assert found.groups == (("a", "b", "c"),)


def test_ten_classifiers_of_demsars_table() -> None:
    rng = np.random.default_rng(0)
    table = scores(**{f"t{i}": list(rng.random(30)) for i in range(10)})
    assert critical_difference(table).difference == pytest.approx(3.164 * np.sqrt(10 * 11 / (6 * 30)), abs=0.002)
    assert critical_difference(table).p > 0.001


def test_groups_are_the_longest_runs_that_do_not_differ() -> None:
    rng = np.random.default_rng(1)
    noise = rng.normal(0, 0.2, (4, 60))
    table = scores(**{name: list(level + noise[i]) for i, (name, level) in enumerate(zip("abcd", (4, 3.95, 2, 1)))})
    found = critical_difference(table)
    assert list(found.mean_ranks) == ["a", "b", "c", "d"]
    assert found.groups == (("a", "b"),)
    assert found.p < 1e-9


def test_equal_trackers_and_too_few() -> None:
    same = critical_difference(scores(a=[1, 2], b=[1, 2], c=[1, 2]))
    assert same.p == 1.0
    assert same.mean_ranks == {"a": 2, "b": 2, "c": 2}
    with pytest.raises(InputError, match="three trackers"):
        critical_difference(scores(a=[1, 2], b=[1, 2]))
    with pytest.raises(InputError, match="two or more sequences"):
        critical_difference({"a": {"S": 1.0}, "b": {"S": 1.0}, "c": {"T": 1.0}})
