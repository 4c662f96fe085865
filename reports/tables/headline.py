"""The scores at a glance: who, two scores, and what a frame costs."""

from __future__ import annotations

from collections.abc import Iterator

from benchmark.merit import EAO
from benchmark.profiles import Profile
from benchmark.profiles.vot import load_vot_profile
from reports.labels import coverage, marks, measure_names
from reports.model import Report
from reports.speed import Speed
from reports.tables.grid import EMPTY, Cell, Column, Table, score, tracker_cell
from reports.tables.vot import MEASURES

__all__ = ["headline_cells", "headline_measures", "headline_table"]

POOLED = "in the scores every frame weighs the same, in the differences every sequence"


def headline_measures(profile: Profile) -> tuple[str, str]:
    """Return the two measures that stand for a dataset: of overlaps where a profile pools frames, else OTB's."""
    return ("ao", "sr50") if profile.average == "frames" else ("auc", "precision")


def headline_table(report: Report) -> Table:
    """Return the table of few columns; latency where it was measured of anybody, else throughput, never both."""
    measured, cells = headline_cells(report)
    speeds = {one.tracker: one for one in report.speeds}
    alone = any(one.latency for one in report.speeds)
    costs = [
        Column("Latency, median ms", "median_ms") if alone else Column("Frames/s, throughput", "frames_per_second")
    ] if report.speeds else []  # fmt: skip
    rows = tuple(
        (
            tracker_cell(one.name, (*marks(one), one.lacking) if one.lacking else marks(one)),
            *cells[one.name],
            *(_speed(speeds.get(one.name), alone) for _ in costs),
        )
        for one in report.scored
    )
    columns = (Column("Tracker", "tracker", "text"), *measured, *costs)
    given = {cell.standing for own in cells.values() for cell in own}
    notes = (
        *(["bold: better than every other"] if "best" in given else []),
        *(["≈: not told apart from the best"] if "alike" in given else []),
        *(["below a score: its 95 % interval"] if any(cell.interval for own in cells.values() for cell in own) else []),
        *(["failed sequences are left out of the averages"] if any(one.failed for one in report.scored) else []),
        *([POOLED] if report.profile.average == "frames" and len(report.scored) > 1 else []),
        *(_vot_notes(report) if report.merit is EAO else []),
        *(["speeds were measured beside other work"] if any(map(_loaded, report.speeds)) else []),
    )
    return Table("headline", "Scores at a glance", coverage(report.scores), columns, rows, notes)


def headline_cells(report: Report) -> tuple[list[Column], dict[str, list[Cell]]]:
    """Return the columns that stand for a dataset, the one that ranks first, and each tracker's cells."""
    return _vot_cells(report) if report.merit is EAO else _cells(report)


def _cells(report: Report) -> tuple[list[Column], dict[str, list[Cell]]]:
    """Return the columns of a run of one pass, and each tracker's cells."""
    measures = headline_measures(report.profile)
    standing = {measure: report.scores.standings(measure) for measure in measures}
    names = measure_names(report.profile)
    cells = {
        one.name: [
            score(getattr(one.summary.overall, m), one.intervals.get(m), standing=standing[m].get(one.name, ""))
            for m in measures
        ]
        for one in report.scored if one.summary
    }  # fmt: skip
    return [Column(names[m], m) for m in measures], cells


def _vot_cells(report: Report) -> tuple[list[Column], dict[str, list[Cell]]]:
    """Return the same of a run by one of VOT's protocols: what its challenges rank by, and the two parts of it."""
    standing = report.merit.standings(report.scored)
    cells = {}
    for one in report.scored:
        own = one.vot.measures[0] if one.vot else None
        cells[one.name] = [EMPTY] * 3 if own is None else [
            score(own.eao, report.merit.interval(one), standing=standing.get(one.name, "")),
            score(own.accuracy), score(own.robustness),
        ]  # fmt: skip
    return [Column(MEASURES[name][0], name) for name in ("eao", "accuracy", "robustness")], cells


def _vot_notes(report: Report) -> Iterator[str]:
    yield f"EAO over {next(one.vot.span_from for one in report.scored if one.vot)}"
    yield f"robustness: {load_vot_profile().robustness_by(report.scores.protocol)}"


def _loaded(one: Speed) -> bool:
    return bool(one.latency.load_mark if one.latency else one.load_mark)


def _speed(one: Speed | None, alone: bool) -> Cell:
    if one is None:
        return EMPTY
    if not alone:
        return score(one.throughput, digits=1)
    if one.latency is None or one.latency.invalid:  # a time of other boxes than those of the score
        return EMPTY
    return score(one.latency.median_ms, digits=1)
