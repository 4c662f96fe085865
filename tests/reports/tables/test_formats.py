from __future__ import annotations

import csv
import io

from reports.tables.formats import to_csv, to_latex, to_markdown
from reports.tables.grid import Cell, Column, Table

TABLE = Table(
    "scores", "Scores & more", "50 % of a_b", (Column("Tracker", "text"), Column("AUC")),
    ((Cell("a_1|b", note="weights x", tracker="a_1|b"), Cell("0.123", 0.12345, "0.1 to 0.2", best=True)),
     (Cell("=2+2"), Cell("–"))), ("A note.",),
)  # fmt: skip


def test_markdown_has_one_row_a_row_and_notes_in_brackets() -> None:
    text = to_markdown(TABLE)
    assert "| a\\_1\\|b [weights x] | **0.123** [0.1 to 0.2] |" in text
    assert "|---|--:|" in text
    assert "Scores &amp; more" in text


def test_latex_needs_booktabs_alone_and_escapes() -> None:
    text = to_latex(TABLE)
    assert r"\toprule" in text
    assert r"\textbf{0.123} {\scriptsize 0.1 to 0.2} \\" in text
    assert r"50 \% of a\_b" in text
    assert r"\begin{tabular}{lr}" in text


def test_csv_has_numbers_unrounded_and_no_formulas() -> None:
    rows = list(csv.reader(io.StringIO(to_csv(TABLE))))
    assert rows[0] == ["Tracker", "Tracker (note)", "AUC", "AUC (note)"]
    assert rows[1] == ["a_1|b", "weights x", "0.12345", "0.1 to 0.2"]
    assert rows[2] == ["'=2+2", "", "–", ""]
