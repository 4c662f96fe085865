from __future__ import annotations

import io

import pandas as pd
import pytest

from benchmark.statistics.intervals import Interval
from reports.labels import measure_names
from reports.model import Report
from reports.tables import Cell, Column, Table, make_tables
from reports.tables.grid import EMPTY, one_line
from reports.tables.tidy import to_csv


def read(table: Table) -> pd.DataFrame:
    return pd.read_csv(io.StringIO(to_csv(table)), keep_default_na=False, na_values=[""])


def test_a_value_has_a_column_and_what_is_missing_is_empty() -> None:
    table = Table(
        "scores", "Scores", "", (Column("Tracker", "tracker", "text"), Column("AUC", "auc")),
        ((Cell("=2+2", facts={"marks": "m"}), Cell("0.123", 0.12345, "a note", Interval(0.1, 1 / 3))),
         (Cell("b"), EMPTY)),
        facts={"profile": "otb"},
    )  # fmt: skip
    assert to_csv(table).splitlines() == [
        "tracker,marks,auc,auc_low,auc_high,profile",
        f"'=2+2,m,0.12345,0.1,{1 / 3!r},otb",
        "b,,,,,otb",
    ]


def test_a_column_a_tracker_becomes_a_row_a_tracker() -> None:
    columns = (Column("Attribute", "attribute", "text"), Column("a (x)", "auc", tracker="a", facts={"marks": "x"}),
               Column("b", "auc", tracker="b"))  # fmt: skip
    table = Table("attributes", "", "", columns, ((Cell("IV"), Cell(".5", 0.5), Cell("1", 1)),))
    assert to_csv(table).splitlines() == ["attribute,tracker,marks,auc", "IV,a,x,0.5", "IV,b,,1"]


def test_what_is_read_are_the_numbers_of_the_scores(reports: dict[str, Report]) -> None:
    for report in reports.values():
        tables = make_tables(report)
        scores, sequences = read(tables["scores"]), read(tables["sequences"])
        assert len(scores) == len(report.scores.trackers)
        assert len(sequences) == len(report.scores.trackers) * len(report.sequences)
        for one in report.scored:
            assert one.summary is not None
            plain = f"'{one.name}" if one.name.startswith("-") else one_line(one.name)
            row = scores[scores.tracker == plain].iloc[0]
            for measure in measure_names(report.profile):
                bounds = one.intervals[measure]
                assert row[measure] == getattr(one.summary.overall, measure)
                assert (row[f"{measure}_low"], row[f"{measure}_high"]) == (bounds.low, bounds.high)
            own = sequences[sequences.tracker == plain].set_index("sequence")
            for name, found in one.sequences.items():
                assert (own.auc[name], own.precision[name]) == (found.auc, found.precision)
            for name in one.failed:
                assert own.status[name] == "failed"
                assert pd.isna(own.auc[name])


@pytest.mark.parametrize("name", ["usual", "hostile"])
def test_every_table_has_headings_once_and_numbers_in_number_columns(reports: dict[str, Report], name: str) -> None:
    for table in make_tables(reports[name]).values():
        frame = read(table)
        heads = to_csv(table).splitlines()[0].split(",")
        assert len(set(heads)) == len(heads)
        assert all(heads)
        for column in table.columns:
            if column.key and column.kind == "number":
                ends = [key for key in (f"{column.key}_low", f"{column.key}_high") if key in frame]
                assert all(pd.api.types.is_numeric_dtype(frame[key]) for key in (column.key, *ends)), table.name


def test_no_key_stands_twice(reports: dict[str, Report]) -> None:
    for table in make_tables(reports["usual"]).values():
        keys = [(column.key, column.tracker) for column in table.columns if column.key]
        assert len(set(keys)) == len(keys), table.name
