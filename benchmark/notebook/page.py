"""What a value shows of itself in a notebook: a heading, what its numbers are of, a table, and remarks; all escaped."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

import pandas as pd

from trackers.printable import printable

__all__ = ["page"]


def page(title: str, about: str, table: pd.DataFrame, remarks: Iterable[str] = ()) -> str:
    """Return the HTML; texts may be anybody's."""
    lines = "".join(f"<li>{_plain(line)}</li>" for line in remarks)
    notes = f"<ul>{lines}</ul>" if lines else ""
    shown = table.rename_axis(index=None, columns=None).map(_printable).rename(index=_printable)
    rows = shown.to_html(escape=True, na_rep="–", border=0, max_rows=60)
    return f"<div><p><strong>{_plain(title)}</strong><br>{_plain(about)}</p>{rows}{notes}</div>"


def _printable(value: object) -> object:
    return printable(value) if isinstance(value, str) else value


def _plain(text: str) -> str:
    return escape(printable(text))
