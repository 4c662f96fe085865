from __future__ import annotations

from dataclasses import dataclass

import pytest

from benchmark.statistics.intervals import Interval
from reports.forest import SIGNS, Forest, Row, found_of


@dataclass(frozen=True)
class Effect:
    difference: float
    p_holm: float | None
    significant: bool


def row(difference: float, low: float | None = None, high: float | None = None, **more: object) -> Row:
    interval = None if low is None or high is None else Interval(low, high)
    return Row("b − a", difference, interval, 9, "not shown", **more)  # type: ignore[arg-type]


def test_a_difference_is_a_word() -> None:
    assert found_of(Effect(0.2, 0.01, True)) == "better"
    assert found_of(Effect(-0.2, 0.01, True)) == "worse"
    assert found_of(Effect(0.2, 0.2, False)) == "not shown"
    assert found_of(Effect(0.2, None, False)) == "one sequence"


def test_words_are_told_apart_without_colours() -> None:
    assert SIGNS["better"] != SIGNS["worse"] != SIGNS["not shown"] != SIGNS["better"]


def test_everything_that_is_drawn_lies_on_the_line_and_zero_in_its_middle() -> None:
    plot = Forest("success AUC", (row(0.1, 0.05, 0.15), row(-0.02, -0.3, 0.26, corrected=Interval(-0.4, 0.36))))
    assert plot.reach == 0.4
    assert plot.place(0) == 50
    assert plot.place(-0.4) == 3
    assert plot.place(0.4) == 97
    assert plot.ticks == (-0.2, 0.0, 0.2)
    assert Forest("success AUC", (row(0.001),), relevant=0.02).reach == 0.02


@pytest.mark.parametrize("reach", [0.003, 0.01, 0.0199, 0.05, 0.4, 1.0])
def test_ticks_are_round_and_within_reach(reach: float) -> None:
    low, zero, high = Forest("", (row(reach),)).ticks
    assert (low, zero) == (-high, 0.0)
    assert 0.39 * reach < high <= reach * (1 + 1e-9)
    assert len(f"{high:g}".replace(".", "").strip("0")) == 1


@pytest.mark.parametrize("rows", [(), (row(0.0),)])
def test_where_nothing_differs_there_is_still_a_scale(rows: tuple[Row, ...]) -> None:
    assert Forest("", rows).reach > 0
    assert Forest("", rows).place(0.0) == 50


def test_neighbours_of_a_group_stand_together() -> None:
    plot = Forest("", (row(0.1), row(0.2, group="a"), row(0.3, group="a")))
    assert [(name, len(rows)) for name, rows in plot.grouped(plot.rows)] == [("", 1), ("a", 2)]
