"""One picture of what the gate found over time: a row a tracker, a column a measure, change points marked."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path

import matplotlib as mpl
from matplotlib.figure import Figure

from benchmark.gate.history import Series
from benchmark.store.record import write_whole
from reports.plots.sheet import FILES, folded

__all__ = ["history_figure", "write_history"]

MEASURES = {
    "accuracy": "success AUC",
    "median": "median, x reference",
    "p95": "p95, x reference",
    "start-up": "start-up, x reference",
    "memory": "memory MB",
}
LEVEL, CHANGE = "#4c72b0", "#c44e52"
LONGEST = 60
"""Characters of a name beside its row."""


def history_figure(found: Sequence[Series]) -> Figure:
    """Return the picture; times are multiples of the reference workload's, so that machines can be set side by side."""
    trackers = list(dict.fromkeys(one.tracker for one in found))
    measures = [name for name in MEASURES if any(one.measure == name for one in found)]
    shape = (max(len(trackers), 1), max(len(measures), 1))
    figure = Figure(figsize=(2.9 * shape[1] + 0.6, 1.7 * shape[0] + 0.5), layout="constrained")
    axes = figure.subplots(*shape, squeeze=False, sharex=False)
    drawn = {(one.tracker, one.measure): one for one in found}
    for row, tracker in enumerate(trackers):
        for column, measure in enumerate(measures):
            axis = axes[row][column]
            axis.tick_params(labelsize=7)
            axis.spines[["top", "right"]].set_visible(False)
            axis.xaxis.get_major_locator().set_params(integer=True)
            if row == 0:
                axis.set_title(MEASURES[measure], fontsize=8)
            if column == 0:
                name = tracker if len(tracker) <= LONGEST else f"{tracker[: LONGEST - 1]}…"
                axis.set_ylabel(folded(name, 1.6, 8), fontsize=8)
            if (series := drawn.get((tracker, measure))) is None:
                continue
            axis.plot(range(1, len(series.values) + 1), series.values, ".-", color=LEVEL, linewidth=0.8, markersize=4)
            for point in series.changes:
                axis.axvline(point.index + 0.5, color=CHANGE, linewidth=1)
                where = (point.index + 0.5, 1.0)
                text = series.entries[point.index].commit[:7] or series.entries[point.index].date[:10]
                axis.annotate(text, where, xycoords=("data", "axes fraction"), xytext=(1, 0), fontsize=6, va="top",
                              textcoords="offset points", color=CHANGE, rotation=90)  # fmt: skip
    figure.supxlabel("gates, oldest first", fontsize=8)
    return figure


def write_history(found: Sequence[Series], file: Path) -> None:
    """Write the picture as SVG, whole or not at all."""
    drawn = io.BytesIO()
    with mpl.rc_context(FILES):
        history_figure(found).savefig(drawn, format="svg", metadata={"Date": None})
    write_whole(file, drawn.getvalue())
