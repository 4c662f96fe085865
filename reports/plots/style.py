"""One colour and one line a tracker, the same on every figure and page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from trackers.registry import PAPERS_FIVE

__all__ = ["Style", "colours", "styles"]

PALETTE = (
    "#0173b2", "#c77800", "#029e73", "#d55e00", "#b45fa4",
    "#2f9fd8", "#8c6d31", "#6b7280", "#a5364c", "#5b5bb5", "#4d7f17", "#1f6f78",
)  # fmt: skip
"""Told apart with every common colour blindness, at 3:1 or more on white and on the dark page. The first five are those
of the papers' five trackers."""
DASHES = ("", "6 3", "2 2", "8 3 2 3", "10 4")
"""SVG dash patterns; "" is a solid line."""


@dataclass(frozen=True)
class Style:
    """How a tracker is drawn."""

    colour: str
    dash: str


def styles(trackers: Sequence[str]) -> dict[str, Style]:
    """Return each tracker's style: the papers' five always have theirs, others the rest in order."""
    others = [name for name in trackers if name not in PAPERS_FIVE]
    found = {}
    for name in trackers:
        index = PAPERS_FIVE.index(name) if name in PAPERS_FIVE else len(PAPERS_FIVE) + others.index(name)
        turn, place = divmod(index, len(PALETTE))
        found[name] = Style(PALETTE[place], DASHES[(place + turn) % len(DASHES)])
    return found


def colours(trackers: Sequence[str]) -> dict[str, str]:
    """Return a hex colour for each tracker."""
    return {name: style.colour for name, style in styles(trackers).items()}
