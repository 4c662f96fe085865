"""A board's tables: trackers by datasets, and where every score comes from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from benchmark.statistics.best import Standing
from reports.board.gathering import Listed
from reports.board.model import Board, Division
from reports.labels import coverage, marks
from reports.tables.grid import EMPTY, Cell, Column, Table, score, tracker_cell, words

__all__ = ["board_table", "source_table"]

Link = Callable[[Listed], str]
"""Returns the address of a run's report, from the page's folder."""


def board_table(board: Board, link: Link) -> Table:
    """Return the table of all scores: a row a tracker, a column a division, every cell a link to its report."""
    columns = [Column("Tracker", "tracker", "text")]
    cells: dict[str, list[Cell]] = {name: [] for name in board.names}
    for one in board.divisions:
        columns.append(Column(f"{one.title}: {one.merit.title}", f"{one.title} {one.merit.key}", short=one.title))
        standing = one.merit.standings(one.scores.trackers)
        for name in board.names:
            cells[name].append(_cell(one, name, standing.get(name, ""), link))
    beside = {tracker.name: marks(tracker) for one in reversed(board.divisions) for tracker in one.scores.trackers}
    rows = tuple((tracker_cell(name, beside[name]), *cells[name]) for name in board.names)
    notes = (
        "Below a score: its 95 % interval over sequences. Bold: better than every other tracker of the column; ≈: not"
        " told apart from the best (paired sign-flip tests, Holm's correction).",
        *(f"{one.title}: {coverage(one.scores)}." for one in board.divisions),
    )
    return Table("board", "Trackers by datasets", "Each dataset is scored by its own toolkit's rules", tuple(columns),
                 rows, notes)  # fmt: skip


def source_table(one: Division, index: int, link: Link) -> Table:
    """Return where a division's scores come from: every tracker's run, and how many older ones it has."""
    rows = []
    for tracker in one.scores.trackers:
        listed = one.source[tracker.name]
        facts = next(
            (own for own in listed.run.manifest["trackers"] if listed.name_of(own["name"]) == tracker.name), None
        )
        weights = f"{facts['weights']['name']} {(facts['weights']['sha256'] or '')[:12]}".strip() if facts else "–"
        commit = (listed.run.manifest["git"] or {}).get("commit", "")[:12]
        failed = f"{len(tracker.failed)} failed" if tracker.failed else ""
        rows.append((
            tracker_cell(tracker.name, marks(tracker, remarks=True)),
            replace(words(listed.run.scores.run, listed.paper), link=link(listed)),
            words(weights), words(commit or "–"), words(listed.run.manifest["machine"]["processor"] or "–"),
            Cell(str(len(tracker.sequences)), len(tracker.sequences), failed),
            Cell(str(one.older[tracker.name]), one.older[tracker.name]),
        ))  # fmt: skip
    columns = (
        Column("Tracker", "tracker", "text"), Column("Run", "run", "text"), Column("Weights", "weights", "text"),
        Column("Commit", "commit", "text"), Column("Machine", "machine", "text"), Column("Sequences", "sequences"),
        Column("Older runs", "older"),
    )  # fmt: skip
    return Table(f"sources-{index}", "Where the scores come from", coverage(one.scores), columns, tuple(rows))


def _cell(one: Division, name: str, standing: Standing, link: Link) -> Cell:
    tracker = next((own for own in one.scores.trackers if own.name == name), None)
    if tracker is None:
        return EMPTY
    drawn = score(one.merit.overall(tracker), one.merit.interval(tracker), standing=standing)
    return replace(drawn, note=tracker.lacking, link=link(one.source[name]))
