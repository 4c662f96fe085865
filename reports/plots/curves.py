"""Success and precision plots: the curves averaged over sequences."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from numpy.typing import NDArray

from benchmark.merit import SUCCESS, rank
from benchmark.profiles import Profile, load_profile
from benchmark.scores import RunScores
from reports.differences import MEASURES, Kind
from reports.labels import coverage, legend
from reports.metrics import curve_values
from reports.model import Report
from reports.plots.sheet import COLUMN, add_legend, dash_of, sheet
from reports.plots.style import styles

__all__ = ["X_LABELS", "curve_figure", "draw_curves", "grid_of"]

X_LABELS: dict[Kind, str] = {"success": "overlap threshold", "precision": "centre error threshold (pixels)"}


def curve_figure(report: Report, kind: Kind, width: float = COLUMN, *, bands: bool = False) -> Figure:
    """Return the plot of one kind of curve, its legend in the order of its own score.

    `bands` adds the 95 % interval at every threshold by itself.
    """
    figure, axes = sheet(width, 2.3, f"{kind.capitalize()}: {coverage(report.scores)}")
    handles, labels, title = draw_curves(axes[0, 0], report.scores, kind, bands=bands)
    add_legend(figure, handles, labels, title)
    return figure


def draw_curves(
    axis: Axes, scores: RunScores, kind: Kind, *, bands: bool = False
) -> tuple[list[Line2D], list[str], str]:
    """Draw one kind of curve of every tracker; return lines, labels and title of a legend, best score first."""
    profile = load_profile(scores.profile, scores.dataset)
    grid, style = grid_of(profile, kind), styles([tracker.name for tracker in scores.trackers])
    entries = []
    for tracker in rank(scores.trackers, SUCCESS):
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
        else profile.precision_name
        if profile.precision_headline is None
        else f"at {profile.precision_name}"
    )
    return [one[1] for one in entries], [one[2] for one in entries], title


def grid_of(profile: Profile, kind: Kind) -> NDArray[np.float64]:
    """Return the thresholds of a kind of curve."""
    return profile.success_grid if kind == "success" else profile.precision_grid
