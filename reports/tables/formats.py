"""Tables as files: Markdown, LaTeX (booktabs) and CSV."""

from __future__ import annotations

import csv
import io
import re
from html import escape

from reports.tables.grid import Cell, Table

__all__ = ["to_csv", "to_latex", "to_markdown"]

_LATEX = {
    "\\": r"\textbackslash{}", "&": r"\&", "%": r"\%", "$": r"\$", "#": r"\#", "_": r"\_", "{": r"\{", "}": r"\}",
    "~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "<": r"\textless{}", ">": r"\textgreater{}",
    "–": "--", "−": "$-$", "→": r"$\rightarrow$", "≥": r"$\geq$", "≤": r"$\leq$", "…": r"\ldots{}", "\u00a0": "~",
    "±": r"$\pm$", "×": r"$\times$", "|": r"\textbar{}", '"': "''",
}  # fmt: skip
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def to_markdown(table: Table) -> str:
    """Return a table as GitHub's Markdown; numbers to the right, notes in brackets."""
    rules = ("---" if column.kind == "text" else "--:" for column in table.columns)
    lines = [
        f"### {_markdown(table.title)}", "", _markdown(table.caption), "",
        "| " + " | ".join(_markdown(column.heading) for column in table.columns) + " |",
        "|" + "|".join(rules) + "|",
        *("| " + " | ".join(_markdown_cell(cell) for cell in row) + " |" for row in table.rows), "",
        *(line for note in table.notes for line in (_markdown(note), "")),
    ]  # fmt: skip
    return "\n".join(lines)


def to_latex(table: Table) -> str:
    """Return a table environment that needs the package booktabs alone."""
    align = "".join("l" if column.kind == "text" else "r" for column in table.columns)
    caption = f"{table.title}. {table.caption}." + "".join(f" {note}" for note in table.notes)
    lines = [
        r"\begin{table}", r"\centering", rf"\caption{{{_latex(caption)}}}", rf"\label{{tab:{_label(table.name)}}}",
        rf"\begin{{tabular}}{{{align}}}", r"\toprule",
        " & ".join(_latex(column.heading) for column in table.columns) + r" \\", r"\midrule",
        *(" & ".join(_latex_cell(cell) for cell in row) + r" \\" for row in table.rows),
        r"\bottomrule", r"\end{tabular}", r"\end{table}", "",
    ]  # fmt: skip
    return "\n".join(lines)


def to_csv(table: Table) -> str:
    """Return a table as CSV: every number unrounded, a further column for the notes of each column that has some."""
    noted = [any(row[k].note for row in table.rows) for k in range(len(table.columns))]
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    heads = []
    for column, has_notes in zip(table.columns, noted, strict=True):
        heads += [column.heading, f"{column.heading} (note)"] if has_notes else [column.heading]
    writer.writerow(map(_plain, heads))
    for row in table.rows:
        cells: list[object] = []
        for cell, has_notes in zip(row, noted, strict=True):
            cells.append(_plain(cell.text) if cell.value is None else _number(cell.value))
            cells += [_plain(cell.note)] if has_notes else []
        writer.writerow(cells)
    return file.getvalue()


def _number(value: float) -> str:
    """Return a number as short as it can be read back from."""
    return str(int(value)) if float(value).is_integer() else repr(float(value))


def _plain(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula."""
    return (
        f"'{text}" if text.startswith(_FORMULA) and not re.fullmatch(r"[-+]?[\d.]+( to [-+]?[\d.]+)?", text) else text
    )


def _markdown_cell(cell: Cell) -> str:
    text = f"**{_markdown(cell.text)}**" if cell.best else _markdown(cell.text)
    return f"{text} [{_markdown(cell.note)}]" if cell.note else text


def _markdown(text: str) -> str:
    return re.sub(r"([\\`*_{}\[\]|#])", r"\\\1", escape(" ".join(text.split()), quote=False))


def _latex_cell(cell: Cell) -> str:
    text = rf"\textbf{{{_latex(cell.text)}}}" if cell.best else _latex(cell.text)
    return rf"{text} {{\scriptsize {_latex(cell.note)}}}" if cell.note else text


def _latex(text: str) -> str:
    return "".join(_LATEX.get(character, character) for character in " ".join(text.split()))


def _label(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9-]", "-", name)
