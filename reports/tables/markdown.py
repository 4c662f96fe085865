"""Tables as GitHub's Markdown, for people."""

from __future__ import annotations

import re
from html import escape

from reports.tables.grid import Cell, Table

__all__ = ["to_markdown"]


def to_markdown(table: Table) -> str:
    """Return a table; numbers to the right, what stands below a number in brackets."""
    rules = ("---" if column.kind == "text" else "--:" for column in table.columns)
    lines = [
        f"### {_text(table.title)}", "", _text(table.caption), "",
        "| " + " | ".join(_text(column.heading) for column in table.columns) + " |",
        "|" + "|".join(rules) + "|",
        *("| " + " | ".join(_cell(cell) for cell in row) + " |" for row in table.rows), "",
        *(line for note in table.notes for line in (_text(note), "")),
    ]  # fmt: skip
    return "\n".join(lines)


def _cell(cell: Cell) -> str:
    text = _text(cell.text)
    text = {"best": f"**{text}**", "alike": f"{text} ≈"}.get(cell.standing, text)
    return f"{text} [{_text(cell.below)}]" if cell.below else text


def _text(text: str) -> str:
    return re.sub(r"([\\`*_{}\[\]|#])", r"\\\1", escape(" ".join(text.split()), quote=False))
