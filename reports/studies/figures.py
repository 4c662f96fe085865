"""The figures of a study: forest plot, waterfall, causes, gain against cost; and all of them on one sheet."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from matplotlib.colors import TwoSlopeNorm
from matplotlib.figure import Figure

from benchmark.signed import signed
from benchmark.studies.answer import Answer, Effect
from reports.plots.beside import name_points, names_height
from reports.plots.forest import draw_forest, forest_figure, forest_height
from reports.plots.sheet import COLUMN, PAGE, SIZE, folded, sheet
from reports.plots.style import PALETTE
from reports.studies.points import asked, points, priced, without
from reports.studies.words import caption, study_forest

__all__ = ["FIGURES", "gain_figure", "heat_figure", "study_figures", "waterfall_figure", "whole_figure"]

SURE, UNSURE = PALETTE[0], "#8a8f96"
GAIN, LOSS = PALETTE[2], PALETTE[3]
COLOURS = {"better": GAIN, "worse": LOSS}
Panel = Callable[[Any, Answer, float, float], None]
"""Draws an answer on axes of that width and height in inches, what stands around them included."""
NUMBER = 0.24
"""Inches that a number of the causes takes."""
SPANNED = 0.47
"""Inches that it takes with half of its interval behind it."""
AROUND = 0.5
"""Inches that what stands below and above the axes takes."""
HEAD = 0.2
"""Inches that the head of a panel takes."""


def waterfall_figure(answer: Answer) -> Figure | None:
    """Return the steps from the lowest tracker to the highest, each as far as it goes; None for a single tracker."""
    if len(points(answer)) < 2:
        return None
    height = _waterfall_height(answer, COLUMN)
    figure, axes = sheet(COLUMN, height, f"From one tracker to the next: {caption(answer)}.{without(answer)}")
    _waterfall(axes[0, 0], answer, COLUMN)
    return figure


def heat_figure(answer: Answer) -> Figure | None:
    """Return the comparisons by cause, or by attribute where no causes are known; None where there are neither."""
    causes = _causes(answer)
    if not causes:
        return None
    height = _heat_height(answer, COLUMN)
    title = f"Difference of success AUC by {_groups(answer)[0]}, ± half of its 95 % interval: {caption(answer)}."
    figure, axes = sheet(COLUMN, height, title)
    _heat(axes[0, 0], answer, COLUMN)
    return figure


def gain_figure(answer: Answer) -> Figure | None:
    """Return each tracker's score over that of the base against its time over the base's; None without costs.

    Upright lines are 95 % intervals of those that are compared with the base. Dotted ones join what was sized to take
    the same time: the steeper, the better they match.
    """
    if len(priced(answer)) < 2:
        return None
    height = _gain_height(answer, COLUMN)
    figure, axes = sheet(
        COLUMN,
        height,
        f"Gain with its 95 % interval against cost, beside {answer.base}: {caption(answer)}.{without(answer)}",
    )
    _gain(axes[0, 0], answer, COLUMN, height)
    return figure


def whole_figure(answer: Answer) -> Figure | None:
    """Return what there is of the four on one sheet as wide as a page, fit for a paper."""
    width = PAGE / 2 - 0.2
    panels: list[tuple[str, Panel, float]] = []
    plot = study_forest(answer)
    if plot.rows:
        panels.append(("Differences with 95 % intervals", _forest, forest_height(plot, width)))
    if len(points(answer)) > 1:
        panels.append(("From one tracker to the next", _waterfall, _waterfall_height(answer, width)))
    if _causes(answer):
        head = f"By {_groups(answer)[0]}, ± half of the 95 % interval"
        panels.append((head, _heat, _heat_height(answer, width)))
    if len(priced(answer)) > 1:
        panels.append((f"Gain against cost, beside {answer.base}", _gain, _gain_height(answer, width)))
    if not panels:
        return None
    heights = [max(height for _, _, height in panels[first : first + 2]) for first in range(0, len(panels), 2)]
    title = f"{answer.question} {caption(answer)}.{without(answer)}"
    figure, axes = sheet(PAGE, sum(heights) + HEAD * len(heights), title, (len(heights), 2), height_ratios=heights)
    for place, (axis, (head, draw, _)) in enumerate(zip(axes.flat, panels, strict=False)):
        draw(axis, answer, width, heights[place // 2])
        axis.set_title(folded(head, width), fontsize=SIZE, loc="left", pad=3)
    for axis in axes.flat[len(panels) :]:
        axis.set_visible(False)
    return figure


def _forest(axis: Any, answer: Answer, width: float, height: float = 0.0) -> None:
    draw_forest(axis, study_forest(answer), width)


def _waterfall_height(answer: Answer, width: float) -> float:
    placed = points(answer)
    lines = max((len(_beside(one.name, width).splitlines()) for one in placed), default=1)
    return max(0.24, 0.12 * lines + 0.04) * len(placed) + AROUND


def _beside(label: str, width: float) -> str:
    """Return a label as it stands left of a row."""
    return folded(label, 0.4 * width, SIZE - 0.5)


def _waterfall(axis: Any, answer: Answer, width: float, height: float = 0.0) -> None:
    """Draw bars from score to score, lowest first; the base as a whole bar."""
    placed = sorted(points(answer), key=lambda one: one.auc)
    low = max(placed[0].auc - 0.05, 0.0)
    for row, one in enumerate(placed):
        before = placed[row - 1].auc if row else low
        colour = SURE if one.is_base else UNSURE if not row else GAIN
        axis.barh(row, one.auc - before, left=before, color=colour, height=0.6)
        if row:
            axis.plot([before, before], [row - 1.3, row + 0.3], color="#444444", lw=0.5)
        step = f" {one.auc:.3f}" + (f" ({signed(one.auc - before)})" if row else "")
        axis.text(one.auc, row, step, va="center", fontsize=SIZE - 1)
    axis.set_yticks(range(len(placed)), [_beside(one.name, width) for one in placed])
    span = max(placed[-1].auc - low, 0.01)
    axis.set(xlim=(low, placed[-1].auc + 0.6 * span), ylim=(-0.6, len(placed) - 0.4), xlabel="success AUC")
    axis.grid(visible=False, axis="y")


def _groups(answer: Answer) -> tuple[str, list[Mapping[str, Effect]]]:
    """Return by what the comparisons are taken apart, and how each is: by attribute where no causes are known."""
    if any(one.by_cause for one in answer.findings):
        return "cause of failure", [one.by_cause for one in answer.findings]
    return "attribute", [one.by_attribute for one in answer.findings]


def _causes(answer: Answer) -> list[str]:
    return list(dict.fromkeys(name for one in _groups(answer)[1] for name in one))


def _room(answer: Answer, width: float) -> float:
    """Return the inches that a column of the causes has at the least."""
    return 0.45 * width / max(len(answer.findings), 1)


def _heads(answer: Answer, width: float) -> tuple[list[str], bool]:
    """Return what stands below the columns, and whether upright: lying down, narrow ones would cover each other."""
    room = _room(answer, width)
    upright = room < 0.4
    return [folded(one.title, 2.2 if upright else room, SIZE - 1) for one in answer.findings], upright


def _heat_height(answer: Answer, width: float) -> float:
    heads, upright = _heads(answer, width)
    if upright:
        below = 0.05 * max(len(line) for head in heads for line in head.splitlines())
    else:
        below = 0.1 * max((len(head.splitlines()) for head in heads), default=1)
    return (SPANNED if _room(answer, width) < NUMBER else 0.23) * len(_causes(answer)) + 0.3 + below


def _heat(axis: Any, answer: Answer, width: float, height: float = 0.0) -> None:
    causes, parts = _causes(answer), _groups(answer)[1]
    values = np.array([[one[cause].difference if cause in one else np.nan for one in parts] for cause in causes])
    reach = max(float(np.nanmax(np.abs(values))), 0.01)
    turned = 90 if _room(answer, width) < NUMBER else 0
    axis.imshow(values, cmap="RdBu", norm=TwoSlopeNorm(0, -reach, reach), aspect="auto")
    for row, cause in enumerate(causes):
        for column, one in enumerate(parts):
            if (effect := one.get(cause)) is not None:
                dark = abs(effect.difference) > 0.6 * reach
                said = _spanned(effect, " " if turned else "\n")
                axis.text(column, row, said, ha="center", va="center", fontsize=SIZE - 2, rotation=turned,
                          color="white" if dark else "black", linespacing=1)  # fmt: skip
    heads, upright = _heads(answer, width)
    axis.set_xticks(range(len(parts)), heads, fontsize=SIZE - 1, rotation=90 if upright else 0)
    axis.set_yticks(range(len(causes)), causes)
    axis.grid(visible=False)


def _spanned(effect: Effect, between: str) -> str:
    """Return a difference, starred where it is significant, and half of its 95 % interval."""
    said = signed(effect.difference, ".2f").replace("0.", ".") + ("*" if effect.significant else "")
    if effect.interval is None:
        return said
    half = (effect.interval.high - effect.interval.low) / 2
    return f"{said}{between}±{half:.2f}".replace("±0.", "±.")


def _gain_height(answer: Answer, width: float) -> float:
    return max(2.2, names_height([one.name for one, _, _ in priced(answer)], width) + AROUND)


def _gain(axis: Any, answer: Answer, width: float, height: float) -> None:
    axis.axhline(0, color="#444444", lw=0.8)
    axis.axhspan(-answer.relevant, answer.relevant, color="#000000", alpha=0.07, lw=0)
    shown = priced(answer)
    places = {label: (times, gain) for point, times, gain in shown for label in point.labels}
    for one in answer.findings:
        if one.same_time and one.other in places and one.base in places:
            axis.plot(*zip(places[one.other], places[one.base], strict=True), ":", color=UNSURE, lw=0.9, zorder=1)
    compared = asked(answer)
    for point, times, gain in shown:
        own = next((compared[label] for label in point.labels if label in compared), None)
        colour = SURE if point.is_base else COLOURS.get(own.found, UNSURE) if own else UNSURE
        axis.plot(times, gain, "o", color=colour, ms=4)
        if own is not None and own.span is not None:
            axis.plot([times, times], own.span, color=colour, lw=0.8)
    reach = [times for _, times, _ in shown]
    axis.set(xlim=(min(reach) * 0.85, max(reach) * 1.1), xlabel="time a frame over that of the base",
             ylabel="success AUC over that of the base")  # fmt: skip
    axis.margins(y=0.1)
    name_points(axis, [(times, gain, one.name) for one, times, gain in shown], width, height - AROUND)


def _forest_figure(answer: Answer) -> Figure | None:
    return forest_figure(study_forest(answer), f"{answer.question} {caption(answer)}.")


FIGURES: Mapping[str, Callable[[Answer], Figure | None]] = {
    "forest": _forest_figure, "waterfall": waterfall_figure, "causes": heat_figure, "gain-cost": gain_figure,
    "study": whole_figure,
}  # fmt: skip
"""What draws each figure of an answer, by its name."""


def study_figures(answer: Answer) -> dict[str, Figure]:
    """Return the figures that the answer has something for, by name."""
    drawn = {name: draw(answer) for name, draw in FIGURES.items()}
    return {name: figure for name, figure in drawn.items() if figure is not None}
