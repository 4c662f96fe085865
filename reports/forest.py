"""A forest of differences: each a row, its interval on one scale with the others, and what it shows as a word.

Answers, studies, comparisons and causes of failure are all shown so, on pages and in figures.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Literal, Protocol

from benchmark.statistics.intervals import Interval

__all__ = ["SIGNS", "Forest", "Found", "Row", "found_of"]

Found = Literal["better", "worse", "alike", "the same", "not shown", "one sequence"]
SIGNS: dict[Found, str] = {
    "better": "▲", "worse": "▼", "alike": "≈", "the same": "=", "not shown": "○", "one sequence": "○",
}  # fmt: skip
"""What stands before the word: told apart without colours too."""


class Difference(Protocol):
    """A mean difference with its test."""

    @property
    def difference(self) -> float: ...
    @property
    def p_holm(self) -> float | None: ...
    @property
    def significant(self) -> bool: ...


def found_of(one: Difference) -> Found:
    """Return what a difference shows; ``one sequence`` shows nothing of others."""
    if one.p_holm is None:
        return "one sequence"
    if not one.significant:
        return "not shown"
    return "better" if one.difference > 0 else "worse"


@dataclass(frozen=True)
class Row:
    """One difference."""

    title: str
    """``other − base``, or whatever the difference is of."""
    difference: float
    interval: Interval | None
    """95 %; None for a single sequence."""
    sequences: int
    found: Found
    asks: str = ""
    """The question, where it is asked in words."""
    counts: str = ""
    """Sequences on which it is better, alike and worse."""
    beside: str = ""
    """What stands below the word: the verdict against a paper."""
    words: tuple[str, ...] = ()
    """The same in sentences, a paragraph each: behind a click."""
    corrected: Interval | None = None
    """The interval that holds for all rows of its group at once, where there is one."""
    group: str = ""
    """What stands above the rows that share it."""
    said: str = ""
    """What it shows in words, where these say more than `found`."""

    @property
    def word(self) -> str:
        """What it shows."""
        return self.said or self.found

    @property
    def below(self) -> str:
        """What stands below the question: the title, unless the question names both already."""
        return "" if all(name in self.asks for name in self.title.split(" − ")) else self.title


@dataclass(frozen=True)
class Forest:
    """Rows on one scale."""

    measure: str
    """What differs."""
    rows: tuple[Row, ...]
    relevant: float = 0.0
    """The smallest difference that counts, where one is said."""

    @property
    def reach(self) -> float:
        """The largest distance from zero of anything that is drawn; never 0."""
        ends = [self.relevant, *(abs(row.difference) for row in self.rows)]
        for one in (interval for row in self.rows for interval in (row.interval, row.corrected) if interval):
            ends += [abs(one.low), abs(one.high)]
        return max(ends) or 0.01

    def place(self, value: float) -> float:
        """Return where a value stands on a line from 0 to 100 with zero in its middle."""
        return round(50 + 47 * value / self.reach, 2)

    @property
    def ticks(self) -> tuple[float, ...]:
        """A round number on either side of zero, and zero."""
        power = 10.0 ** math.floor(math.log10(self.reach))
        step = float(f"{power * max(m for m in (1, 2, 5) if m * power <= self.reach * (1 + 1e-9)):.1g}")
        return (-step, 0.0, step)

    @property
    def asking(self) -> bool:
        """Whether a row asks a question, which takes more room than a title."""
        return any(row.asks for row in self.rows)

    @staticmethod
    def grouped(rows: Sequence[Row]) -> tuple[tuple[str, tuple[Row, ...]], ...]:
        """Return neighbouring rows of one group together, under its name."""
        return tuple((name, tuple(own)) for name, own in groupby(rows, key=lambda row: row.group))

    @staticmethod
    def told(rows: Sequence[Row]) -> str:
        """Return what further rows have found, in a few words."""
        counts = Counter(row.found for row in rows)
        return f"{len(rows)} more: " + ", ".join(f"{counts[found]} {found}" for found in SIGNS if counts[found])
