"""The section of a report's page that a study's answer fills."""

from __future__ import annotations

from dataclasses import dataclass

from benchmark.studies.answer import Answer, Insight
from reports.forest import Forest
from reports.plots.files import address
from reports.studies.figures import gain_figure, waterfall_figure
from reports.studies.points import points
from reports.studies.tables import study_tables
from reports.studies.words import caption, study_forest
from reports.tables.grid import Table

__all__ = ["Section", "Strip", "section", "strip"]


@dataclass(frozen=True)
class Strip:
    """A number from telemetry, drawn small: every sequence a dot, the mean with its interval below; x in 0 to 200."""

    insight: Insight
    dots: tuple[float, ...]
    mean: float
    low: float | None
    high: float | None
    zero: float
    ends: tuple[str, str]
    """What stands at either end."""


@dataclass(frozen=True)
class Section:
    """One study."""

    answer: Answer
    caption: str
    forest: Forest
    tables: dict[str, Table]
    strips: tuple[Strip, ...]
    pictures: tuple[tuple[str, str], ...]
    """What each shows, and its address, which holds it."""


def section(answer: Answer) -> Section:
    """Return what the page shows of an answer."""
    drawn = (
        (f"From one tracker to the next: {_steps(answer)}", waterfall_figure(answer)),
        (f"Gain of success AUC against time a frame, beside {answer.base}", gain_figure(answer)),
    )
    pictures = tuple((said, address(figure)) for said, figure in drawn if figure is not None)
    strips = tuple(map(strip, answer.insights))
    return Section(answer, caption(answer), study_forest(answer), study_tables(answer), strips, pictures)


def strip(one: Insight) -> Strip:
    """Return the drawing of a number from telemetry."""
    values = list(one.by_sequence.values())
    ends = [one.interval.low, one.interval.high] if one.interval else []
    low, high = min(0.0, *values, *ends), max(0.0, *values, *ends)
    scale = 190 / (high - low) if high > low else 0.0

    def place(value: float) -> float:
        return round(5 + scale * (value - low), 1)

    begin, end = (place(ends[0]), place(ends[1])) if ends else (None, None)
    return Strip(
        one, tuple(map(place, values)), place(one.value), begin, end, place(0.0), (f"{low:.3g}", f"{high:.3g}")
    )


def _steps(answer: Answer) -> str:
    return ", ".join(f"{one.name} {one.auc:.3f}" for one in sorted(points(answer), key=lambda one: one.auc))
