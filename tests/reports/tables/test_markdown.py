from __future__ import annotations

from benchmark.statistics.intervals import Interval
from reports.tables import Cell, Column, Table
from reports.tables.markdown import to_markdown


def test_one_row_a_row_and_what_stands_below_in_brackets() -> None:
    rows = (
        (Cell("a_1|b", note="weights x", tracker="a_1|b"),
         Cell("0.123", 0.12, interval=Interval(0.1, 0.2), standing="best")),
        (Cell("b"), Cell("0.122", 0.122, standing="alike")),
    )  # fmt: skip
    columns = (Column("Tracker", "tracker", "text"), Column("AUC", "auc"))
    text = to_markdown(Table("scores", "Scores & more", "50 % of a_b", columns, rows, ("A note.",)))
    assert "| a\\_1\\|b [weights x] | **0.123** [0.100 to 0.200] |" in text
    assert "| b | 0.122 ≈ |" in text
    assert "|---|--:|" in text
    assert "Scores &amp; more" in text
