"""The page of a reproduction: printed, measured, different, and whose is what; partial where the run was."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmark.scores import RunScores
from benchmark.store.record import write_whole
from reports.html.page import environment
from reports.papers import MEASURES, incomparable
from reports.published import Figure, load_published, published_name

__all__ = ["Cell", "Line", "reproduction_lines", "write_reproduction"]

PAGE = "reproduction.html"


@dataclass(frozen=True)
class Cell:
    """One printed and one measured score."""

    measure: str
    printed: tuple[str, ...]
    """As the sources have it, each with its tracker's name; the first is what is held against."""
    raw: tuple[str, ...]
    """What the authors' own raw boxes give, where that is known."""
    measured: str
    difference: str
    """Measured minus printed; "" where the two cannot be compared."""


@dataclass(frozen=True)
class Line:
    """One tracker of the reproduction."""

    title: str
    tracker: str
    whose: str
    lacking: tuple[str, ...]
    failed: int
    cells: tuple[Cell, ...]


def reproduction_lines(scores: RunScores, facts: Sequence[Mapping[str, Any]]) -> tuple[Line, ...]:
    """Return the lines of a run's scores and the facts that the command wrote beside them."""
    on = published_name(scores.dataset)
    reason = incomparable(scores)
    known = {one.name: one for one in load_published()}
    measured = {one.name: one for one in scores.trackers}
    lines = []
    for fact in facts:
        tracker = measured.get(fact["name"])
        cells = []
        for measure in MEASURES:
            figures = [
                (name, figure)
                for name in fact["published"]
                if on and name in known
                for figure in known[name].find(on, measure)
            ]
            printed = [(name, figure) for name, figure in figures if not _raw(figure)]
            shown = difference = ""
            if tracker is not None and tracker.summary is not None:
                value = float(getattr(tracker.summary.overall, measure))
                interval = tracker.intervals.get(measure)
                around = f" [{interval.low:.3f}, {interval.high:.3f}]" if interval else ""
                shown = f"{value:.3f}{around}"
                expected = printed[0][1].value if printed else None
                if expected is not None and not reason and not fact["lacking"] and not tracker.failed:
                    difference = f"{value - expected:+z.3f}"
            cells.append(
                Cell(
                    measure,
                    tuple(f"{figure.printed} ({name})" for name, figure in printed),
                    tuple(f"{figure.printed} ({name})" for name, figure in figures if _raw(figure)),
                    shown,
                    difference,
                )
            )
        failed = 0 if tracker is None else len(tracker.failed)
        lines.append(Line(fact["title"], fact["name"], fact["whose"], tuple(fact["lacking"]), failed, tuple(cells)))
    return tuple(lines)


def write_reproduction(run: Path, facts: Sequence[Mapping[str, Any]]) -> Path:
    """Write the page into a run's folder and return its file."""
    scores = RunScores.read(run)
    lines = reproduction_lines(scores, facts)
    page = environment().get_template(PAGE).render(
        lines=lines,
        coverage=scores.coverage,
        complete=scores.complete,
        profile=scores.profile,
        why_not=incomparable(scores),
        theirs=[line for line in lines if not line.lacking],
    )  # fmt: skip
    write_whole(run / PAGE, page.encode())
    return run / PAGE


def _raw(figure: Figure) -> bool:
    return figure.caveat.startswith("raw results")
