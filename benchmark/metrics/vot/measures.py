"""What VOT prints of a tracker."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmark.shapes import Count, NotNegative, Share

__all__ = ["Measures", "read_curve"]


@dataclass(frozen=True, kw_only=True, eq=False)
class Measures:
    """One tracker's measures under one profile."""

    profile: str
    accuracy: Share
    """Mean overlap while it tracked."""
    robustness: NotNegative
    """As the profile has it: with restarts, failures a sequence or in 100 frames; from anchors, the share of frames
    before the target is lost."""
    failures: NotNegative
    """How often the target was lost, over all sequences."""
    eao: Share | None
    """Expected average overlap; None where no sequence is as long as it takes."""
    curve: NDArray[np.float64]
    """(L,), the expected overlap of a run of j frames."""
    span: tuple[Count, Count]
    """The lengths, first and last, over which the curve is averaged."""

    def to_dict(self) -> dict[str, Any]:
        """Return plain data, ready for JSON."""
        return {**vars(self), "curve": self.curve.tolist(), "span": list(self.span)}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Measures:
        """Return what `to_dict` was called on."""
        return cls(**{**data, "curve": np.asarray(data["curve"]), "span": tuple(data["span"])})


def read_curve(curve: NDArray[np.float64], span: tuple[int, int], first: int = 0) -> float | None:
    """Return a curve's mean over a span of lengths, both ends included; None where it does not reach the span.

    `first` is the length that a toolkit takes the curve's first entry for.
    """
    low, high = (end - first for end in span)
    part = curve[low : high + 1]
    return float(part.mean()) if len(part) else None
