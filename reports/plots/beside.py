"""Names of points beside the axes, one below the other, each with a thin line to its point: none covers another."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from reports.plots.sheet import SIZE, folded

__all__ = ["name_points", "names_height", "spread"]

LETTERS = SIZE - 1
LINE = 1.25 * LETTERS / 72
"""Inches that a line of such a name takes."""
GAP = 0.03
"""Inches between two names."""
SHARE = 0.3
"""Of a figure's width that names take."""


def names_height(names: Sequence[str], width: float) -> float:
    """Return how many inches the names take, one below the other, in a figure of that width."""
    return sum(LINE * _lines(folded(name, SHARE * width, LETTERS)) + GAP for name in names)


def name_points(axis: Any, points: Sequence[tuple[float, float, str]], width: float, height: float) -> None:
    """Write the names of (x, y, name) points beside axes whose limits stand and which are that many inches high."""
    axis.autoscale_view()  # limits are as they are drawn
    low, high = axis.get_ylim()
    ordered = sorted(points, key=lambda point: point[1])
    texts = [folded(name, SHARE * width, LETTERS) for _, _, name in ordered]
    sizes = [(LINE * _lines(text) + GAP) / height for text in texts]
    for (x, y, _), text, place in zip(ordered, texts, spread([(y - low) / (high - low) for _, y, _ in ordered], sizes)):
        axis.annotate(
            text, (x, y), xytext=(1.03, place), textcoords="axes fraction", fontsize=LETTERS, va="center", zorder=1,
            linespacing=1.0, arrowprops={"arrowstyle": "-", "lw": 0.4, "color": "#8a8f96", "shrinkA": 0, "shrinkB": 2},
        )  # fmt: skip


def spread(wanted: Sequence[float], sizes: Sequence[float]) -> list[float]:
    """Return where the middles of things of these sizes go so that none covers another and all stay in their order.

    They go as near to the `wanted` places, which ascend, as 0 to 1 has room; what has none there ends above 1.
    """
    places: list[float] = []
    end = 0.0
    for place, size in zip(wanted, sizes, strict=True):
        places.append(max(place, end + size / 2))
        end = places[-1] + size / 2
    end = max(1.0, sum(sizes))
    for row in reversed(range(len(places))):
        places[row] = min(places[row], end - sizes[row] / 2)
        end = places[row] - sizes[row] / 2
    return places


def _lines(text: str) -> int:
    return len(text.splitlines())
