"""The radar of success AUC by attribute."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure

from reports.labels import coverage, legend
from reports.model import Report
from reports.plots.sheet import COLUMN, add_legend, dash_of, sheet
from reports.plots.style import styles

__all__ = ["radar_figure"]


def radar_figure(report: Report, width: float = COLUMN) -> Figure | None:
    """Return the radar; None where there are too few attributes for one."""
    names = report.attributes
    if not report.radar:
        return None
    style = styles([tracker.name for tracker in report.scores.trackers])
    angles = np.linspace(0, 2 * np.pi, len(names), endpoint=False)
    title = f"Success AUC by attribute: {coverage(report.scores)}"
    figure, drawn = sheet(width, 2.7, title, subplot_kw={"projection": "polar"})
    axes, entries = drawn[0, 0], []
    axes.set_theta_offset(np.pi / 2)
    axes.set_theta_direction(-1)
    for tracker in report.scored:
        if tracker.summary is None:
            continue
        own = tracker.summary.by_attribute
        values = [own[name].auc if name in own else np.nan for name in names]
        look = style[tracker.name]
        [line] = axes.plot([*angles, angles[0]], [*values, values[0]], color=look.colour, ls=dash_of(look.dash), lw=1.3)
        entries.append((line, legend(tracker)))
    axes.set_xticks(angles, names)
    axes.set_ylim(0, 1)
    add_legend(figure, [one[0] for one in entries], [one[1] for one in entries])
    return figure
