"""Tables as tidy frames and CSV, for programs: a column a value, a row an observation."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from reports.tables.grid import EMPTY, Cell, Column, Fact, Table, one_line

__all__ = ["to_csv", "to_frame"]

_FORMULA = ("=", "+", "-", "@")


def to_frame(table: Table) -> pd.DataFrame:
    """Return a table as a frame: numbers unrounded, the ends of intervals in columns of their own, None where missing.

    A column ``KEY`` with intervals is followed by ``KEY_low`` and ``KEY_high`` (95 %), then by what its cells say
    besides. A table with a column a tracker becomes a row a tracker. Every row ends with what its numbers are of.
    """
    rows = list(map(dict, _rows(table)))
    heads = list(dict.fromkeys(key for row in rows for key in row))
    return pd.DataFrame([[row.get(key) for key in heads] for row in rows], columns=heads, dtype=object)


def to_csv(table: Table) -> str:
    """Return `to_frame` of a table as CSV, empty where a value is missing."""
    return to_frame(table).map(_plain).to_csv(index=False, lineterminator="\n")


def _rows(table: Table) -> Iterator[list[tuple[str, Fact]]]:
    """Yield the rows as names and values, in the order of the columns."""
    bounded = {
        column.key for k, column in enumerate(table.columns) if any(row[k].interval is not None for row in table.rows)
    }
    owners = dict.fromkeys(column.tracker for column in table.columns if column.tracker)
    for row in table.rows:
        cells = list(zip(table.columns, row, strict=True))
        shared = [pair for column, cell in cells if not column.tracker for pair in _values(column, cell, bounded)]
        for owner in owners or [""]:
            own = [(column, cell) for column, cell in cells if owner and column.tracker == owner]
            named: list[tuple[str, Fact]] = [("tracker", owner), *own[0][0].facts.items()] if own else []
            values = [pair for column, cell in own for pair in _values(column, cell, bounded)]
            yield [*shared, *named, *values, *table.facts.items()]


def _values(column: Column, cell: Cell, bounded: set[str]) -> Iterator[tuple[str, Fact]]:
    if column.key:
        yield column.key, cell.value if column.kind == "number" else (cell.text if cell != EMPTY else None)
        if column.key in bounded:
            yield f"{column.key}_low", cell.interval.low if cell.interval else None
            yield f"{column.key}_high", cell.interval.high if cell.interval else None
    yield from cell.facts.items()


def _plain(value: Fact) -> str:
    """Return a number as short as it can be read back from, a text that no spreadsheet takes for a formula."""
    if value is None:
        return ""
    if isinstance(value, str):
        text = one_line(value)
        return f"'{text}" if text.startswith(_FORMULA) else text
    return str(int(value)) if float(value).is_integer() else repr(float(value))
