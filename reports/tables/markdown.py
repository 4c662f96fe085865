"""Tables as GitHub's Markdown, for people."""

from __future__ import annotations

import re
from html import escape

from reports.tables.grid import Cell, Table

__all__ = ["plain_text", "to_markdown"]


def to_markdown(table: Table) -> str:
    """Return a table; numbers to the right, what stands below a number in brackets."""
    rules = ("---" if column.kind == "text" else "--:" for column in table.columns)
    lines = [
        f"### {plain_text(table.title)}", "", plain_text(table.caption), "",
        "| " + " | ".join(plain_text(column.heading) for column in table.columns) + " |",
        "|" + "|".join(rules) + "|",
        *("| " + " | ".join(_cell(cell) for cell in row) + " |" for row in table.rows), "",
        *(line for note in table.notes for line in (plain_text(note), "")),
    ]  # fmt: skip
    return "\n".join(lines)


def _cell(cell: Cell) -> str:
    text = plain_text(cell.text)
    text = {"best": f"**{text}**", "alike": f"{text} ≈"}.get(cell.standing, text)
    return f"{text} [{plain_text(cell.below)}]" if cell.below else text


def plain_text(text: str) -> str:
    """Return a text that Markdown, its HTML and its mathematics show as it is."""
    one_line = re.sub(r"[^\S\u00a0]+", " ", text).strip()  # spaces that hold a number to its unit stay
    return re.sub(r"([\\`*_{}\[\]|#$~])", r"\\\1", escape(one_line, quote=False))
