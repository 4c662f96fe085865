"""The tables of a report, by name."""

from __future__ import annotations

from collections.abc import Iterator

from reports.answers import Answer
from reports.failures import KINDS
from reports.labels import ATTRIBUTES, KIND_NAMES, MEASURE_NAMES, coverage, heading, marks
from reports.model import Report
from reports.tables.grid import Cell, Column, Table, score, tracker_cell, words
from reports.tables.papers import paper_grids
from reports.tables.ranks import rank_table

__all__ = ["make_tables"]


def make_tables(report: Report) -> dict[str, Table]:
    """Return every table that the report has something for."""
    found = (
        _scores(report),
        _answers(report),
        rank_table(report),
        *paper_grids(report),
        _attributes(report),
        _sequences(report),
        *_speed(report),
        _failures(report),
        _sensitivity(report),
    )
    return {table.name: table for table in found if table.rows}


def _scores(report: Report) -> Table:
    measures = list(MEASURE_NAMES)
    heads = dict(MEASURE_NAMES)
    heads["precision"] = f"Precision @{report.profile.precision_headline:g} px"
    best = {m: max((getattr(t.summary.overall, m) for t in report.scored if t.summary), default=0.0) for m in measures}
    rows = []
    for one in report.ranked:
        facts = [f"weights {one.weights}"] if one.weights not in ("", "none") else []
        if one.preset and one.preset != "compact":
            facts.append(f"preset {one.preset}")
        values = [
            score(
                value := getattr(one.summary.overall, m) if one.summary else None,
                one.intervals.get(m),
                best=value is not None and value == best[m],
            )
            for m in measures
        ]
        count = f"{len(one.failed)} failed" if one.failed else ""
        rows.append(
            (tracker_cell(one.name, (*facts, *marks(one, remarks=True))), words(one.remembers), *values,
             Cell(str(len(one.sequences)), float(len(one.sequences)), count), _repeats(one.repeats))
        )  # fmt: skip
    columns = [Column("Tracker", "text"), Column("What it remembers", "text"), *(Column(heads[m]) for m in measures),
               Column("Sequences"), Column("Repeats")]  # fmt: skip
    if not any(one.repeats for one in report.ranked):
        columns.pop()
        rows = [row[:-1] for row in rows]
    notes = ["Below a score: its 95 % interval over sequences."]
    if any(one.failed for one in report.ranked):
        notes.append("Failed sequences are left out of that tracker's averages.")
    return Table("scores", "Scores", coverage(report.scores), tuple(columns), tuple(rows), tuple(notes))


def _repeats(repeats: object) -> Cell:
    from benchmark.scores import RepeatedScores

    if not isinstance(repeats, RepeatedScores):
        return Cell("–")
    if repeats.identical:
        return Cell(str(repeats.count), float(repeats.count), "identical, bit for bit")
    deviation = repeats.measures["auc"].deviation
    return Cell(str(repeats.count), float(repeats.count), f"AUC ±{deviation:.4f}" if deviation is not None else "")


def _answers(report: Report) -> Table:
    rows = tuple(
        (
            words(one.pair.asks), words(one.verdict), *_difference(one, "auc"), *_difference(one, "precision"),
            words(f"{one.auc.wins} / {one.auc.ties} / {one.auc.losses}"),
            score(one.auc.detectable),
        )
        for one in report.answers
    )  # fmt: skip
    columns = (
        Column("Question", "text"), Column("Answer", "text"), Column("AUC difference"), Column("p, corrected"),
        Column("Precision difference"), Column("p, corrected"), Column("better / alike / worse"),
        Column("detectable"),
    )  # fmt: skip
    notes = (
        "Paired over sequences: mean difference with its 95 % interval, sign-flip p after Holm's correction over these "
        "questions, sequences that differ by more than .01, and the smallest true difference that so many "
        "sequences would show in 80 of 100 experiments.",
    )
    return Table("answers", "Questions", coverage(report.scores), columns, rows, notes)


def _difference(one: Answer, measure: str) -> tuple[Cell, Cell]:
    found = one.auc if measure == "auc" else one.precision
    note = f"{found.interval.low:+.3f} to {found.interval.high:+.3f}" if found.interval else ""
    p = Cell("–") if found.p_holm is None else Cell(f"{found.p_holm:.3f}", found.p_holm)
    return Cell(f"{found.difference:+.3f}", found.difference, note), p


def _attributes(report: Report) -> Table:
    rows = []
    for name in report.attributes:
        count = max(len(t.summary.by_attribute[name].sequences) for t in report.scored if t.summary
                    and name in t.summary.by_attribute)  # fmt: skip
        values = [
            score(
                t.summary.by_attribute[name].auc if t.summary and name in t.summary.by_attribute else None,
                t.uncertainty.by_attribute.get(name, {}).get("auc") if t.uncertainty else None,
            )
            for t in report.scored
        ]
        rows.append((words(name, ATTRIBUTES.get(name, "")), Cell(str(count), float(count)), *values))
    columns = (Column("Attribute", "text"), Column("Sequences"), *(Column(heading(t)) for t in report.scored))
    return Table("attributes", "Success AUC by attribute", coverage(report.scores), columns, tuple(rows))


