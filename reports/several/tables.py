"""The table over all datasets: a row a tracker, and of each dataset the score that its own toolkit puts first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from benchmark.scores import TrackerScores
from reports.labels import coverage, marks
from reports.model import Report
from reports.tables.grid import EMPTY, Cell, Column, Table, tracker_cell
from reports.tables.headline import headline_cells

__all__ = ["overall_table"]


def overall_table(reports: Sequence[Report]) -> Table:
    """Return the table; a tracker that was not run on a dataset, or has no score there, has an empty cell."""
    names = list(dict.fromkeys(one.name for report in reports for one in report.ranked))
    columns = [Column("Tracker", "tracker", "text")]
    cells: dict[str, list[Cell]] = {name: [] for name in names}
    for report in reports:
        (column, *_), own = headline_cells(report)
        dataset = report.scores.dataset
        columns.append(Column(f"{dataset}: {column.heading}", f"{dataset} {column.key}", short=dataset))
        found = {one.name: one for one in report.ranked}
        for name in names:
            cells[name].append(_cell(found.get(name), own[name][0] if name in own else EMPTY))
    first = {one.name: one for report in reversed(reports) for one in report.ranked}
    rows = tuple((tracker_cell(name, marks(first[name])), *cells[name]) for name in names)
    notes = (
        "Each dataset is scored by its own toolkit's rules: columns are no measure of one another.",
        *(f"{report.scores.dataset}: {coverage(report.scores)}." for report in reports),
    )
    return Table("datasets", "All datasets", "Scores by dataset", tuple(columns), rows, notes)


def _cell(tracker: TrackerScores | None, drawn: Cell) -> Cell:
    if tracker is None:
        return EMPTY
    return replace(drawn, note=tracker.lacking or ("" if tracker.summary else "not scored here"))
