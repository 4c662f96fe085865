"""One colour and one line a tracker, the same on every figure and page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from trackers.registry import PAPERS_FIVE

__all__ = ["STATES", "Style", "colours", "styles"]

PALETTE = (
    "#0173b2", "#c77800", "#029e73", "#d55e00", "#b45fa4", "#2d9ad2", "#8c6d31", "#6b7280",
    "#b84159", "#6363bf", "#4d7f17", "#237b85", "#8d77fe", "#7a9800", "#e4687f", "#067bee",
)  # fmt: skip
"""All at 3:1 or more on white and on the dark page. The first five are those of the papers' five trackers."""
DASHES = ("", "6 3", "2 2", "8 3 2 3", "10 4")
"""SVG dash patterns; "" is a solid line."""
LINES = (0, 1, 2, 3, 4, 1, 0, 3, 1, 2, 4, 1, 3, 0, 0, 4)
"""Each colour's dash pattern: colours of one pattern are told apart with every common colour blindness."""

STATES = ("#b8c0c8", *PALETTE[2:5], PALETTE[5], PALETTE[6], PALETTE[8], PALETTE[12])
"""What the states of a memory are drawn in, 0 in grey: of a dual memory's decision the branches' own colours."""


@dataclass(frozen=True)
class Style:
    """How a tracker is drawn."""

    colour: str
    dash: str


def styles(trackers: Sequence[str]) -> dict[str, Style]:
    """Return each tracker's style: the papers' five always have theirs, others the rest in order.

    After the last colour, theirs comes again with another line.
    """
    own = {name: place for place, name in enumerate(PAPERS_FIVE)}
    rest = [*range(len(own), len(PALETTE)), *(place for name, place in own.items() if name not in trackers)]
    others = [name for name in trackers if name not in own]
    places = {name: (own[name], 0) for name in trackers if name in own}
    places |= {name: (rest[index % len(rest)], index // len(rest)) for index, name in enumerate(others)}
    looks = {name: Style(PALETTE[place], DASHES[(LINES[place] + turn) % len(DASHES)])
             for name, (place, turn) in places.items()}  # fmt: skip
    return {name: looks[name] for name in trackers}


def colours(trackers: Sequence[str]) -> dict[str, str]:
    """Return a hex colour for each tracker."""
    return {name: style.colour for name, style in styles(trackers).items()}
