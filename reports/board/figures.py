"""A board's figures: mean ranks with their critical difference, and accuracy against latency."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.figure import Figure
from matplotlib.ticker import LogFormatter

from benchmark.statistics.ranks import CriticalDifference
from reports.board.model import Division
from reports.plots.sheet import COLUMN, LINE, SIZE, add_legend, folded, sheet
from reports.plots.style import styles

__all__ = ["latency_figure", "rank_figure"]


def rank_figure(found: CriticalDifference, title: str, names: Sequence[str]) -> Figure:
    """Return each tracker's mean rank with half the critical difference on either side: bars that do not meet differ.

    `names` are all trackers of the board, for their colours.
    """
    style = styles(names)
    shown = [folded(name, 1.2) for name in found.mean_ranks]
    figure, axes = sheet(COLUMN, 0.5 + 0.2 * len(shown) + LINE * sum(name.count("\n") for name in shown), title)
    axis, half = axes[0, 0], found.difference / 2
    for place, (name, mean) in enumerate(found.mean_ranks.items()):
        axis.errorbar(mean, place, xerr=half, fmt="o", color=style[name].colour, ms=4, lw=1.4)
    axis.set_yticks(range(len(shown)), shown)
    axis.invert_yaxis()
    axis.set_xlabel(f"mean rank over {found.sequences} sequences")
    axis.grid(axis="y", visible=False)
    return figure


def latency_figure(found: Division, title: str, names: Sequence[str]) -> Figure | None:
    """Return the score against median latency, in times of a fixed workload on the same machine; None without any.

    So trackers that were timed on several machines can stand beside one another.
    """
    timed = [one for one in found.speeds if one.latency and one.latency.calibration_ms > 0 and one.score is not None]
    points = sorted(
        ((one.latency.median_ms / one.latency.calibration_ms, one) for one in timed if one.latency),
        key=lambda pair: pair[0],
    )
    if not points:
        return None
    style, entries = styles(names), []
    figure, axes = sheet(COLUMN, 2.2, title)
    for times, one in points:
        [dot] = axes[0, 0].plot(times, one.score, "o", color=style[one.tracker].colour, ms=5)
        beside = " (beside other work)" if one.latency and one.latency.load_mark else ""
        entries.append((dot, f"[{times:.2f}x] {one.tracker}{beside}"))
    axes[0, 0].set(xscale="log", ylabel=found.merit.name)
    axes[0, 0].xaxis.set_major_formatter(LogFormatter())
    axes[0, 0].xaxis.set_minor_formatter(LogFormatter(minor_thresholds=(1.5, 0.5)))
    axes[0, 0].set_xlabel("median latency, in times of a fixed workload", fontsize=SIZE)
    add_legend(figure, [dot for dot, _ in entries], [text for _, text in entries])
    return figure
