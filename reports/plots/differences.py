"""The question itself: each tracker's curve minus the base's, a panel each, with a band that holds the whole curve."""

from __future__ import annotations

import math

import numpy as np
from matplotlib.figure import Figure

from benchmark.signed import signed
from reports.differences import CurveDifference, Kind
from reports.labels import coverage
from reports.model import Report
from reports.plots.curves import X_LABELS, grid_of
from reports.plots.sheet import COLUMN, LINE, SIZE, folded, sheet
from reports.plots.style import styles

__all__ = ["difference_figure"]


def difference_figure(report: Report, kind: Kind, width: float = COLUMN) -> Figure | None:
    """Return the panels of one kind of curve, all on one scale; None where nothing is held against the base."""
    found = [one for one in report.differences if one.kind == kind]
    if not found:
        return None
    grid, style = grid_of(report.profile, kind), styles([tracker.name for tracker in report.scores.trackers])
    columns = min(len(found), 2 if width <= COLUMN else 4)
    rows = math.ceil(len(found) / columns)
    heads = [_head(one, (width - 0.5) / columns - 0.2) for one in found]
    tallest = max(len(head.splitlines()) for head in heads)
    measure = "success" if kind == "success" else "precision"
    title = f"{kind.capitalize()} minus that of {report.base}: {coverage(report.scores)}"
    title += ". Bands hold the whole curve with 95 %." if any(one.band for one in found) else ""
    high = 1.15 if rows <= 3 else 0.7
    figure, axes = sheet(width, rows * (high + LINE * tallest) + 0.35, title, (rows, columns), sharex=True, sharey=True)
    reach = max(_reach(one) for one in found) or 0.1
    for axis, one, head in zip(axes.flat, found, heads, strict=False):
        look = style[one.score.other]
        axis.axhline(0, color="#444444", lw=0.8)
        if one.band is not None:
            axis.fill_between(grid, one.band.low, one.band.high, color=look.colour, alpha=0.2, lw=0)
        axis.plot(grid, one.mean, color=look.colour, lw=1.3)
        axis.set(xlim=(grid[0], grid[-1]), ylim=(-1.05 * reach, 1.05 * reach))
        axis.set_title(head, fontsize=SIZE - 0.5, loc="left", pad=2)
    for axis in axes.flat[len(found) :]:
        axis.set_visible(False)
    for axis in axes.flat[max(len(found) - columns, 0) : len(found)]:
        axis.tick_params(labelbottom=True)
    figure.supxlabel(X_LABELS[kind], fontsize=SIZE)
    figure.supylabel(f"difference of {measure}", fontsize=SIZE)
    return figure


def _head(one: CurveDifference, width: float) -> str:
    """Return a panel's tracker, its name whole, and below it how its score differs."""
    interval = one.score.interval
    span = f" [{signed(interval.low)}, {signed(interval.high)}]" if interval else ""
    return f"{folded(one.score.other, width, SIZE - 0.5)}\n{signed(one.score.difference)}{span}"


def _reach(one: CurveDifference) -> float:
    parts = (one.mean, *((one.band.low, one.band.high) if one.band else ()))
    return max(float(np.abs(part).max()) for part in parts)
