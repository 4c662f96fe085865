"""What a tracker costs. A module of its own, which loads nothing: plans and answers both speak of it."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Cost"]


@dataclass(frozen=True)
class Cost:
    """What a tracker costs at one lane."""

    seconds: float
    """Inside the tracker, a frame; on a CPU the processor's, which a busy machine changes little."""
    frames: int
    """Over how many frames that is."""
    parameters: int | None = None
    """None where it was not asked, as for all below."""
    lane_bytes: int | None = None
    """Memory that its state takes."""
    gflop: float | None = None
    """Floating-point operations of torch a frame, in 10^9."""
