"""Tables as LaTeX floats that fit a paper's column or page; they need booktabs, tabularx and graphicx."""

from __future__ import annotations

import re
from collections.abc import Iterator

from reports.tables.grid import Cell, Table
from reports.tables.layout import UPRIGHT, Block, Paper, Slot, arrange, lines_below
from reports.tables.tex import FOOTNOTE, escape, width

__all__ = ["Paper", "to_latex"]

_HEAD = r"""% \usepackage{booktabs,tabularx,graphicx}
\providecommand{\below}[2]{\begin{tabular}[t]{@{}r@{}}#1\\[-1pt]{\scriptsize\begin{tabular}[t]{@{}r@{}}#2\end{tabular}}\end{tabular}}
"""


def to_latex(table: Table, paper: Paper | None = None) -> str:
    """Return a table as one float or, of many rows, several; as wide as a column, or as the page where it must be."""
    paper = paper or Paper()
    layout = arrange(table, paper)
    notes = _Footnotes()
    star = "*" if layout.starred else ""
    floats = []
    for number, blocks in enumerate(layout.floats):
        again = f" (continued, {number + 1} of {len(layout.floats)})" if number else ""
        caption = f"{table.title}{again}{'' if (table.title + again).endswith('?') else '.'} {table.caption}."
        body = [line for block in blocks for line in _block(table, block, paper, notes)]
        end = [_small(line) for line in (*table.notes, *notes.lines)] if number == len(layout.floats) - 1 else []
        floats += [
            rf"\begin{{table{star}}}[tbp]", r"\sloppy\centering\footnotesize\setlength{\tabcolsep}{3pt}",
            *([r"\addtocounter{table}{-1}"] if number else []),
            rf"\caption[{{{escape(table.title)}}}]{{{escape(caption)}}}",
            *([rf"\label{{tab:{_label(table.label or table.name)}}}"] if not number else []),
            *body, *end, rf"\end{{table{star}}}", "",
        ]  # fmt: skip
    return _HEAD + "\n".join(floats)


class _Footnotes:
    """What is too long to stand below a number: a letter each."""

    def __init__(self) -> None:
        self._letters: dict[str, str] = {}

    def letter(self, note: str) -> str:
        count = len(self._letters)
        turn, place = divmod(count, 26)
        return self._letters.setdefault(note, "abcdefghijklmnopqrstuvwxyz"[place] * (turn + 1))

    @property
    def lines(self) -> list[str]:
        return [f"{letter}: {note}" for note, letter in self._letters.items()]


def _block(table: Table, block: Block, paper: Paper, notes: _Footnotes) -> Iterator[str]:
    """Yield one tabular, with its headings."""
    flexible = [wide for slot, wide in zip(block.slots, block.widths, strict=True) if slot.flexible]
    kind = "tabularx" if flexible else "tabular"
    mean = sum(flexible) / len(flexible) if flexible else 0.0
    spec = "".join(
        _flexible(wide / mean) if slot.flexible else "l" if slot.column.kind == "text" else "r"
        for slot, wide in zip(block.slots, block.widths, strict=True)
    )
    yield rf"\begin{{{kind}}}" + (r"{\linewidth}" if flexible else "") + f"{{@{{}}{spec}@{{}}}}"
    yield r"\toprule"
    yield " & ".join(_heading(slot) for slot in block.slots) + r" \\"
    yield r"\midrule"
    for index in block.rows:
        row = table.rows[index]
        yield " & ".join(_cell(row[slot.index], slot, paper, notes) for slot in block.slots) + r" \\"
    yield r"\bottomrule"
    yield rf"\end{{{kind}}}\par\smallskip"


def _flexible(share: float) -> str:
    """Return the type of a column that wraps, with its share of what the numbers leave."""
    return rf">{{\hsize={share:.3f}\hsize\linewidth=\hsize\raggedright\arraybackslash}}X"


def _heading(slot: Slot) -> str:
    if slot.upright:
        high = min(width(slot.heading[0], FOOTNOTE) + 2, UPRIGHT)
        return rf"\rotatebox{{90}}{{\parbox{{{high:.0f}pt}}{{\raggedright {escape(slot.heading[0])}}}}}"
    if len(slot.heading) > 1:
        return r"\shortstack[r]{" + r"\\".join(map(escape, slot.heading)) + "}"
    return escape(slot.heading[0])


def _cell(cell: Cell, slot: Slot, paper: Paper, notes: _Footnotes) -> str:
    if slot.column.kind == "text":
        text = _stressed(escape(cell.text), cell)
        return rf"{text} {{\scriptsize {escape(cell.note)}}}" if cell.note else text
    text = _stressed(escape(_signed(cell.text)), cell)
    lines = lines_below(cell, paper)
    if cell.note and cell.note not in lines:
        text += rf"\rlap{{$^{{{notes.letter(cell.note)}}}$}}"
    below = r"\\".join(escape(_signed(line)) for line in lines)
    return rf"\below{{{text}}}{{{below}}}" if lines else text


def _signed(text: str) -> str:
    """Return a text whose hyphens before digits are minus signs."""
    return re.sub("-(?=[0-9.])", "−", text)


def _stressed(text: str, cell: Cell) -> str:
    if cell.standing == "best":
        return rf"\textbf{{{text}}}"
    return rf"{text}\rlap{{$^{{\scriptscriptstyle\approx}}$}}" if cell.standing == "alike" else text


def _small(note: str) -> str:
    return rf"\parbox{{\linewidth}}{{\scriptsize\raggedright {escape(note)}}}\par"


def _label(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9-]", "-", name)
