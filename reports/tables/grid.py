"""A table as a value: what every format is drawn from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from benchmark.statistics.intervals import Interval
from trackers.printable import printable

__all__ = ["Cell", "Column", "Table", "score", "tracker_cell", "words"]


@dataclass(frozen=True)
class Cell:
    """One cell."""

    text: str
    value: float | None = None
    """The number behind the text, unrounded."""
    note: str = ""
    """Smaller, below it: an interval, a caveat, a mark."""
    tracker: str = ""
    """The tracker it names, for its colour."""
    best: bool = False

    def __post_init__(self) -> None:
        _make_plain(self, "text", "note")


@dataclass(frozen=True)
class Column:
    """One column."""

    heading: str
    kind: Literal["text", "number"] = "number"

    def __post_init__(self) -> None:
        _make_plain(self, "heading")


@dataclass(frozen=True)
class Table:
    """One table."""

    name: str
    """Of its files."""
    title: str
    caption: str
    """What the numbers are of: dataset and how much of it, protocol, profile, marks."""
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    notes: tuple[str, ...] = ()
    """Below the table."""

    def __post_init__(self) -> None:
        _make_plain(self, "title", "caption")
        object.__setattr__(self, "notes", tuple(map(_one_line, self.notes)))


def _make_plain(part: Cell | Column | Table, *fields: str) -> None:
    """Make texts one line without control characters: whatever is drawn from the table needs not look again."""
    for name in fields:
        object.__setattr__(part, name, _one_line(getattr(part, name)))


def _one_line(text: str) -> str:
    return printable(" ".join(text.split()))


def words(text: str, note: str = "") -> Cell:
    """Return a cell of text."""
    return Cell(text, note=note)


def score(value: float | None, interval: Interval | None = None, digits: int = 3, best: bool = False) -> Cell:
    """Return a cell of a number with its interval."""
    if value is None:
        return Cell("–")
    note = f"{interval.low:.{digits}f} to {interval.high:.{digits}f}" if interval else ""
    return Cell(f"{value:.{digits}f}", value, note, best=best)


def tracker_cell(name: str, marks: Sequence[str] = ()) -> Cell:
    """Return a cell that names a tracker, with all that must stand beside its numbers."""
    return Cell(name, note="; ".join(marks), tracker=name)
