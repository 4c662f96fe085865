"""The scores at a glance: who, two scores, and what a frame costs."""

from __future__ import annotations

from benchmark.profiles import Profile
from reports.labels import MEASURE_NAMES, coverage, marks
from reports.model import Report
from reports.speed import Speed
from reports.tables.grid import EMPTY, Cell, Column, Table, score, tracker_cell

__all__ = ["headline_measures", "headline_table"]


def headline_measures(profile: Profile) -> tuple[str, str]:
    """Return the two measures that stand for a dataset: of overlaps where a profile pools frames, else OTB's."""
    return ("ao", "sr50") if profile.average == "frames" else ("auc", "precision")


def headline_table(report: Report) -> Table:
    """Return the table of four columns; latency where it was measured of anybody, else throughput, never both."""
    measures = headline_measures(report.profile)
    standing = {measure: report.scores.standings(measure) for measure in measures}
    speeds = {one.tracker: one for one in report.speeds}
    alone = any(one.latency for one in report.speeds)
    rows = tuple(
        (
            tracker_cell(one.name, marks(one)),
            *(score(getattr(one.summary.overall, m), one.intervals.get(m), standing=standing[m].get(one.name, ""))
              for m in measures),
            _speed(speeds.get(one.name), alone),
        )
        for one in report.scored if one.summary
    )  # fmt: skip
    names = MEASURE_NAMES | {"precision": f"Precision @{report.profile.precision_name}"}
    columns = (
        Column("Tracker", "tracker", "text"), *(Column(names[m], m) for m in measures),
        Column("Latency, median ms", "median_ms") if alone else Column("Frames/s, throughput", "frames_per_second"),
    )  # fmt: skip
    given = {mark for found in standing.values() for mark in found.values()}
    notes = (
        *(["bold: better than every other"] if "best" in given else []),
        *(["≈: not told apart from the best"] if "alike" in given else []),
        "below a score: its 95 % interval",
        *(["speeds were measured beside other work"] if any(map(_loaded, report.speeds)) else []),
    )  # fmt: skip
    return Table("headline", "Scores at a glance", coverage(report.scores), columns, rows, notes)


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
