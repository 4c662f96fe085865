"""Success and precision plots: the curves averaged over sequences."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from reports.differences import MEASURES, Kind
from reports.labels import coverage, legend
from reports.metrics import curve_values
from reports.model import Report
from reports.plots.sheet import COLUMN, add_legend, dash_of, sheet
from reports.plots.style import styles

__all__ = ["X_LABELS", "curve_figure", "grid_of"]

X_LABELS: dict[Kind, str] = {"success": "overlap threshold", "precision": "centre error threshold (pixels)"}


def curve_figure(report: Report, kind: Kind, width: float = COLUMN, *, bands: bool = False) -> Figure:
    """Return the plot of one kind of curve, its legend in the order of its own score.

    `bands` adds the 95 % interval at every threshold by itself.
    """
    grid, style = grid_of(report, kind), styles([tracker.name for tracker in report.scores.trackers])
    figure, axes = sheet(width, 2.3, f"{kind.capitalize()}: {coverage(report.scores)}")
    axis, entries = axes[0, 0], []
    for tracker in report.scored:
        if tracker.summary is None:
            continue
        average, look = tracker.summary.overall, style[tracker.name]
        headline = getattr(average, MEASURES[kind])
        [line] = axis.plot(grid, curve_values(average, kind), ls=dash_of(look.dash), color=look.colour, lw=1.3)
        entries.append((headline, line, f"[{headline:.3f}] {legend(tracker)}"))
        band = tracker.uncertainty.bands.get(f"{kind}_curve") if bands and tracker.uncertainty else None
        if band is not None:
            axis.fill_between(grid, band.low, band.high, color=look.colour, alpha=0.1, lw=0)
    axis.set(xlim=(grid[0], grid[-1]), ylim=(0, 1.02), xlabel=X_LABELS[kind],
             ylabel="success rate" if kind == "success" else "precision")  # fmt: skip
    entries.sort(key=lambda one: -one[0])
    title = (
        "AUC"
        if kind == "success"
        else report.profile.precision_name
        if report.profile.precision_headline is None
        else f"at {report.profile.precision_name}"
    )
    add_legend(figure, [one[1] for one in entries], [one[2] for one in entries], title)
    return figure


def grid_of(report: Report, kind: Kind) -> NDArray[np.float64]:
    """Return the thresholds of a kind of curve."""
    return report.profile.success_grid if kind == "success" else report.profile.precision_grid
