"""How a table lies on paper: which columns, how wide, in how many panels and floats."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from reports.tables.grid import Cell, Column, Table
from reports.tables.tex import FOOTNOTE, SCRIPT, longest_piece, width

__all__ = ["COLUMN", "PAGE", "Block", "Layout", "Paper", "Slot", "arrange", "lines_below"]

COLUMN, PAGE = 240.0, 500.0
"""Points of a two-column paper's column, and of its page."""
SPARE = 0.97
"""The part of the width that is used: widths are estimates."""
GAP = 6.0
"""Points between columns: twice ``\\tabcolsep``."""
FLEXIBLE, EASY = 62.0, 120.0
"""Points that a column of wrapped text needs at the least, and has where there is room."""
SHORT = 50.0
"""Points up to which a text stands in one line and a note below its number; longer ones wrap, or become footnotes."""
UPRIGHT = 85.0
"""Points that an upright heading is high at the most."""
LINES = 46
"""Lines that a float may hold, its caption left out."""
LINE = 9.5


@dataclass(frozen=True)
class Paper:
    """How a user wants tables on paper."""

    columns: tuple[str, ...] = ()
    """Keys of the columns to show; () shows all that are not aside. A table that has none of them stays whole."""
    intervals: bool = True
    width: Literal["auto", "column", "page"] = "auto"
    """``auto`` takes a column where the table fits into one."""


@dataclass(frozen=True)
class Slot:
    """One column on paper."""

    index: int
    """Of the table's column."""
    column: Column
    least: float
    """Points it needs."""
    natural: float
    """Points it would take without a break."""
    heading: tuple[str, ...]
    """Line by line."""

    @property
    def flexible(self) -> bool:
        """Whether its text wraps."""
        return self.column.kind == "text" and self.natural > SHORT

    @property
    def upright(self) -> bool:
        """Whether its heading stands upright."""
        return bool(self.column.tracker)


@dataclass(frozen=True)
class Block:
    """Some rows of some columns: what one ``tabular`` holds."""

    slots: tuple[Slot, ...]
    widths: tuple[float, ...]
    """Points of each slot."""
    rows: range
    lines: int


@dataclass(frozen=True)
class Layout:
    """A table on paper."""

    starred: bool
    """Whether it spans the page's columns."""
    floats: tuple[tuple[Block, ...], ...]


def arrange(table: Table, paper: Paper) -> Layout:
    """Return where everything stands; nothing is wider than the column, or page, that the table is for."""
    slots = [_slot(table, index, paper) for index in _chosen(table, paper)]
    starred = paper.width == "page" or (paper.width == "auto" and _total(slots, EASY) > COLUMN * SPARE)
    room = (PAGE if starred else COLUMN) * SPARE
    blocks = [block for panel in _panels(slots, room) for block in _blocks(table, panel, room, paper)]
    floats: list[list[Block]] = []
    for block in blocks:
        if not floats or sum(one.lines for one in floats[-1]) + block.lines > LINES:
            floats.append([])
        floats[-1].append(block)
    return Layout(starred, tuple(map(tuple, floats)))


def lines_below(cell: Cell, paper: Paper) -> tuple[str, ...]:
    """Return what stands below a number, line by line: its interval, and a note where it is short."""
    span = f"[{', '.join(cell.ends)}]" if cell.interval else ""
    note = cell.note if width(cell.note, SCRIPT) <= SHORT else ""
    return tuple(filter(None, (span if paper.intervals else "", note)))


def _chosen(table: Table, paper: Paper) -> list[int]:
    named = [k for k, column in enumerate(table.columns) if k and column.key in paper.columns]
    return [0, *(named or (k for k, column in enumerate(table.columns) if k and not column.aside))]


def _slot(table: Table, index: int, paper: Paper) -> Slot:
    column = table.columns[index]
    cells = [row[index] for row in table.rows]
    title = column.short or column.heading
    if column.kind == "text":
        natural = max(
            [width(title, FOOTNOTE), *(width(one.text, FOOTNOTE, True) + width(one.note, SCRIPT) for one in cells)]
        )
        return Slot(index, column, natural if natural <= SHORT else FLEXIBLE, natural, (title,))
    content = max((_number_width(one, paper) for one in cells), default=0.0)
    if column.tracker:
        folds = math.ceil(1.2 * width(title, FOOTNOTE) / UPRIGHT) if width(title, FOOTNOTE) > UPRIGHT else 1
        wide = max(content, folds * LINE)
        return Slot(index, column, wide, wide, (title,))
    target = max(content, longest_piece(title, FOOTNOTE))
    lines = _folded(title, target)
    wide = max(content, *(width(line, FOOTNOTE) for line in lines))
    return Slot(index, column, wide, wide, lines)


def _number_width(cell: Cell, paper: Paper) -> float:
    return max(width(cell.text, FOOTNOTE, True), *(width(one, SCRIPT) for one in lines_below(cell, paper)), 0.0)


def _folded(title: str, target: float) -> tuple[str, ...]:
    """Return a heading in lines of a width, words whole."""
    lines: list[str] = []
    for word in title.split():
        joined = f"{lines[-1]} {word}" if lines else word
        if lines and width(joined, FOOTNOTE) <= target:
            lines[-1] = joined
        else:
            lines.append(word)
    return tuple(lines) or ("",)


def _total(slots: Sequence[Slot], easy: float = 0.0) -> float:
    """Return the points that columns need side by side; one that wraps up to `easy`, where its text is as long."""
    return sum(max(one.least, min(one.natural, easy)) for one in slots) + GAP * (len(slots) - 1)


def _panels(slots: Sequence[Slot], room: float) -> list[list[Slot]]:
    """Return the columns in as many panels as the room asks for, as even as may be, the first column in each."""
    head, rest = slots[0], list(slots[1:])
    for count in range(1, len(rest) + 1):
        size = math.ceil(len(rest) / count)
        panels = [[head, *rest[k : k + size]] for k in range(0, len(rest), size)]
        if all(_total(panel) <= room for panel in panels):
            return panels
    return [[head, one] for one in rest] or [[head]]


def _widths(panel: Sequence[Slot], room: float) -> tuple[float, ...]:
    flexible = [one for one in panel if one.flexible]
    free = room - _total(panel)
    weights = sum(min(one.natural, 300.0) for one in flexible)
    return tuple(FLEXIBLE + free * min(one.natural, 300.0) / weights if one.flexible else one.least for one in panel)


def _blocks(table: Table, panel: Sequence[Slot], room: float, paper: Paper) -> Iterator[Block]:
    """Yield a panel's rows in pieces that a float can hold."""
    widths = _widths(panel, room)
    top = 1 + max(math.ceil(_heading_height(one) / LINE) for one in panel)
    first, lines = 0, top
    for index, row in enumerate(table.rows):
        own = max(_lines(row[one.index], one, wide, paper) for one, wide in zip(panel, widths, strict=True))
        if index > first and lines + own > LINES:
            yield Block(tuple(panel), widths, range(first, index), lines)
            first, lines = index, top
        lines += own
    yield Block(tuple(panel), widths, range(first, len(table.rows)), lines)


def _heading_height(slot: Slot) -> float:
    return min(width(slot.heading[0], FOOTNOTE), UPRIGHT) if slot.upright else LINE * len(slot.heading)


def _lines(cell: Cell, slot: Slot, wide: float, paper: Paper) -> int:
    if slot.column.kind == "number":
        return 1 + len(lines_below(cell, paper))
    length = 1.25 * (width(cell.text, FOOTNOTE) + width(cell.note, SCRIPT))
    return math.ceil(length / wide) if slot.flexible else 1
