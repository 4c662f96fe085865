"""The tables of a report, by name."""

from __future__ import annotations

from collections.abc import Iterable

from benchmark.scores import RepeatedScores, TrackerScores
from benchmark.signed import signed
from benchmark.statistics.paired import PairedDifference
from reports.failures import KINDS
from reports.labels import (
    ATTRIBUTES,
    KIND_NAMES,
    circumstances,
    coverage,
    heading,
    marks,
    measure_names,
    short_names,
)
from reports.model import Report
from reports.tables.causes import causes_table
from reports.tables.grid import EMPTY, Cell, Column, Table, difference, p_cell, score, tracker_cell, words
from reports.tables.papers import paper_grids
from reports.tables.ranks import rank_table
from reports.tables.speed import speed_tables
from reports.tables.vot import toolkit_table, vot_tables

__all__ = ["make_tables"]


def make_tables(report: Report) -> dict[str, Table]:
    """Return every table that the report has something for."""
    found = (
        *vot_tables(report),
        *(toolkit_table(one, index) for index, one in enumerate(report.toolkit)),
        _scores(report),
        _answers(report),
        rank_table(report),
        *paper_grids(report),
        _attributes(report),
        _classes(report),
        causes_table(report),
        _sequences(report),
        *speed_tables(report),
        _failures(report),
        _sensitivity(report),
    )
    return {table.name: table for table in found if table.rows}


def _tracker_columns(trackers: Iterable[TrackerScores], key: str) -> list[Column]:
    """Return a column for each tracker, headed by its name and what puts its numbers in doubt."""
    return [Column(heading(one), key, tracker=one.name, facts={"marks": "; ".join(marks(one))}) for one in trackers]


def _scores(report: Report) -> Table:
    heads, shorts = measure_names(report.profile), short_names(report.profile)
    measures = list(heads)
    standing = {measure: report.scores.standings(measure) for measure in measures}
    rows = []
    for one in report.ranked:
        facts = [f"weights {one.weights}"] if one.weights not in ("", "none") else []
        if one.preset and one.preset != "compact":
            facts.append(f"preset {one.preset}")
        found = marks(one, remarks=True)
        named = tracker_cell(one.name, (*facts, *found), weights=one.weights, preset=one.preset, marks="; ".join(found))
        values = [
            score(
                getattr(one.summary.overall, m) if one.summary else None,
                one.intervals.get(m),
                standing=standing[m].get(one.name, ""),
            )
            for m in measures
        ]
        count = f"{len(one.failed)} failed" if one.failed else ""
        done = Cell(str(len(one.sequences)), len(one.sequences), count, facts={"failed": len(one.failed)})
        rows.append((named, words(one.remembers), *values, done, _repeats(one.repeats)))
    columns = [
        Column("Tracker", "tracker", "text"), Column("What it remembers", "remembers", "text", aside=True),
        *(Column(heads[m], m, short=shorts[m]) for m in measures),
        Column("Sequences", "sequences", short="Seqs."), Column("Repeats", "repeats"),
    ]  # fmt: skip
    if not any(one.repeats for one in report.ranked):
        columns.pop()
        rows = [row[:-1] for row in rows]
    notes = ["Below a score: its 95 % interval over sequences."] if any(one.intervals for one in report.scored) else []
    given = {mark for found in standing.values() for mark in found.values()}
    if "best" in given:
        notes.append("Bold: better than every other tracker here.")
    if "alike" in given:
        notes.append("≈: not told apart from the best.")
    if given:
        notes.append("Told apart where a paired sign-flip test over sequences, with Holm's correction, gives p < .05.")
    if any(one.failed for one in report.ranked):
        notes.append("Failed sequences are left out of that tracker's averages.")
    return _table(report, "scores", "Scores", columns, rows, notes)


def _repeats(repeats: RepeatedScores | None) -> Cell:
    if repeats is None:
        return EMPTY
    deviation = repeats.measures["auc"].deviation
    note = f"AUC ±{deviation:.4f}" if deviation is not None else ""
    said = "identical, bit for bit" if repeats.identical else note
    return Cell(str(repeats.count), repeats.count, said, facts={"auc_deviation_over_repeats": deviation})


def _answers(report: Report) -> Table:
    rows = [
        (
            words(one.pair.asks, other=one.pair.other, base=one.pair.base), words(one.verdict),
            *_difference(one.main), *_difference(one.second),
            words(" / ".join(map(str, one.counts)), better=one.counts[0], alike=one.counts[1], worse=one.counts[2]),
            score(one.main.detectable),
        )
        for one in report.answers
    ]  # fmt: skip
    merit = report.merit
    second = merit.second.capitalize()
    columns = (
        Column("Question", "question", "text"), Column("Answer", "verdict", "text"),
        Column(f"{merit.short} difference", f"{merit.key}_difference", short=f"Δ{merit.short}"),
        Column("p, corrected", f"{merit.key}_p_holm", short="p"),
        Column(f"{second} difference", f"{merit.second}_difference", short=f"Δ{second[0]}"),
        Column("p, corrected", f"{merit.second}_p_holm", short="p"), Column("better / alike / worse", short="+/=/−"),
        Column("detectable", f"{merit.key}_detectable", short="detect."),
    )  # fmt: skip
    note = (
        "Paired over sequences: mean difference with its 95 % interval, sign-flip p after Holm's correction over these "
        f"questions, {merit.counting} (better / alike / worse), and the smallest true difference "
        "that so many sequences would show in 80 of 100 experiments (detectable)."
    )
    first = dict.fromkeys(one.first for one in report.answers if one.first)
    return _table(report, "answers", "Questions", columns, rows, [*first, note])


