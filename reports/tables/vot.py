"""VOT's measures: of every tracker, by sequence and by attribute, with what the papers print on the same dataset."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from benchmark.profiles.vot import load_vot_profile
from benchmark.scores import TrackerScores
from benchmark.vot.figures import ToolkitFigures
from benchmark.vot.scores import Part, VOTScores
from reports.labels import circumstances, coverage, heading, marks
from reports.model import Report
from reports.published import load_published
from reports.tables.grid import EMPTY, Cell, Column, Table, score, tracker_cell, words

__all__ = ["MEASURES", "toolkit_table", "vot_tables"]

MEASURES = {"accuracy": ("Accuracy", "A"), "robustness": ("Robustness", "R"), "eao": ("EAO", "EAO")}
PRINTED = (
    "Printed figures are of the whole dataset, by the challenge's or pysot's toolkit of their time; what their"
    " robustness counts differs from paper to paper."
)


def vot_tables(report: Report) -> Iterator[Table]:
    """Yield the table of measures, then those by sequence and by attribute; nothing of a run by another protocol."""
    found = {one.name: one.vot for one in report.scores.trackers if one.vot}
    if not found:
        return
    names = sorted(found, key=lambda name: -(found[name].measures[0].eao or 0.0))
    by_name = {one.name: one for one in report.scores.trackers}
    ranked = [by_name[name] for name in names]
    yield _measures(report, ranked, found)
    yield _parts(report, ranked, "vot-sequences", "Sequence", lambda name: found[name].sequences)
    yield _parts(report, ranked, "vot-attributes", "Attribute", lambda name: found[name].attributes)


def toolkit_table(figures: ToolkitFigures, index: int = 0) -> Table:
    """Return what vot-toolkit itself says, experiment by experiment."""
    rows = []
    for one in figures.figures:
        kind = one.kind if one.kind != one.experiment else ""
        pace = "real time" if one.realtime else ""
        values = (score(getattr(one, name), digits=4) for name in MEASURES)
        burn_in = EMPTY if one.burn_in is None else Cell(str(one.burn_in), one.burn_in)
        rows.append((tracker_cell(one.tracker), words(one.experiment, ", ".join(filter(None, (kind, pace)))),
                     *values, burn_in))  # fmt: skip
    printed = [(named, EMPTY, *scores[:3], EMPTY) for named, *scores in _printed(figures.coverage.partition(",")[0], 1)]
    columns = (
        Column("Tracker", "tracker", "text"), Column("Experiment", "experiment", "text"),
        *(Column(text, name, short=short) for name, (text, short) in MEASURES.items()), Column("Burn-in", "burn_in"),
    )  # fmt: skip
    spans = dict.fromkeys(one.span for one in figures.figures if one.span)
    notes = [f"EAO: expected average overlap, over {low} to {high} frames." for low, high in filter(None, spans)]
    notes.append("Robustness with restarts: failures a sequence, weighted by length; from anchors: share of frames.")
    notes += [PRINTED] if printed else []
    source = f"vot-toolkit {figures.version}, stack {figures.stack}"
    return Table(f"vot-toolkit{index or ''}", f"By {source}", f"{figures.coverage}; the figures of {source}", columns,
                 (*rows, *printed), tuple(notes), {"coverage": figures.coverage, "computed_by": source})  # fmt: skip


def _measures(report: Report, ranked: list[TrackerScores], found: Mapping[str, VOTScores]) -> Table:
    first = found[ranked[0].name]
    profiles = [load_vot_profile(one.profile) for one in first.measures]
    rows: list[tuple[Cell, ...]] = []
    for one in ranked:
        own = found[one.name]
        values = [score(getattr(measures, name), digits=4) for measures in own.measures for name in MEASURES]
        lost = own.measures[0].failures
        rows.append((tracker_cell(one.name, marks(one)), *values, Cell(f"{lost:g}", lost)))
    rows += list(_printed(report.scores.dataset, len(profiles)))
    columns = [Column("Tracker", "tracker", "text")]
    for profile in profiles:
        of = f", {profile.title}" if len(profiles) > 1 else ""
        key = profile.name.replace("-", "_")
        columns += [Column(text + of, f"{name}_{key}", short=short) for name, (text, short) in MEASURES.items()]
    columns.append(Column("Times lost", "times_lost", short="lost"))
    notes = [
        f"EAO: expected average overlap, over {first.span_from}.",
        *(f"Robustness by {one.title}: {one.robustness_by(report.scores.protocol)}." for one in profiles),
        "Computed here, by the rules of each toolkit, on the same boxes.",
    ]
    if len(rows) > len(ranked):
        notes.append(PRINTED)
    return Table("vot", "VOT's measures", coverage(report.scores), tuple(columns), tuple(rows), tuple(notes),
                 circumstances(report.scores))  # fmt: skip


def _printed(dataset: str, profiles: int) -> Iterator[tuple[Cell, ...]]:
    """Yield a row of every tracker that a paper prints accuracy or expected overlap of on that dataset."""
    for one in load_published():
        figures = {name: one.find(dataset, name) for name in MEASURES}
        if any(figures.values()):
            robustness = figures.pop("robustness")
            note = f"{one.year}" + (f"; robustness {robustness[0].printed}" if robustness else "")
            accuracy, eao = (Cell(own[0].printed, own[0].value) if own else EMPTY for own in figures.values())
            yield (words(f"{one.name}, as printed", note), accuracy, EMPTY, eao, *[EMPTY] * (3 * (profiles - 1)), EMPTY)


def _parts(
    report: Report,
    ranked: list[TrackerScores],
    name: str,
    what: str,
    parts_of: Callable[[str], Mapping[str, Part]],
) -> Table:
    """Return a table of accuracy, and below it how often the target was lost, for each sequence or attribute."""
    listed = sorted({part for one in ranked for part in parts_of(one.name)})
    rows = []
    for part in listed:
        own = [parts_of(one.name).get(part) for one in ranked]
        frames = max(one.frames for one in own if one)
        rows.append((words(part), Cell(str(frames), frames), *map(_cell, own)))
    columns = (
        Column(what, what.lower(), "text"), Column("Frames", "frames"),
        *(Column(heading(one), "accuracy", tracker=one.name) for one in ranked),
    )  # fmt: skip
    note = "Accuracy, and below it how often the target was lost."
    return Table(name, f"VOT accuracy by {what.lower()}", coverage(report.scores), columns, tuple(rows), (note,),
                 circumstances(report.scores))  # fmt: skip


def _cell(part: Part | None) -> Cell:
    if part is None:
        return EMPTY
    text = "–" if part.accuracy is None else f"{part.accuracy:.3f}"
    return Cell(text, part.accuracy, f"lost {part.failures:g}×", facts={"times_lost": part.failures})
