"""The forest plot: every difference with its interval on one scale, and what it shows as a word."""

from __future__ import annotations

from typing import Any

from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from reports.forest import Forest, Found
from reports.plots.sheet import COLUMN, LINE, SIZE, folded, sheet
from reports.plots.style import PALETTE

__all__ = ["draw_forest", "forest_figure", "forest_height"]

UNSURE = "#6b7280"
LOOKS: dict[Found, tuple[str, str, bool]] = {
    "better": ("o", PALETTE[2], True), "worse": ("s", PALETTE[3], True), "alike": ("D", PALETTE[0], True),
    "the same": ("D", UNSURE, True), "not shown": ("o", UNSURE, False), "one sequence": ("o", UNSURE, False),
}  # fmt: skip
"""Marker, colour, and whether it is filled: told apart in print without colours."""


def forest_figure(plot: Forest, title: str, width: float = COLUMN) -> Figure | None:
    """Return the forest on a sheet of its own; None without rows."""
    if not plot.rows:
        return None
    figure, axes = sheet(width, forest_height(plot, width), title)
    draw_forest(axes[0, 0], plot, width)
    return figure


def forest_height(plot: Forest, width: float = COLUMN) -> float:
    """Return the inches that the rows take, with what stands below them."""
    lines = [len(folded(row.title, width * 0.36, SIZE - 0.5).splitlines()) for row in plot.rows]
    return (
        sum(max(LINE * count, 1.5 * LINE) + 0.08 for count in lines)
        + 0.3
        + LINE * len(_measure(plot, width).splitlines())
    )


def draw_forest(axis: Any, plot: Forest, width: float) -> None:
    """Draw the rows, the first on top, onto axes that stand on so many inches."""
    if plot.relevant:
        axis.axvspan(-plot.relevant, plot.relevant, color="#000000", alpha=0.07, lw=0)
    axis.axvline(0, color="#444444", lw=0.8)
    for place, row in enumerate(plot.rows):
        marker, colour, filled = LOOKS[row.found]
        for interval, thickness in ((row.corrected, 0.7), (row.interval, 1.8)):
            if interval is not None:
                axis.plot([interval.low, interval.high], [place, place], color=colour, lw=thickness)
        axis.plot(row.difference, place, marker, color=colour, mfc=colour if filled else "white", ms=3.8)
        axis.text(1.02, place, f"{row.word}\n{row.sequences} seq.", transform=axis.get_yaxis_transform(), va="center",
                  fontsize=SIZE - 1, linespacing=1.1)  # fmt: skip
    axis.set_yticks(range(len(plot.rows)), [folded(row.title, width * 0.36, SIZE - 0.5) for row in plot.rows])
    axis.set(ylim=(len(plot.rows) - 0.5, -0.5), xlabel=_measure(plot, width))
    axis.xaxis.set_major_locator(MaxNLocator(4))
    axis.grid(visible=False, axis="y")


def _measure(plot: Forest, width: float) -> str:
    """Return what the rows are differences of, in lines that fit below them."""
    together = "all of a kind" if any(row.group for row in plot.rows) else "all rows"
    several = any(row.corrected for row in plot.rows) and len(plot.rows) > 1
    thin = f" (thin: {together} at once)" if several else ""
    return folded(f"difference of {plot.measure}, 95\N{NO-BREAK SPACE}%{thin}", width * 0.52)
