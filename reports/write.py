"""Writes a report: the page, its figures, its tables and its data."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from benchmark.store.record import write_whole
from reports.html.page import render
from reports.model import Report
from reports.plain import to_plain
from reports.tables import Table, make_tables
from reports.tables.latex import Paper, to_latex
from reports.tables.markdown import to_markdown
from reports.tables.tidy import to_csv
from trackers.errors import InputError, did_you_mean

__all__ = ["write_report"]


def write_report(
    report: Report, folder: Path, *, figures: bool = True, paper: Paper | None = None, bands: bool = False,
    wide: bool = False,
) -> Path:  # fmt: skip
    """Write ``report.html``, ``report.md``, ``report.json``, ``tables/`` and ``figures/``; return the page's file.

    `figures` False leaves the separate figures out, which take most of the time; `paper` says how LaTeX tables
    are wanted; `bands` shows the bands of curves, `wide` adds figures that are a page wide.
    """
    from reports.plots.files import write_figures

    tables = make_tables(report)
    _check_columns(tables, paper)
    (folder / "tables").mkdir(parents=True, exist_ok=True)
    for name, table in tables.items():
        write_whole(folder / "tables" / f"{name}.tex", to_latex(table, paper).encode())
        write_whole(folder / "tables" / f"{name}.csv", to_csv(table).encode())
        write_whole(folder / "tables" / f"{name}.md", to_markdown(table).encode())
    write_whole(folder / "report.md", "\n".join(map(to_markdown, tables.values())).encode())
    write_whole(folder / "report.json", (json.dumps(to_plain(report), allow_nan=False) + "\n").encode())
    if figures:
        write_figures(report, folder / "figures", bands=bands, wide=wide)
    page = folder / "report.html"
    write_whole(page, render(report, tables, bands=bands).encode())
    return page


def _check_columns(tables: Mapping[str, Table], paper: Paper | None) -> None:
    known = sorted({column.key for table in tables.values() for column in table.columns if column.key})
    for key in paper.columns if paper else ():
        if key not in known:
            raise InputError(
                f"no table has a column {key!r}.{did_you_mean(key, known) or ' There are: ' + ', '.join(known)}"
            )
