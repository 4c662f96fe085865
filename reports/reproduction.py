"""The page of a reproduction: printed, measured, different, and whose is what; partial where the run was."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmark.scores import RunScores
from benchmark.signed import signed
from benchmark.store.record import write_whole
from reports.html.page import environment
from reports.papers import MEASURES, incomparable
from reports.published import Figure, load_published, load_raw, published_name

__all__ = ["Cell", "Line", "reproduction_lines", "write_reproduction"]

PAGE = "reproduction.html"


@dataclass(frozen=True)
class Cell:
    """One printed and one measured score."""

    measure: str
    printed: tuple[str, ...]
    """As the sources have it, each with its tracker's name."""
    raw: tuple[str, ...]
    """What the authors' own raw boxes give, where that is known: what is to be expected."""
    measured: str
    from_printed: tuple[str, ...]
    """Measured minus each of what is printed; "" where the two cannot be compared."""
    from_raw: tuple[str, ...]
    """The same of what raw boxes give."""


@dataclass(frozen=True)
class Line:
    """One tracker of the reproduction."""

    title: str
    tracker: str
    whose: str
    lacking: tuple[str, ...]
    failed: int
    cells: tuple[Cell, ...]
    sha256: str = ""
    """Of the weights."""


def reproduction_lines(scores: RunScores, facts: Sequence[Mapping[str, Any]]) -> tuple[Line, ...]:
    """Return the lines of a run's scores and the facts that the command wrote beside them."""
    on = published_name(scores.dataset)
    reason = incomparable(scores)
    known = {one.name: one for one in load_published()}
    measured = {one.name: one for one in scores.trackers}
    lines = []
    for fact in facts:
        tracker = measured.get(fact["name"])
        comparable = not reason and not fact["lacking"] and tracker is not None and not tracker.failed
        cells = []
        for measure in MEASURES:
            figures = [
                (name, figure)
                for name in fact["published"]
                if on and name in known
                for figure in known[name].find(on, measure)
            ]
            printed = [(name, figure) for name, figure in figures if not _raw(figure)]
            raw = [(f"{figure.printed} ({name})", figure.value) for name, figure in figures if _raw(figure)]
            raw += [
                (f"{getattr(one, measure):.4f} ({one.run})".lstrip("0"), getattr(one, measure))
                for one in load_raw()
                if one.on == on and one.of in fact["published"]
            ]
            shown, value = "", None
            if tracker is not None and tracker.summary is not None:
                value = float(getattr(tracker.summary.overall, measure))
                interval = tracker.intervals.get(measure)
                around = f" [{interval.low:z.3f}, {interval.high:z.3f}]" if interval else ""
                shown = f"{value:.3f}{around}"
            apart = [
                signed(value - number) if comparable and value is not None and number is not None else ""
                for number in (*(figure.value for _, figure in printed), *(number for _, number in raw))
            ]
            cells.append(
                Cell(
                    measure,
                    tuple(f"{figure.printed} ({name})" for name, figure in printed),
                    tuple(text for text, _ in raw),
                    shown,
                    tuple(apart[: len(printed)]),
                    tuple(apart[len(printed) :]),
                )
            )
        failed = 0 if tracker is None else len(tracker.failed)
        whose = fact["title"], fact["name"], fact["whose"], tuple(fact["lacking"])
        lines.append(Line(*whose, failed, tuple(cells), fact.get("sha256", "")))
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
