"""The papers' tables beside what was measured, and other trackers' published scores on the same dataset."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from benchmark.scores import RunScores, TrackerScores
from benchmark.statistics.intervals import Interval
from reports.answers import base_name
from reports.published import Figure, Paper, PaperRow, Published, load_papers, load_published, published_name

__all__ = ["Measured", "PaperTable", "Versus", "others", "paper_tables"]

MEASURES = ("auc", "precision")
DATASETS = ("OTB2013", "OTB2015")


@dataclass(frozen=True)
class Measured:
    """One of our trackers beside a printed row."""

    tracker: TrackerScores
    measure: str
    value: float
    interval: Interval | None
    difference: float | None
    """Measured minus printed; None where the two cannot be compared."""


@dataclass(frozen=True)
class Versus:
    """One row of a paper's table: what is printed, by dataset and measure, and what we measured."""

    row: PaperRow
    measured: tuple[Measured, ...]

    def printed(self, dataset: str, measure: str) -> tuple[Figure, ...]:
        """Return the verified figures of that cell."""
        return self.row.published.find(dataset, measure)


@dataclass(frozen=True)
class PaperTable:
    """One paper's table."""

    paper: Paper
    datasets: tuple[str, ...]
    """Those that the paper's own rows have scores on."""
    rows: tuple[Versus, ...]
    why_not: str
    """Why no difference is shown; "" where it is."""


def paper_tables(scores: RunScores) -> tuple[PaperTable, ...]:
    """Return every paper of which one of our trackers is in the run."""
    why_not = incomparable(scores)
    on = published_name(scores.dataset) if not why_not else None
    tables = []
    for paper in load_papers():
        rows = tuple(Versus(row, tuple(_measured(scores.trackers, row, on))) for row in paper.rows)
        if any(row.measured for row in rows):
            datasets = tuple(d for d in DATASETS if any(row.published.find(d, "auc") for row in paper.rows))
            tables.append(PaperTable(paper, datasets, rows, why_not))
    return tuple(tables)


def others(scores: RunScores) -> tuple[Published, ...]:
    """Return the trackers with verified scores on the run's dataset, best AUC first; none where no paper uses it."""
    on = published_name(scores.dataset)
    if on is None:
        return ()
    found = [(figures[0].value or 0.0, one) for one in load_published() if (figures := one.find(on, "auc"))]
    return tuple(one for _, one in sorted(found, key=lambda pair: -pair[0]))


def _measured(trackers: Sequence[TrackerScores], row: PaperRow, on: str | None) -> list[Measured]:
    found = []
    for one in trackers:
        if base_name(one.name) != row.ours or one.summary is None:
            continue
        for measure in MEASURES:
            value = float(getattr(one.summary.overall, measure))
            printed = row.published.find(on, measure) if on else ()
            comparable = printed and printed[0].value is not None and not one.failed
            difference = value - printed[0].value if comparable and printed[0].value is not None else None
            found.append(Measured(one, measure, value, one.intervals.get(measure), difference))
    return found


def incomparable(scores: RunScores) -> str:
    """Return why measured and printed scores must not be subtracted; "" where they may."""
    if scores.rendered:
        return f"{scores.dataset} is rendered, not filmed: no paper has it"
    if published_name(scores.dataset) is None:
        return f"no paper prints scores on {scores.dataset}"
    if not scores.complete:
        return f"{scores.coverage}: a part of the dataset does not stand beside the whole"
    if scores.protocol != "ope":
        return f"the papers print one pass (OPE), this is {scores.protocol.upper()}"
    return ""
