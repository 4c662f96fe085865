"""What VOT prints of a tracker."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmark.shapes import Count, NotNegative, Share

__all__ = ["Measures", "Sums", "curve_of", "read_curve", "shares_of"]

Values = NDArray[np.float64]
Sums = tuple[Values, Values]
"""A sequence's part of a curve: (L,) sums of its runs' mean overlaps up to each length, and how many these are."""


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
    shares: Mapping[str, float] = field(default_factory=dict)
    """What each sequence says of the expected average overlap, which is their mean: see `shares_of`."""

    def to_dict(self) -> dict[str, Any]:
        """Return plain data, ready for JSON."""
        return {**vars(self), "curve": self.curve.tolist(), "span": list(self.span), "shares": dict(self.shares)}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Measures:
        """Return what `to_dict` was called on."""
        return cls(**{**data, "curve": np.asarray(data["curve"]), "span": tuple(data["span"])})


def read_curve(curve: NDArray[np.float64], span: tuple[int, int], first: int = 0) -> float | None:
    """Return a curve's mean over a span of lengths, both ends included; None where it does not reach the span.

    `first` is the length that a toolkit takes the curve's first entry for.
    """
    part = curve[_within(span, first)]
    return float(part.mean()) if len(part) else None


def curve_of(sums: Iterable[Sums]) -> Values:
    """Return the (L,) expected overlap of a run of every length, 0 where no run says anything."""
    total, count = (np.sum(parts, axis=0) for parts in zip(*sums, strict=True))
    curve: Values = np.divide(total, count, out=np.zeros(len(total)), where=count > 0)
    return curve


def shares_of(sums: Mapping[str, Sums], span: tuple[int, int], first: int = 0) -> dict[str, float]:
    """Return what each sequence says of the expected average overlap (`read_curve`), so that their mean is just that.

    At every length the expected overlap is a ratio of sums over sequences. A sequence's share is that ratio and n times
    what it adds to its linearisation, of n sequences: the infinitesimal jackknife (Jaeckel, 1972), by which the spread
    of shares is that of the ratio. None where the curve does not reach the span.
    """
    curve, part = curve_of(sums.values()), _within(span, first)
    eao = read_curve(curve, span, first)
    if eao is None:
        return {}
    count = np.maximum(np.sum([own for _, own in sums.values()], axis=0), 1)
    return {
        name: eao + len(sums) * float(((total - curve * own) / count)[part].mean())
        for name, (total, own) in sums.items()
    }


def _within(span: tuple[int, int], first: int) -> slice:
    low, high = (end - first for end in span)
    return slice(low, high + 1)
