"""The tables of a study, by name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from benchmark.profiles import load_profile
from benchmark.signed import signed
from benchmark.studies.answer import Answer, Effect, Finding, Insight
from benchmark.studies.effects import found_words
from reports.studies.words import caption
from reports.tables.grid import EMPTY, Cell, Column, Table, difference, p_cell, score, starred, tracker_cell, words

__all__ = ["study_tables"]

OF_REPEATS = ("repeats_share", "auc_deviation")
"""Columns that only several repeats can fill."""


def study_tables(answer: Answer) -> dict[str, Table]:
    """Return every table that the answer has something for."""
    found = (_findings(answer), _actors(answer), _crossed(answer), *_groups(answer), _insights(answer))
    return {table.name: table for table in found if table.rows}


def _table(
    answer: Answer, name: str, title: str, columns: Sequence[Column], rows: Sequence[tuple[Cell, ...]],
    notes: Sequence[str] = (),
) -> Table:  # fmt: skip
    facts = {
        "study": answer.study, "coverage": answer.coverage, "frames_are": "rendered" if answer.rendered else "filmed",
        "protocol": answer.protocol, "profile": answer.profile, "repeats": float(answer.repeats),
        "jitter": answer.jitter,
    }  # fmt: skip
    label = f"{answer.study}-{answer.dataset}-{name}"
    known = [
        place for place, column in enumerate(columns)
        if column.key not in OF_REPEATS or any(row[place] is not EMPTY for row in rows)
    ]  # fmt: skip
    columns, rows = [columns[place] for place in known], [tuple(row[place] for place in known) for row in rows]
    return Table(f"study-{name}", title, caption(answer), tuple(columns), tuple(rows), tuple(notes), facts, label)


def _each(answer: Answer) -> str:
    """Return what a sequence's value is, to stand behind the word; or ""."""
    return "" if answer.repeats == 1 else ", each the mean of its repeats"


def _findings(answer: Answer) -> Table:
    rows = [
        (
            words(one.title, other=one.other, base=one.base, sequences=one.auc.sequences),
            words(found_words(one.auc, answer.relevant)),
            difference(one.auc.difference, one.auc.interval), p_cell(one.auc.p_holm),
            difference(one.precision.difference, one.precision.interval), _power(one.auc),
            _needed(one.auc), _share(one.auc.repeats_share), _ratio(answer.time_ratio(one)),
            words(f"{one.wins} / {one.ties} / {one.losses}", better=one.wins, alike=one.ties, worse=one.losses),
            words(_paper(one), expects=one.expects, verdict=one.verdict, source=one.source),
        )
        for one in answer.findings
    ]  # fmt: skip
    columns = (
        Column("Comparison", "comparison", "text"), Column("Found", "found", "text"),
        Column("AUC difference", "auc_difference", short="ΔAUC"), Column("p, corrected", "p_holm", short="p"),
        Column("Precision difference", "precision_difference", short="ΔP"),
        Column("detectable", "detectable", short="detect."), Column("sequences needed", "sequences_needed",
        short="needed"), Column("chance of the start", "repeats_share", short="start"),
        Column("time a frame, ×", "time_ratio", short="time"), Column("better / alike / worse", short="+/=/−"),
        Column("The paper", "paper", "text"),
    )  # fmt: skip
    notes = (
        f"Paired over sequences{_each(answer)}: difference with its 95 % interval, sign-flip p after"
        " Holm's correction over these comparisons. Detectable: what so many sequences show in 80 of 100 experiments,"
        " corrected; none where they are too few. Needed: sequences that decide a difference of"
        f" {answer.relevant:g}, the smallest that counts. Chance of the start: "
        + (
            "within the interval, but one repeat cannot tell how much of it."
            if answer.repeats == 1
            else "share of the interval's squared width that is the repeats'."
        )
        + " Verdicts are by intervals that hold for all comparisons at once, and of these sequences"
        + ("." if answer.complete and not answer.rendered else ", which the papers' are not."),
        *(f"{one.title}: {one.source}." for one in answer.findings if one.source),
        *(f"{remark[:1].upper()}{remark[1:]}." for remark in answer.remarks),
    )
    return _table(answer, "findings", answer.question, columns, rows, notes)


def _paper(one: Finding) -> str:
    return "–" if one.expects is None else f"{one.expects}: {one.verdict}"


def _power(one: Effect) -> Cell:
    return words("none") if one.detectable is None and one.interval else score(one.detectable)


def _needed(one: Effect) -> Cell:
    if one.interval is None:
        return EMPTY
    return Cell(f"{one.needed:,}", float(one.needed)) if one.needed else Cell("> 1,000,000")


def _share(value: float | None) -> Cell:
    return EMPTY if value is None else Cell(f"{100 * value:.0f} %", value)


def _ratio(ratio: float | None) -> Cell:
    return EMPTY if ratio is None else Cell(f"{ratio:.2f}", ratio)


