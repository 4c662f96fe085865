"""Which of the things that trackers report of themselves become strips, and how."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from benchmark.playback.scene import Trail
from reports.plots.style import colours
from reports.video.lettering import Canvas, Colour, rgb
from reports.video.strips import FAINT, GROUND, INK, Values, heat, lines, ribbon, stacked, tints

MOST = 6
"""Bands of a picture; where there are more, second ones are left out first."""
OWN_MOST = 2
"""Bands of one tracker."""
UNKNOWN_MOST = 3
"""Signals that are drawn of a tracker of which no view is known."""


@dataclass(frozen=True)
class View:
    """How some signals are drawn; the parts name the curves or areas, in the signals' order."""

    title: str
    kind: Literal["lines", "stacked", "heat"]
    signals: tuple[str, ...]
    parts: tuple[str, ...] = ()
    decider: str = ""
    """The signal that says which branch decided: a ribbon below."""


WHO = ("short", "long", "both", "neither")
VIEWS = (
    View("writing", "stacked", ("write_gates",), ("leave", "refresh", "allocate")),
    View("slots read, a row each", "heat", ("read_weights",)),
    View("confidence; below, who decided", "lines", ("short_confidence", "long_confidence"), WHO, "decider"),
    View("confidence", "lines", ("short_confidence",)),
    View("confidence", "lines", ("long_confidence",)),
    View("frames read, oldest on top", "heat", ("read_mass",)),
    View("peak", "lines", ("peak",)),
)
BRANCHES = ("dualmn-short", "dualmn-long", "dualmn")
"""Whose colours the branches of the dual memory have: code 1, 2, and 3 for both."""
NEITHER = FAINT


@dataclass(frozen=True)
class Band:
    """One strip with what stands above it."""

    name: tuple[str, Colour] | None
    """The tracker's, and its colour; None for a strip of all trackers."""
    title: str
    parts: tuple[tuple[str, Colour], ...]
    """What its colours stand for."""
    strip: Canvas
    low: float | None = None
    high: float | None = None
    """What the lower and the upper edge stand for; None where that says nothing."""


def choose_views(trails: Sequence[Trail]) -> list[tuple[Trail, View]]:
    """Return what is drawn of whom, the trails in their order, each one's views in order of weight."""
    ranked = [(rank, trail, view) for trail in trails for rank, view in enumerate(_views(trail.telemetry))]
    while len(ranked) > MOST:
        last = max(range(len(ranked)), key=lambda at: (ranked[at][0], at))
        del ranked[last]
    return [(trail, view) for _, trail, view in ranked]


def _views(telemetry: Mapping[str, NDArray[Any]]) -> list[View]:
    chosen: list[View] = []
    for view in VIEWS:
        taken = {signal for one in chosen for signal in one.signals}
        if set(view.signals) <= set(telemetry) - taken and (not view.decider or view.decider in telemetry):
            chosen.append(view)
    if chosen:
        return chosen[:OWN_MOST]
    scalars = tuple(name for name, values in telemetry.items() if values.ndim == 1)[:UNKNOWN_MOST]
    return [View("", "lines", scalars, scalars)] if scalars else []


def draw_band(trail: Trail, view: View, colour: Colour, first: int, last: int, width: int, height: int) -> Band:
    """Return a view of a trail's telemetry in frames `first` to `last` as a band of that size."""
    values = [
        trail.along(np.asarray(trail.telemetry[name], np.float64), last + 1)[first:]
        for name in (*view.signals, *([view.decider] if view.decider else []))
    ]
    name, drawn = (trail.name, colour), values[: len(view.signals)]
    if view.kind == "stacked":
        shades = tints(colour, drawn[0].shape[1])
        return Band(name, view.title, _named(view.parts, shades), stacked(width, height, drawn[0], shades))
    if view.kind == "heat":
        return Band(name, view.title, (), heat(width, height, drawn[0], colour))
    branches = [rgb(own) for own in colours(BRANCHES).values()]
    shades = branches if view.decider else _shades(colour, len(drawn))
    low, high = _range(drawn)
    curves = list(zip(drawn, shades, strict=False))
    if not view.decider:
        strip = lines(width, height, curves, low, high, (low, high))
        return Band(name, view.title, _named(view.parts, shades), strip, low, high)
    below = max(height // 4, 4)
    gap = np.full((2, width, 3), GROUND, np.uint8)
    codes = {0: NEITHER, **dict(enumerate(branches, 1))}
    strip = np.concatenate(
        [
            lines(width, height - below - len(gap), curves, low, high, (low, high)),
            gap,
            ribbon(width, below, values[-1], codes),
        ]
    )
    return Band(name, view.title, _named(view.parts, (*branches, NEITHER)), strip, low, high)


def _named(parts: Sequence[str], shades: Sequence[Colour]) -> tuple[tuple[str, Colour], ...]:
    return tuple(zip(parts, shades, strict=False))


def _shades(colour: Colour, count: int) -> list[Colour]:
    return [colour] if count == 1 else [colour, INK, FAINT][:count]


def _range(curves: Sequence[Values]) -> tuple[float, float]:
    """Return the range of a strip: 0 to 1 where all values lie in it, else from the lowest to the highest."""
    known = np.concatenate([curve[np.isfinite(curve)] for curve in curves])
    if not len(known) or (known.min() >= 0 and known.max() <= 1):
        return 0.0, 1.0
    return float(known.min()), float(known.max())
