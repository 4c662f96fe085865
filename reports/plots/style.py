"""One colour a tracker, the same on every figure and page."""

from __future__ import annotations

from collections.abc import Sequence

import seaborn as sns

from trackers.registry import PAPERS_FIVE

DASHES = ("-", "--", "-.", ":")


def colours(trackers: Sequence[str]) -> dict[str, str]:
    """Return a hex colour for each tracker, from a palette safe for the colour-blind.

    The papers' five always have the same ones; others take the rest in order.
    """
    palette = sns.color_palette("colorblind", 10).as_hex()
    fixed = dict(zip(PAPERS_FIVE, palette, strict=False))
    rest = palette[len(PAPERS_FIVE) :]
    others = [name for name in trackers if name not in fixed]
    return {name: fixed.get(name) or rest[others.index(name) % len(rest)] for name in trackers}


def dashes(trackers: Sequence[str]) -> dict[str, str]:
    """Return a line style for each tracker, so that lines differ in print as well."""
    return {name: DASHES[index % len(DASHES)] for index, name in enumerate(trackers)}
