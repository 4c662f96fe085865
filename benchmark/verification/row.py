"""One line of a verification: what a score should be, and what it came out as."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

__all__ = ["Row"]


@dataclass(frozen=True)
class Row:
    """One tracker under one profile."""

    tracker: str
    profile: str
    sequences: int
    published: str
    """As printed in the papers, e.g. ``.582 / .771-.773``; "-" where nothing was."""
    expected: tuple[float, ...]
    """One value a measure, from `source`."""
    ours: tuple[float, ...]
    source: str
    """Who computed the expected values."""
    tolerance: float
    dataset: str = "OTB100"
    measures: tuple[str, ...] = ("auc", "precision")
    """What the values are: names of scores, e.g. those of `benchmark.metrics.Averages`."""
    worst: tuple[float, ...] | None = None
    """The largest difference of any sequence, where each is known and not the averages alone."""

    @property
    def differences(self) -> tuple[float, ...]:
        """Ours minus expected; of sequences' own values the largest."""
        return self.worst or tuple(ours - expected for ours, expected in zip(self.ours, self.expected, strict=True))

    @property
    def ok(self) -> bool:
        """Whether all scores are as expected."""
        return all(abs(difference) <= self.tolerance for difference in self.differences)

    @property
    def as_printed(self) -> bool | None:
        """Whether all round to what is printed, or lie in the range printed; None where nothing is."""
        printed = [_range(text) for text in self.published.split("/")]
        checks = [low <= value <= high for value, (low, high) in zip(self.ours, [p or (-1.0, 2.0) for p in printed])]
        return all(checks) if any(printed) else None

    def to_dict(self) -> dict[str, Any]:
        """Return plain data, ready for JSON."""
        return {**vars(self), "differences": self.differences, "ok": self.ok, "as_printed": self.as_printed}


def _range(text: str) -> tuple[float, float] | None:
    """Return what values print as ``.582``, or lie in ``.771-.773``, with half a unit of the last digit as room."""
    numbers = re.findall(r"\d*\.\d+", text)
    if not numbers:
        return None
    room = 0.5 * 10.0 ** -len(numbers[0].split(".")[1]) + 1e-9
    return float(numbers[0]) - room, float(numbers[-1]) + room
