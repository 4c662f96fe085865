from __future__ import annotations

from pathlib import Path

from benchmark import load
from reports.model import Report
from reports.tables import Cell, Column, Table, make_tables
from reports.tables.styled import styled, tables_of

HOSTILE = Table(
    "t", "A <b>title</b> & 50%", "of <i>all</i>", (Column("<Name>_$", "name", "text"), Column("AUC", "auc")),
    ((Cell("<script>alert(1)</script>"), Cell("0.5", 0.5, standing="best")), (Cell(r"a_b & \c"), Cell("0.4", 0.4))),
)  # fmt: skip


def test_nothing_of_a_text_is_markup_in_a_notebook() -> None:
    shown = HOSTILE._repr_html_()
    for tag in ("<script>", "<b>", "<i>", "<Name>"):
        assert tag not in shown
    assert "&lt;script&gt;" in shown
    assert "A &lt;b&gt;title&lt;/b&gt; &amp; 50%. of" in shown
    assert "font-weight: bold" in shown


def test_latex_is_escaped_and_the_best_is_bold() -> None:
    text = styled(HOSTILE, "latex").to_latex(hrules=True, convert_css=True)
    assert r"a\_b \& \textbackslash c" in text
    assert r"\bfseries 0.5" in text
    assert r"50\%" in text
    assert r"\toprule" in text


def test_the_tables_are_those_of_the_report(made_run: Path) -> None:
    found = tables_of(load(made_run))
    assert {"scores", "answers", "sequences"} <= set(found)
    for table in found.values():
        assert "<table" in table._repr_html_()
        assert r"\begin{tabular}" in styled(table, "latex").to_latex(hrules=True, convert_css=True)
    shown = found["scores"]._repr_html_()
    assert all(name in shown for name in ("siamfc", "memtrack", "dualmn"))


def test_every_table_of_hostile_names_can_be_shown(reports: dict[str, Report]) -> None:
    for table in make_tables(reports["hostile"]).values():
        assert "<table" in styled(table).to_html()
        assert r"\begin{tabular}" in styled(table, "latex").to_latex()