def _difference(found: PairedDifference | None) -> tuple[Cell, Cell]:
    if found is None:
        return EMPTY, EMPTY
    p = p_cell(found.p_holm)
    return difference(found.difference, found.interval), p


def _attributes(report: Report) -> Table:
    return _grouped(report, "attributes", "Success AUC by attribute", "Attribute", report.attributes)


def _classes(report: Report) -> Table:
    motion = " and motion" if any(name.startswith("motion ") for name in report.classes) else ""
    return _grouped(report, "classes", f"Success AUC by class{motion}", "Class", report.classes)


def _grouped(report: Report, name_of_table: str, title: str, heading_of_rows: str, names: Iterable[str]) -> Table:
    """Return the table of sequences that share something: an attribute, or the kind of their target."""
    rows = []
    for name in names:
        count = max(len(t.summary.by_attribute[name].sequences) for t in report.scored if t.summary
                    and name in t.summary.by_attribute)  # fmt: skip
        values = [
            score(
                t.summary.by_attribute[name].auc if t.summary and name in t.summary.by_attribute else None,
                t.uncertainty.by_attribute.get(name, {}).get("auc") if t.uncertainty else None,
            )
            for t in report.scored
        ]
        meaning = ATTRIBUTES.get(name, "")
        rows.append((words(name, meaning, meaning=meaning), Cell(str(count), count), *values))
    columns = (Column(heading_of_rows, heading_of_rows.lower(), "text"),
               Column("Sequences", "sequences", short="Seqs."), *_tracker_columns(report.scored, "auc"))  # fmt: skip
    return _table(report, name_of_table, title, columns, rows)


def _sequences(report: Report) -> Table:
    rows = []
    for view in report.sequences:
        found = view.by_tracker
        cells = []
        for name in (one.name for one in report.ranked):
            status = "done" if name in found else "failed" if name in view.failed else ""
            facts = {"precision": found[name].precision if name in found else None, "status": status}
            auc = found[name].auc if name in found else None
            cells.append(
                Cell("failed" if status == "failed" else "–" if auc is None else f"{auc:.3f}", auc, facts=facts)
            )
        listed = ", ".join(view.attributes)
        rows.append((words(view.name, listed, attributes=listed), Cell(str(view.frames), view.frames), *cells))
    columns = (
        Column("Sequence", "sequence", "text"),
        Column("Frames", "frames"),
        *_tracker_columns(report.ranked, "auc"),
    )
    return _table(report, "sequences", "Success AUC by sequence", columns, rows)


def _failures(report: Report) -> Table:
    rows = []
    for one in report.scored:
        tracks = [t for view in report.sequences for t in view.tracks if t.tracker == one.name and t.segments]
        segments = [segment for track in tracks for segment in track.segments]
        total = sum(map(len, segments))
        if not total:
            continue
        cells = []
        for kind in KINDS:
            own = [segment for segment in segments if segment.kind == kind]
            share = sum(map(len, own)) / total
            cells.append(Cell(f"{100 * share:.1f} %", share, f"{len(own)}×", facts={f"{kind}_stretches": len(own)}))
        rows.append((tracker_cell(one.name, marks(one)), *cells))
    columns = (
        Column("Tracker", "tracker", "text"), *(Column(KIND_NAMES[kind], f"{kind}_share_of_frames") for kind in KINDS),
    )  # fmt: skip
    note = "Share of all frames, and below it how many stretches. Stretches shorter than 5 frames are not told apart."
    return _table(report, "failures", "What happened, in frames", columns, rows, [note])


def _sensitivity(report: Report) -> Table:
    with_changes = [one for one in report.scored if one.sensitivity]
    changes = {one.name: {change.name: change for change in one.sensitivity} for one in with_changes}
    rows = []
    for name in dict.fromkeys(name for own in changes.values() for name in own):
        cells = []
        for one in with_changes:  # who failed on some sequences may lack what only these know
            change = changes[one.name].get(name)
            if change is None:
                cells.append(EMPTY)
                continue
            facts = {"precision_change": change.precision}
            cells.append(Cell(signed(change.auc, ".4f"), change.auc, signed(change.precision, ".4f"), facts=facts))
        rows.append((words(name), *cells))
    columns = (Column("One convention changed", "convention", "text"), *_tracker_columns(with_changes, "auc_change"))
    note = "Change of success AUC, and below it of precision, when the same boxes are scored so."
    return _table(report, "sensitivity", "What another convention would say", columns, rows, [note])


def _table(
    report: Report, name: str, title: str, columns: Iterable[Column], rows: Iterable[tuple[Cell, ...]],
    notes: Iterable[str] = (),
) -> Table:  # fmt: skip
    return Table(name, title, coverage(report.scores), tuple(columns), tuple(rows), tuple(notes),
                 circumstances(report.scores))  # fmt: skip
