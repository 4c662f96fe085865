"""VOT's measures of one tracker as a run's scores keep them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from benchmark.metrics.vot.measures import Measures
from benchmark.shapes import Count, NotNegative, Share

__all__ = ["Part", "VOTScores"]

_PARTS = ("sequences", "attributes")


@dataclass(frozen=True)
class Part:
    """What a tracker reached on one sequence, or in the frames of all that have an attribute."""

    frames: Count
    accuracy: Share | None
    """Mean overlap in the frames that accuracy counts; None where there is none."""
    failures: NotNegative
    """How often the target was lost, averaged over repeats."""


@dataclass(frozen=True)
class VOTScores:
    """One tracker's measures in a run with restarts or from anchors."""

    measures: tuple[Measures, ...]
    """By every profile that has them, the toolkit's own first."""
    span_from: str
    """Where the span of the expected overlap is from, in words."""
    sequences: Mapping[str, Part]
    attributes: Mapping[str, Part]
    """Of single frames."""

    def to_dict(self) -> dict[str, Any]:
        """Return plain data, ready for JSON."""
        parts = {kind: {name: vars(one) for name, one in getattr(self, kind).items()} for kind in _PARTS}
        return {"measures": [one.to_dict() for one in self.measures], "span_from": self.span_from, **parts}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> VOTScores:
        """Return what `to_dict` was called on."""
        parts = {kind: {name: Part(**one) for name, one in data[kind].items()} for kind in _PARTS}
        return cls(tuple(map(Measures.from_dict, data["measures"])), data["span_from"], **parts)
