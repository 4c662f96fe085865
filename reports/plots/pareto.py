"""Accuracy against latency, with the Pareto front."""

from __future__ import annotations

import seaborn as sns
from matplotlib.figure import Figure

from reports.labels import coverage
from reports.model import Report
from reports.plots.curves import plain
from reports.plots.style import styles

__all__ = ["pareto_figure"]


def pareto_figure(report: Report) -> Figure | None:
    """Return the plot of success AUC against median latency; None where none was measured."""
    points = [(one, one.latency.median_ms) for one in report.speeds if one.latency]
    if not points:
        return None
    style = styles([tracker.name for tracker in report.scores.trackers])
    with sns.axes_style("whitegrid"):
        figure = Figure(figsize=(6, 4.4), layout="constrained")
        axes = figure.subplots()
    front = sorted((ms, one.auc) for one, ms in points if one.front)
    axes.plot(*zip(*front, strict=True), drawstyle="steps-post", color="#888888", lw=1, zorder=1)
    for one, ms in points:
        axes.plot(ms, one.auc, "o", color=style[one.tracker].colour, mfc=None if one.front else "none")
        beside = " (beside other work)" if one.latency and one.latency.load_mark else ""
        axes.annotate(plain(one.tracker) + beside, (ms, one.auc), xytext=(6, 4), textcoords="offset points", fontsize=8)
    axes.set(xscale="log", xlabel="median latency of a frame (ms)", ylabel="success AUC")
    axes.set_title("Accuracy against latency: " + plain(coverage(report.scores), 80), loc="left", fontsize=9)
    return figure
