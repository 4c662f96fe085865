"""Success and precision plots: the curves averaged over sequences."""

from __future__ import annotations

import io
import re
from typing import Literal

import seaborn as sns
from matplotlib import rc_context
from matplotlib.figure import Figure

from reports.model import Report
from reports.plots.style import colours, dashes

Kind = Literal["success", "precision"]


def curve_figure(report: Report, kind: Kind) -> Figure:
    """Return the plot of one kind of curve, best tracker first in the legend."""
    profile, names = report.profile, [tracker.name for tracker in report.scores.trackers]
    colour, dash = colours(names), dashes(names)
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
        axes.plot(
            grid, curve, dash[tracker.name], color=colour[tracker.name], lw=2, label=f"{tracker.name} [{headline:.3f}]"
        )
        if (band := tracker.uncertainty.bands.get(f"{kind}_curve")) is not None:
            axes.fill_between(grid, band.low, band.high, color=colour[tracker.name], alpha=0.12, lw=0)
    axes.set(
        xlim=(grid[0], grid[-1]),
        ylim=(0, 1.02),
        xlabel="overlap threshold" if kind == "success" else "centre error threshold (pixels)",
        ylabel="success rate" if kind == "success" else "precision",
    )
    axes.set_title(f"{kind.capitalize()}, {report.scores.coverage}", loc="left", fontsize=10)
    axes.legend(title="AUC" if kind == "success" else f"@{profile.precision_headline:g} px", fontsize=8)
    return figure


def svg(figure: Figure) -> str:
    """Return a figure as an SVG element, without XML preamble and metadata, repeatable byte for byte."""
    file = io.StringIO()
    with rc_context({"svg.hashsalt": "engram"}):
        figure.savefig(file, format="svg", metadata={"Date": None})
    text = re.sub(r"<metadata>.*?</metadata>", "", file.getvalue(), flags=re.DOTALL)
    return text[text.index("<svg") :]
