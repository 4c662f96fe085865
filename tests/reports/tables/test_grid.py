"""A cell says its number as it is rounded."""

from __future__ import annotations

import pytest

from benchmark.statistics.intervals import Interval
from reports.tables.grid import difference, score


@pytest.mark.parametrize(
    ("value", "text"), [(-0.0004, "0.000"), (0.0004, "0.000"), (-0.0, "0.000"), (-0.0006, "-0.001"), (0.25, "+0.250")]
)
def test_a_difference_that_rounds_to_nothing_is_neither_gain_nor_loss(value: float, text: str) -> None:
    cell = difference(value, Interval(-0.0004, 0.1))
    assert (cell.text, cell.span) == (text, "0.000 to +0.100")
    assert cell.value == value


def test_a_score_below_zero_by_rounding_alone_is_zero() -> None:
    cell = score(0.5, Interval(-0.0001, 0.9), digits=2)
    assert (cell.text, cell.span) == ("0.50", "0.00 to 0.90")
