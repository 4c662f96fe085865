"""What a tracker costs. A module of its own, which loads nothing heavy: plans and answers both speak of it."""

from __future__ import annotations

from dataclasses import dataclass

from benchmark.shapes import Count, NotNegative, Positive

__all__ = ["Cost"]


@dataclass(frozen=True)
class Cost:
    """What a tracker costs at one lane."""

    seconds: Positive
    """Inside the tracker, a frame; on a CPU the processor's, which a busy machine changes little."""
    frames: Count
    """Over how many frames that is."""
    parameters: Count | None = None
    """None where it was not asked, as for all below."""
    lane_bytes: Count | None = None
    """Memory that its state takes."""
    gflop: NotNegative | None = None
    """Floating-point operations of torch a frame, in 10^9."""
