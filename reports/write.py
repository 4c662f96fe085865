"""Writes a report: the page, its figures, its tables and its data."""

from __future__ import annotations

import json
from pathlib import Path

from benchmark.store.record import write_whole
from reports.html.page import render
from reports.model import Report
from reports.plain import to_plain
from reports.tables import make_tables
from reports.tables.formats import to_csv, to_latex, to_markdown

__all__ = ["write_report"]


def write_report(report: Report, folder: Path, *, figures: bool = True) -> Path:
    """Write ``report.html``, ``report.md``, ``report.json``, ``tables/`` and ``figures/``; return the page's file.

    `figures` False leaves the separate figures out, which take most of the time.
    """
    from reports.plots.files import write_figures

    tables = make_tables(report)
    (folder / "tables").mkdir(parents=True, exist_ok=True)
    for name, table in tables.items():
        write_whole(folder / "tables" / f"{name}.tex", to_latex(table).encode())
        write_whole(folder / "tables" / f"{name}.csv", to_csv(table).encode())
        write_whole(folder / "tables" / f"{name}.md", to_markdown(table).encode())
    write_whole(folder / "report.md", "\n".join(map(to_markdown, tables.values())).encode())
    write_whole(folder / "report.json", (json.dumps(to_plain(report), allow_nan=False) + "\n").encode())
    if figures:
        write_figures(report, folder / "figures")
    page = folder / "report.html"
    write_whole(page, render(report, tables).encode())
    return page