def _sequences(report: Report) -> Table:
    rows = []
    for view in report.sequences:
        by_name = {track.tracker: track for track in view.tracks}
        values = [
            score(by_name[t.name].auc) if t.name in by_name else words("failed" if t.name in view.failed else "–")
            for t in report.ranked
        ]
        rows.append((words(view.name, ", ".join(view.attributes)), Cell(str(view.frames), view.frames), *values))
    columns = (Column("Sequence", "text"), Column("Frames"), *(Column(heading(t)) for t in report.ranked))
    return Table("sequences", "Success AUC by sequence", coverage(report.scores), columns, tuple(rows))


def _speed(report: Report) -> Iterator[Table]:
    by_name = {one.name: one for one in report.scored}
    measured = sorted((s for s in report.speeds if s.latency), key=lambda s: s.latency.median_ms if s.latency else 0)
    rows = []
    for one in measured:
        latency = one.latency
        assert latency is not None
        marked = [*marks(by_name[one.tracker]), *latency.invalid, *(["machine under load"] if latency.loaded else [])]
        numbers = (latency.fps, latency.median_ms, latency.p95_ms, latency.p99_ms, latency.first_frame_ms,
                   latency.start_up_s, latency.memory_mb, latency.gflop)  # fmt: skip
        rows.append(
            (tracker_cell(one.tracker, marked), score(one.auc), *(score(n, digits=1) for n in numbers),
             Cell(f"{latency.parameters / 1e6:.2f}", latency.parameters / 1e6),
             score(latency.median_ms / latency.calibration_ms, digits=1))
        )  # fmt: skip
    heads = ("Success AUC", "frames/s", "median ms", "p95 ms", "p99 ms", "first frame ms", "start-up s",
             "peak memory MB", "GFLOP", "parameters, millions", "× reference")  # fmt: skip
    device = report.runs[0].manifest.get("environment", {}).get("device", "")
    notes = (
        "One lane, the device to itself, decoding left out; the boxes of the timed frames are those of the scores. "
        "× reference: median over the time of a fixed matrix workload on that machine.",
    )
    columns = (Column("Tracker", "text"), *map(Column, heads))
    yield Table("latency", f"Latency on {device}", coverage(report.scores), columns, tuple(rows), notes)
    through = tuple(
        (tracker_cell(one.tracker, marks(by_name[one.tracker])), score(one.throughput, digits=1),
         Cell(str(one.lanes), float(one.lanes)))
        for one in report.speeds if one.throughput is not None
    )  # fmt: skip
    yield Table(
        "throughput", "Throughput of this run", coverage(report.scores),
        (Column("Tracker", "text"), Column("frames/s"), Column("lanes")), through,
        ("Inside the tracker, lanes side by side, with whatever else the machine did: no latency.",),
    )  # fmt: skip


def _failures(report: Report) -> Table:
    rows = []
    for one in report.scored:
        tracks = [t for view in report.sequences for t in view.tracks if t.tracker == one.name and t.segments]
        segments = [segment for track in tracks for segment in track.segments]
        total = sum(map(len, segments))
        if not total:
            continue
        shares = [sum(len(s) for s in segments if s.kind == kind) / total for kind in KINDS]
        counts = [sum(s.kind == kind for s in segments) for kind in KINDS]
        rows.append(
            (tracker_cell(one.name, marks(one)),
             *(Cell(f"{100 * share:.1f} %", share, f"{n}×") for share, n in zip(shares, counts, strict=True)))
        )  # fmt: skip
    columns = (Column("Tracker", "text"), *(Column(KIND_NAMES[kind]) for kind in KINDS))
    notes = (
        "Share of all frames, and below it how many stretches. Stretches shorter than 5 frames are not told apart.",
    )
    return Table("failures", "What happened, in frames", coverage(report.scores), columns, tuple(rows), notes)


def _sensitivity(report: Report) -> Table:
    with_changes = [one for one in report.scored if one.sensitivity]
    names = [change.name for change in with_changes[0].sensitivity] if with_changes else []
    rows = []
    for index, name in enumerate(names):
        cells = []
        for one in with_changes:
            change = one.sensitivity[index]
            cells.append(Cell(f"{change.auc:+.4f}", change.auc, f"{change.precision:+.4f}"))
        rows.append((words(name), *cells))
    columns = (Column("One convention changed", "text"), *(Column(heading(one)) for one in with_changes))
    notes = ("Change of success AUC, and below it of precision, when the same boxes are scored so.",)
    return Table(
        "sensitivity", "What another convention would say", coverage(report.scores), columns, tuple(rows), notes
    )
