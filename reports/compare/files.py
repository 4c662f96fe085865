"""Writes a comparison: its page and its tables."""

from __future__ import annotations

from pathlib import Path

from benchmark.store.record import write_whole
from reports.compare.model import Comparison
from reports.compare.page import render
from reports.compare.tables import comparison_tables
from reports.tables.latex import to_latex
from reports.tables.markdown import to_markdown
from reports.tables.tidy import to_csv

__all__ = ["write_comparison"]


def write_comparison(comparison: Comparison, folder: Path) -> Path:
    """Write ``compare.html``, ``compare.md`` and ``tables/`` into a folder; return the page's file."""
    tables = comparison_tables(comparison)
    (folder / "tables").mkdir(parents=True, exist_ok=True)
    for name, table in tables.items():
        write_whole(folder / "tables" / f"{name}.tex", to_latex(table).encode())
        write_whole(folder / "tables" / f"{name}.csv", to_csv(table).encode())
    write_whole(folder / "compare.md", "\n".join(map(to_markdown, tables.values())).encode())
    page = folder / "compare.html"
    write_whole(page, render(comparison).encode())
    return page
