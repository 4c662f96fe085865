from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import pytest

from reports.causes import cause_effects
from reports.model import build_report
from reports.tables import make_tables
from reports.tables.tidy import to_csv


def test_the_table_has_a_row_a_cause_and_its_csv_a_row_a_tracker(made_run: Path) -> None:
    report = build_report([made_run], frames=False)
    assert "causes" not in make_tables(report)
    acts = [((30, 59),), ((0, 89),), (), ((30, 59),), ((30, 59),), ((30, 59),)]
    names = ["blur", "blur", "plain", "scale", "scale", "scale"]
    views = tuple(
        replace(view, cause=cause, acts=own) for view, cause, own in zip(report.sequences, names, acts, strict=True)
    )
    causes = cause_effects(views, [one.name for one in report.scored], [])
    assert causes is not None
    table = make_tables(replace(report, sequences=views, causes=causes))["causes"]
    assert [row[0].text for row in table.rows] == ["all causes", "blur", "scale"]
    assert [(row[1].text, row[1].note) for row in table.rows] == [("5", "4 with both"), ("2", "1 with both"), ("3", "")]
    assert table.rows[1][2].interval is None, "one sequence with both kinds of frames"
    assert table.rows[2][2].interval is not None
    rows = list(csv.DictReader(to_csv(table).splitlines()))
    assert len(rows) == 3 * len(report.scored)
    for row in rows:
        inside, outside = float(row["inside"]), float(row["outside"])
        assert float(row["overlap_difference"]) == pytest.approx(inside - outside)
