"""Accuracy against latency, with the Pareto front."""

from __future__ import annotations

from matplotlib.figure import Figure
from matplotlib.ticker import LogFormatter

from reports.labels import coverage
from reports.model import Report
from reports.plots.sheet import COLUMN, add_legend, sheet
from reports.plots.style import styles

__all__ = ["pareto_figure"]


def pareto_figure(report: Report, width: float = COLUMN) -> Figure | None:
    """Return the plot of the run's merit, success AUC or EAO, against median latency; None where none was measured."""
    scored = [one for one in report.speeds if one.score is not None]
    points = sorted(((one.latency.median_ms, one) for one in scored if one.latency), key=lambda pair: pair[0])
    if not points:
        return None
    style = styles([tracker.name for tracker in report.scores.trackers])
    figure, drawn = sheet(width, 2.3, f"Accuracy against latency: {coverage(report.scores)}")
    axes, entries = drawn[0, 0], []
    front = [(ms, one.score) for ms, one in points if one.front]
    axes.plot(*zip(*front, strict=True), drawstyle="steps-post", color="#888888", lw=1, zorder=1)
    for ms, one in points:
        colour = style[one.tracker].colour
        [dot] = axes.plot(ms, one.score, "o", color=colour, mfc=None if one.front else "none", ms=5)
        beside = " (beside other work)" if one.latency and one.latency.load_mark else ""
        entries.append((dot, f"[{ms:.1f} ms] {one.tracker}{beside}"))
    axes.set(xscale="log", xlabel="median latency of a frame (ms)", ylabel=report.merit.name)
    axes.xaxis.set_major_formatter(LogFormatter())
    axes.xaxis.set_minor_formatter(LogFormatter(minor_thresholds=(1.5, 0.5)))
    add_legend(figure, [one[0] for one in entries], [one[1] for one in entries], "filled: on the front")
    return figure