def _actors(answer: Answer) -> Table:
    rows, profile = [], load_profile(answer.profile, answer.dataset)
    for one in answer.actors:
        cost = one.cost
        marks = [f"weights {one.weights}"] if one.weights not in ("", "none") else []
        named = Cell(one.label, note=one.tracker if one.tracker != one.label else "", tracker=one.tracker,
                     facts={"tracker": one.tracker, "weights": one.weights, "marks": "; ".join(one.marks)})  # fmt: skip
        rows.append(
            (
                named, words("; ".join((*marks, *one.marks)) or "–"), score(one.auc, one.interval),
                _share(one.repeats_share), score(one.deviation, digits=4), score(one.precision),
                Cell(f"{1e3 * cost.seconds:.1f}", 1e3 * cost.seconds) if cost else EMPTY,
                _many(cost.gflop if cost else None, 2), _many(cost.parameters if cost else None, 0),
                _many(cost.lane_bytes / 1e6 if cost and cost.lane_bytes is not None else None, 2),
                EMPTY if one.sequences is None else Cell(str(one.sequences), one.sequences),
                Cell(str(one.failed), one.failed),
            )
        )  # fmt: skip
    columns = (
        Column("Tracker", "label", "text"), Column("Weights and marks", "said", "text", aside=True),
        Column("Success AUC", "auc", short="AUC"), Column("chance of the start", "repeats_share", short="start"),
        Column("SD over repeats", "auc_deviation", short="SD"),
        Column(f"Precision @{profile.precision_name}", "precision", short=profile.precision_short),
        Column("ms a frame", "ms_a_frame", short="ms"), Column("GFLOP a frame", "gflop", short="GFLOP"),
        Column("Parameters", "parameters", short="Param."), Column("Memory of a lane, MB", "lane_mb", short="MB"),
        Column("Sequences", "sequences", short="Seqs."), Column("failed", "failed"),
    )  # fmt: skip
    weights: dict[str, list[str]] = {}
    for one in answer.actors:
        weights.setdefault("; ".join((one.weights or "none", *one.marks)), []).append(one.label)
    notes = (
        f"Below a score: its 95 % interval over sequences{_each(answer)}. Time: one lane on one"
        " thread, of the processor where that is what computes, a few frames on this machine.",
        *(f"Weights {said}: {'; '.join(labels)}." for said, labels in weights.items()),
    )
    return _table(answer, "trackers", "The trackers and what they cost", columns, rows, notes)


def _many(value: float | None, digits: int) -> Cell:
    return EMPTY if value is None else Cell(f"{value:,.{digits}f}", float(value))


def _crossed(answer: Answer) -> Table:
    rows = [
        (words(one.title), difference(one.auc.difference, one.auc.interval), p_cell(one.auc.p_holm), _power(one.auc),
         _needed(one.auc))
        for one in answer.crossed
    ]  # fmt: skip
    columns = (
        Column("Effect", "effect", "text"), Column("AUC difference", "auc_difference", short="ΔAUC"),
        Column("p, corrected", "p_holm", short="p"), Column("detectable", "detectable", short="detect."),
        Column("sequences needed", "sequences_needed", short="needed"),
    )  # fmt: skip
    notes = (
        "A main effect is averaged over the other factors' levels; an interaction (×) is how much more one factor's"
        " step brings where the other's is taken too. Holm's correction is over these rows.",
    )
    return _table(answer, "crossed", "Main effects and interactions", columns, rows, notes)


def _groups(answer: Answer) -> list[Table]:
    found = []
    for kind, title in (("cause", "By cause of failure"), ("attribute", "By attribute")):
        parts: list[Mapping[str, Effect]] = [
            one.by_cause if kind == "cause" else one.by_attribute for one in answer.findings
        ]
        rows = []
        for name in dict.fromkeys(name for part in parts for name in part):
            count = max(part[name].sequences for part in parts if name in part)
            cells = [starred(part.get(name)) for part in parts]
            rows.append((words(name), Cell(str(count), float(count)), *cells))
        columns = (
            Column(kind.capitalize(), kind, "text"), Column("Sequences", "sequences", short="Seqs."),
            *(Column(one.title, "auc_difference", tracker=one.title) for one in answer.findings),
        )  # fmt: skip
        notes = ["Difference of success AUC, paired, with its 95 % interval; * where p < .05 after Holm's correction."]
        effects = [one for part in parts for one in part.values()]
        if effects and all(one.detectable is None for one in effects):
            most = max(one.sequences for one in effects)
            notes.append(f"No cell of {most} sequences or fewer can have a star where {len(effects)} are looked at.")
        found.append(_table(answer, f"by-{kind}", title, columns, rows, notes))
    return found


def _told(one: Insight) -> Cell:
    sign = one.unit.startswith("change")
    text = signed(one.value, ".3g") if sign else f"{one.value:z.3g}"
    return Cell(text, one.value, interval=one.interval, spec=".3g", sign=sign)


def _insights(answer: Answer) -> Table:
    rows = [
        (tracker_cell(one.tracker), words(one.asks), _told(one), words(one.unit),
         Cell(str(one.sequences), float(one.sequences)), words(one.truth))
        for one in answer.insights
    ]  # fmt: skip
    columns = (
        Column("Tracker", "label", "text"), Column("What the memory did", "asks", "text"), Column("Value", "value"),
        Column("Unit", "unit", "text"), Column("Sequences", "sequences", short="Seqs."),
        Column("Frames told by", "truth", "text"),
    )  # fmt: skip
    notes = (f"Mean over the sequences in which it happens{_each(answer)}, with its 95 % interval.",)
    return _table(answer, "insights", "From telemetry", columns, rows, notes)
