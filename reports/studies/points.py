"""The trackers of a study as points on axes: each once, those alone whose scores are of the same sequences."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from benchmark.studies.answer import Actor, Answer, Found

__all__ = ["Asked", "Point", "asked", "points", "priced", "without"]

TURNED: dict[Found, Found] = {"better": "worse", "worse": "better"}


@dataclass(frozen=True)
class Point:
    """One tracker on the axes, by all the labels that it has, the base's first."""

    labels: tuple[str, ...]
    is_base: bool
    auc: float
    seconds: float | None
    """A frame; None where that is not known."""

    @property
    def name(self) -> str:
        """All its labels: they mean the same tracker."""
        return " = ".join(self.labels)


def points(answer: Answer) -> list[Point]:
    """Return the trackers whose scores are of all sequences: others' stand on no axis with them."""
    found: dict[str, list[Actor]] = {}
    for one in answer.alike:
        found.setdefault(one.tracker, []).append(one)
    placed = []
    for own in found.values():
        ordered = sorted(own, key=lambda one: one.label != answer.base)
        first = ordered[0]
        assert first.auc is not None
        placed.append(
            Point(tuple(one.label for one in ordered), first.label == answer.base, first.auc,
                   first.cost.seconds if first.cost else None)
        )  # fmt: skip
    return placed


def without(answer: Answer) -> str:
    """Return which trackers are left out."""
    left = [one.label for one in answer.actors if one not in answer.alike]
    return f" Bars and points without {'; '.join(left)}, not done on all of them." if left else ""


def priced(answer: Answer) -> list[tuple[Point, float, float]]:
    """Return every tracker that has both with its time over the base's and its AUC minus the base's."""
    placed = points(answer)
    base = next((one for one in placed if one.is_base), None)
    if base is None or base.seconds is None:
        return []
    return [(one, one.seconds / base.seconds, one.auc - base.auc) for one in placed if one.seconds is not None]


class Asked(NamedTuple):
    """What a comparison with the base says of a tracker."""

    found: Found
    span: tuple[float, float] | None
    """95 % of its gain."""


def asked(answer: Answer) -> dict[str, Asked]:
    """Return the trackers that are compared with the base, by label."""
    found: dict[str, Asked] = {}
    for one in answer.findings:
        ends = (one.auc.interval.low, one.auc.interval.high) if one.auc.interval else None
        if one.base == answer.base:
            found[one.other] = Asked(one.found, ends)
        elif one.other == answer.base:
            found[one.base] = Asked(TURNED.get(one.found, one.found), ends and (-ends[1], -ends[0]))
    return found
