"""The report's tables in a notebook: pandas Stylers, which show themselves and write LaTeX."""

from __future__ import annotations

import html
from typing import Literal

import pandas as pd
from pandas.io.formats.style import Styler

from benchmark.notebook.loading import LoadedRun
from reports.model import build_report
from reports.tables.grid import Cell, Table
from reports.tables.make import make_tables
from reports.tables.tex import escape as escape_tex

__all__ = ["styled", "tables_of"]

BOLD = "font-weight: bold"


def tables_of(run: LoadedRun) -> dict[str, Table]:
    """Return every table that the run's report has, by name: ``scores``, ``answers``, ``sequences``, ..."""
    return make_tables(build_report([run.folder], frames=False))


def styled(table: Table, target: Literal["html", "latex"] = "html") -> Styler:
    """Return a table as a Styler whose texts are escaped for what it is going to be written as.

    ``styled(table, "latex").to_latex(hrules=True, convert_css=True)`` is a plain tabular with its caption; the report's
    own ``tables/*.tex`` are fitted to a paper's column, with notes.
    """
    heads = [column.short or column.heading if target == "latex" else column.heading for column in table.columns]
    rows = [[_text(cell) for cell in row] for row in table.rows]
    marks = [[BOLD if cell.standing == "best" else "" for cell in row] for row in table.rows]
    frame = pd.DataFrame(rows, columns=pd.Index(heads))
    style = frame.style.hide(axis="index").format(escape=target).format_index(escape=target, axis=1)
    if frame.columns.is_unique:  # a Styler marks no cell where two columns are called alike
        style = style.apply(lambda _: pd.DataFrame(marks, columns=frame.columns), axis=None)
    caption = f"{table.title}. {table.caption}."
    return style.set_caption(html.escape(caption) if target == "html" else escape_tex(caption))


def _text(cell: Cell) -> str:
    standing = " ≈" if cell.standing == "alike" else ""
    span = f" [{cell.span}]" if cell.span else ""
    note = f" ({cell.note})" if cell.note else ""
    return f"{cell.text}{standing}{span}{note}"
