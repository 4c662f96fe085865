"""The radar of success AUC by attribute."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure

from reports.labels import coverage, legend
from reports.model import Report
from reports.plots.curves import dash_of, plain
from reports.plots.style import styles

__all__ = ["radar_figure"]


def radar_figure(report: Report) -> Figure | None:
    """Return the radar; None for fewer than three attributes."""
    names = report.attributes
    if len(names) < 3:
        return None
    style = styles([tracker.name for tracker in report.scores.trackers])
    angles = np.linspace(0, 2 * np.pi, len(names), endpoint=False)
    figure = Figure(figsize=(6, 5), layout="constrained")
    axes = figure.add_subplot(projection="polar")
    axes.set_theta_offset(np.pi / 2)  # type: ignore[attr-defined]
    axes.set_theta_direction(-1)  # type: ignore[attr-defined]
    for tracker in report.scored:
        if tracker.summary is None:
            continue
        own = tracker.summary.by_attribute
        values = [own[name].auc if name in own else np.nan for name in names]
        look = style[tracker.name]
        axes.plot([*angles, angles[0]], [*values, values[0]], color=look.colour, ls=dash_of(look.dash), lw=1.6,
                  label=plain(legend(tracker)))  # fmt: skip
    axes.set_xticks(angles, names)
    axes.set_ylim(0, 1)
    axes.set_title("Success AUC by attribute: " + plain(coverage(report.scores), 80), fontsize=9)
    axes.legend(loc="lower left", bbox_to_anchor=(1.0, 0.0), fontsize=8)
    return figure
