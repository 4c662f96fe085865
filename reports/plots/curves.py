"""Success and precision plots: the curves averaged over sequences, with their bands."""

from __future__ import annotations

from typing import Literal

import seaborn as sns
from matplotlib.figure import Figure

from reports.labels import coverage, legend
from reports.model import Report
from reports.plots.style import styles

__all__ = ["Kind", "curve_figure", "dash_of", "plain"]

Kind = Literal["success", "precision"]


def curve_figure(report: Report, kind: Kind) -> Figure:
    """Return the plot of one kind of curve, best tracker first in the legend."""
    profile, style = report.profile, styles([tracker.name for tracker in report.scores.trackers])
    grid = profile.success_grid if kind == "success" else profile.precision_grid
    with sns.axes_style("whitegrid"):
        figure = Figure(figsize=(6, 4.4), layout="constrained")
        axes = figure.subplots()
    for tracker in report.scored:
        if tracker.summary is None or tracker.uncertainty is None:
            continue
        average = tracker.summary.overall
        curve = average.success_curve if kind == "success" else average.precision_curve
        headline = average.auc if kind == "success" else average.precision
        look = style[tracker.name]
        axes.plot(
            grid, curve, ls=dash_of(look.dash), color=look.colour, lw=1.8,
            label=f"[{headline:.3f}] {plain(legend(tracker))}",
        )  # fmt: skip
        if (band := tracker.uncertainty.bands.get(f"{kind}_curve")) is not None:
            axes.fill_between(grid, band.low, band.high, color=look.colour, alpha=0.1, lw=0)
    axes.set(
        xlim=(grid[0], grid[-1]),
        ylim=(0, 1.02),
        xlabel="overlap threshold" if kind == "success" else "centre error threshold (pixels)",
        ylabel="success rate" if kind == "success" else "precision",
    )
    axes.set_title(f"{kind.capitalize()}: {plain(coverage(report.scores), 90)}", loc="left", fontsize=9)
    title = "AUC" if kind == "success" else f"at {profile.precision_headline:g} px"
    if axes.lines:
        axes.legend(title=title, fontsize=8, title_fontsize=8, alignment="left")
    return figure


def dash_of(pattern: str) -> str | tuple[int, tuple[float, ...]]:
    """Return an SVG dash pattern as matplotlib has it, in line widths."""
    return (0, tuple(float(part) / 1.6 for part in pattern.split())) if pattern else "-"


def plain(text: str, length: int = 48) -> str:
    """Return a text that fits on a figure, and that matplotlib does not read as a formula."""
    return shorten(text, length).replace("$", r"\$")


def shorten(text: str, length: int) -> str:
    """Return a text cut to a length, its end told by an ellipsis."""
    return text if len(text) <= length else f"{text[: length - 1]}…"
