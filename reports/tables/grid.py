"""A table as a value: what every format is drawn from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from benchmark.p_values import p_text
from benchmark.signed import signed
from benchmark.statistics.best import Standing
from benchmark.statistics.intervals import Interval
from benchmark.statistics.paired import PairedDifference
from benchmark.studies.answer import Effect
from trackers.printable import printable

__all__ = [
    "EMPTY", "Cell", "Column", "Fact", "Table", "difference", "one_line", "p_cell", "score", "starred", "tracker_cell",
    "words",
]  # fmt: skip

Fact = float | str | None


@dataclass(frozen=True)
class Cell:
    """One cell."""

    text: str
    value: float | None = None
    """The number behind the text, unrounded."""
    note: str = ""
    """Smaller, below it: a caveat, a mark, a second number."""
    interval: Interval | None = None
    """Of the value; shown below it, before the note."""
    spec: str = ".3f"
    """How the interval's ends are written."""
    sign: bool = False
    """Whether they are differences, which have a sign."""
    tracker: str = ""
    """The tracker it names, for its colour."""
    standing: Standing = ""
    """Whether it may be called the best of its column."""
    facts: Mapping[str, Fact] = field(default_factory=dict)
    """What text and note say, each by itself, for the CSV: a column each."""
    link: str = ""
    """Where the text leads to on a page; "" nowhere."""

    @property
    def span(self) -> str:
        """The interval as text."""
        return " to ".join(self.ends)

    @property
    def ends(self) -> tuple[str, ...]:
        """The interval's ends as text; none without it."""
        ends = (self.interval.low, self.interval.high) if self.interval else ()
        return tuple(signed(one, self.spec) if self.sign else f"{one:z{self.spec}}" for one in ends)

    @property
    def below(self) -> str:
        """All that stands below the text."""
        return "; ".join(filter(None, (self.span, self.note)))

    def __post_init__(self) -> None:
        _make_plain(self, "text", "note")


@dataclass(frozen=True)
class Column:
    """One column."""

    heading: str
    key: str = ""
    """Its name in the CSV and for ``--columns``; "" where the facts of its cells say all."""
    kind: Literal["text", "number"] = "number"
    short: str = ""
    """Its heading on paper, where it is narrow."""
    aside: bool = False
    """Left out on paper unless it is asked for."""
    tracker: str = ""
    """Whose it is, where a table has a column a tracker: the CSV has a row a tracker instead."""
    facts: Mapping[str, Fact] = field(default_factory=dict)
    """What the CSV says of that tracker."""

    def __post_init__(self) -> None:
        _make_plain(self, "heading", "short")


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
    facts: Mapping[str, Fact] = field(default_factory=dict)
    """The same in every row of the CSV: what the numbers are of."""
    label: str = ""
    """What a paper refers to it by; its name where that is enough to tell it from other tables."""

    def __post_init__(self) -> None:
        _make_plain(self, "title", "caption")
        object.__setattr__(self, "notes", tuple(map(one_line, self.notes)))

    def _repr_html_(self) -> str:
        """Return the table as a notebook shows it."""
        from reports.tables.styled import styled

        return styled(self).to_html()


def _make_plain(part: Cell | Column | Table, *fields: str) -> None:
    """Make texts one line without control characters: whatever is drawn from the table needs not look again."""
    for name in fields:
        object.__setattr__(part, name, one_line(getattr(part, name)))


def one_line(text: str) -> str:
    """Return a text in one line without control characters."""
    return printable(" ".join(text.split()))


EMPTY = Cell("–")


def words(text: str, note: str = "", **facts: Fact) -> Cell:
    """Return a cell of text."""
    return Cell(text, note=note, facts=facts)


def score(value: float | None, interval: Interval | None = None, digits: int = 3, standing: Standing = "") -> Cell:
    """Return a cell of a number with its interval."""
    if value is None:
        return EMPTY
    return Cell(f"{value:z.{digits}f}", float(value), interval=interval, spec=f".{digits}f", standing=standing)


def difference(value: float, interval: Interval | None = None, note: str = "", **facts: Fact) -> Cell:
    """Return a cell of a difference, with its sign, and its interval."""
    return Cell(signed(value), float(value), note, interval, sign=True, facts=facts)


def starred(found: Effect | PairedDifference | None) -> Cell:
    """Return a cell of a difference among many, with a star where it is significant."""
    if found is None:
        return EMPTY
    star = "*" if found.significant else ""
    return Cell(f"{signed(found.difference)}{star}", found.difference, interval=found.interval, sign=True,
                facts={"p_holm": found.p_holm})  # fmt: skip


def p_cell(p: float | None) -> Cell:
    """Return a cell of a p value; an empty one where there is none."""
    return EMPTY if p is None else Cell(p_text(p), p)


def tracker_cell(name: str, beside: Sequence[str] = (), **facts: Fact) -> Cell:
    """Return a cell that names a tracker, with all that must stand beside its numbers: marks, where no `facts` say."""
    return Cell(name, note="; ".join(beside), tracker=name, facts=facts or {"marks": "; ".join(beside)})
