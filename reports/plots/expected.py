"""VOT's plot: the overlap that is expected of a run of so many frames, the span that is averaged shaded."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from matplotlib.figure import Figure

from benchmark.vot.figures import ToolkitFigures
from reports.labels import coverage
from reports.model import Report
from reports.plots.sheet import COLUMN, add_legend, dash_of, sheet
from reports.plots.style import styles

__all__ = ["own_expected_figure", "toolkit_expected_figures"]


def own_expected_figure(report: Report, width: float = COLUMN) -> Figure | None:
    """Return the plot of the curves computed here by the toolkit's rules; None of a run by another protocol."""
    found = {one.name: one.vot.measures[0] for one in report.scores.trackers if one.vot}
    if not found:
        return None
    curves = {name: (measures.curve.tolist(), measures.eao) for name, measures in found.items()}
    span = next(iter(found.values())).span
    return _figure(report, f"Expected average overlap: {coverage(report.scores)}", curves, span, width)


def toolkit_expected_figures(
    report: Report, one: ToolkitFigures, width: float = COLUMN
) -> Iterator[tuple[str, Figure]]:
    """Yield the plot of every experiment of which the toolkit drew curves, with its name."""
    for experiment in dict.fromkeys(figures.experiment for figures in one.figures if figures.curve):
        own = [figures for figures in one.figures if figures.experiment == experiment and figures.curve]
        curves = {figures.tracker: (figures.curve, figures.eao) for figures in own}
        title = f"Expected average overlap, {experiment}, by vot-toolkit {one.version}: {one.coverage}"
        yield experiment, _figure(report, title, curves, own[0].span, width)


def _figure(
    report: Report,
    title: str,
    curves: Mapping[str, tuple[Sequence[float], float | None]],
    span: tuple[int, int] | None,
    width: float,
) -> Figure:
    names = [tracker.name for tracker in report.scores.trackers]
    look = styles([*names, *(name for name in curves if name not in names)])
    figure, axes = sheet(width, 2.3, title)
    axis, entries = axes[0, 0], []
    longest = max(len(values) for values, _ in curves.values())
    for name, (values, eao) in curves.items():
        [line] = axis.plot(
            range(1, len(values)), values[1:], ls=dash_of(look[name].dash), color=look[name].colour, lw=1.3
        )
        entries.append((eao or 0.0, line, f"[{'–' if eao is None else f'{eao:.3f}'}] {name}"))
    if span is not None:
        axis.axvspan(min(span[0], longest), min(span[1], longest), color="0.5", alpha=0.12, lw=0)
    axis.set(xlim=(1, max(longest - 1, 2)), ylim=(0, 1.02), xlabel="frames from a start on", ylabel="expected overlap")
    entries.sort(key=lambda one: -one[0])
    add_legend(figure, [one[1] for one in entries], [one[2] for one in entries], "EAO, averaged over the shaded span")
    return figure
