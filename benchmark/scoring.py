"""From the records of a run to its scores: the typed value behind ``scores.json``, every table and every page."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from benchmark.datasets.selection import Selection
from benchmark.datasets.sequence import Annotation
from benchmark.metrics.scores import SequenceScores, score_sequences
from benchmark.metrics.summary import Summary, pool, summarise
from benchmark.profiles import Profile
from benchmark.protocols import score_runs, start_of
from benchmark.statistics.intervals import Interval
from benchmark.statistics.repeats import Repeats, repeats
from benchmark.statistics.uncertainty import MEASURES, Uncertainty, uncertainty
from benchmark.store.record import Record
from trackers.errors import InputError

if TYPE_CHECKING:
    from benchmark.interop.trajectories import Trajectories
    from trackers.names import TrackerSpec

SCHEMA = 1


@dataclass(frozen=True)
class RepeatedScores:
    """The spread from repeat to repeat: what a rerun changes, apart from the spread over sequences."""

    count: int
    identical: bool
    """Whether every repeat gave the same boxes, bit for bit: there is no spread to speak of."""
    measures: Mapping[str, Repeats]
    """By measure: ``auc``, ``precision``, ..."""

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> RepeatedScores:
        """Return what ``asdict`` was called on."""
        measures = {name: Repeats(**{**one, "means": tuple(one["means"])}) for name, one in data["measures"].items()}
        return cls(data["count"], data["identical"], measures)


@dataclass(frozen=True, kw_only=True)
class TrackerScores:
    """What one tracker reached in a run."""

    name: str
    remembers: str
    paper: str
    preset: str
    weights: str
    """Name of the weights; "none" for trackers without a network of ours."""
    marks: tuple[str, ...]
    """What a reader must know beside any number, e.g. ``trained on OTB100``."""
    summary: Summary | None
    """None where every sequence failed."""
    uncertainty: Uncertainty | None
    """95 % intervals over sequences; None where there is no score."""
    sequences: Mapping[str, SequenceScores]
    failed: Mapping[str, str] = field(default_factory=dict)
    """Sequence: reason."""
    repeats: RepeatedScores | None = None
    """Where each sequence was run several times: its scores are then averages over the repeats."""
    throughput: float | None = None
    """Frames / second inside the tracker, of the lanes that ran side by side; not a latency."""
    lanes: int = 1

    @property
    def intervals(self) -> Mapping[str, Interval]:
        """The interval of each score; empty for fewer than two sequences."""
        return self.uncertainty.overall if self.uncertainty else {}


@dataclass(frozen=True, kw_only=True)
class RunScores:
    """The scores of one run under one profile."""

    run: str
    profile: str
    protocol: str
    dataset: str
    coverage: str
    complete: bool
    rendered: bool
    trackers: tuple[TrackerScores, ...]

    @property
    def failures(self) -> int:
        """How many trajectories failed."""
        return sum(len(tracker.failed) for tracker in self.trackers)

    def to_dict(self) -> dict[str, Any]:
        """Return plain data, ready for JSON."""
        return {"schema": SCHEMA, **vars(self), "trackers": [_tracker_to_dict(tracker) for tracker in self.trackers]}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> RunScores:
        """Return what `to_dict` was called on; InputError for another schema."""
        facts = dict(data)
        if facts.pop("schema", None) != SCHEMA:
            raise InputError(
                f"these scores have schema {data.get('schema')!r}, this program reads {SCHEMA}; run it again"
            )
        return cls(**{**facts, "trackers": tuple(_tracker_from_dict(one) for one in facts["trackers"])})

    @classmethod
    def read(cls, run: Path) -> RunScores:
        """Return the scores kept in a run's folder."""
        try:
            return cls.from_dict(json.loads((run / "scores.json").read_text("utf-8")))
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise InputError(f"{run / 'scores.json'} cannot be read ({error}); run the same command again") from error


def score_run(
    run: str,
    records: Mapping[TrackerSpec, Sequence[Record]],
    selection: Selection,
    profile: Profile,
    protocol: str = "ope",
    imported: Sequence[Trajectories] = (),
) -> RunScores:
    """Score every tracker's records; failed ones are listed with their reason and left out of the averages.

    `imported` results, which have every sequence of the selection, are scored on the same sequences beside them.
    """
    annotations = {video.name: video.annotation for video in selection.sequences}
    attributes = {name: annotation.attributes for name, annotation in annotations.items()}
    repeated = {spec: _repeats(own, annotations, profile, protocol) for spec, own in records.items()}
    scores = {spec: average_repeats(own) for spec, own in repeated.items()}
    foreign = {f"{one.tracker} (imported)": _score_imported(one, annotations, profile) for one in imported}
    unsure = uncertainty({**{spec.name: own for spec, own in scores.items() if own}, **foreign}, attributes)
    trackers = []
    for spec, own in scores.items():
        done = [record for record in records[spec] if record.status == "done"]
        seconds = sum(record.seconds for record in done)
        trackers.append(
            TrackerScores(
                name=spec.name,
                remembers=spec.family.remembers,
                paper=spec.family.paper,
                preset=spec.preset,
                weights=spec.weights.name,
                marks=_marks(spec, selection),
                summary=summarise(own, profile, attributes) if own else None,
                uncertainty=unsure.get(spec.name),
                sequences=dict(own),
                failed=_failures(records[spec]),
                repeats=_spread(records[spec], repeated[spec], profile),
                throughput=sum(len(record.boxes) for record in done) / seconds if seconds > 0 else None,
                lanes=max((record.lanes for record in done), default=1),
            )
        )
    trackers += [
        TrackerScores(
            name=name,
            remembers="",
            paper="",
            preset="",
            weights="",
            marks=(one.dialect, *one.remarks),
            summary=summarise(own, profile, attributes),
            uncertainty=unsure[name],
            sequences=dict(own),
        )
        for one, (name, own) in zip(imported, foreign.items(), strict=True)
    ]
    return RunScores(
        run=run,
        profile=profile.name,
        protocol=protocol,
        dataset=selection.dataset,
        coverage=selection.coverage,
        complete=selection.complete,
        rendered=selection.rendered,
        trackers=tuple(trackers),
    )


def average_repeats(repeats: Sequence[Mapping[str, SequenceScores]]) -> Mapping[str, SequenceScores]:
    """Return each sequence's scores, averaged over its repeats, which have the same sequences."""
    if len(repeats) == 1:
        return repeats[0]
    runs = {name: {str(number): one[name] for number, one in enumerate(repeats)} for name in repeats[0]}
    return {name: replace(pool(own, name), frames=own["0"].frames) for name, own in runs.items()}


def _repeats(
    records: Sequence[Record], annotations: Mapping[str, Annotation], profile: Profile, protocol: str
) -> Sequence[Mapping[str, SequenceScores]]:
    """Return the scores of every repeat; a sequence counts where all its runs are done."""
    failed = {record.sequence for record in records if record.status != "done"}
    found: list[Mapping[str, SequenceScores]] = []
    for repeat in sorted({record.repeat for record in records}):
        own = [record for record in records if record.repeat == repeat and record.sequence not in failed]
        if protocol != "ope":
            found.append(_score_starts(own, annotations, profile))
            continue
        boxes = {record.sequence: record.boxes for record in own}
        starts = {record.sequence: record.start for record in own}
        found.append(score_sequences(boxes, annotations, profile, starts=starts))
    return found


def _score_starts(
    records: Sequence[Record], annotations: Mapping[str, Annotation], profile: Profile
) -> dict[str, SequenceScores]:
    """Return the pooled scores of the runs of TRE or SRE on every sequence."""
    by_sequence: dict[str, dict[str, Record]] = {}
    for record in records:
        by_sequence.setdefault(record.sequence, {})[record.begun] = record
    scores = {}
    for name, own in by_sequence.items():
        begun = [start_of(record.begun, record.start, record.boxes[0]) for record in own.values()]
        boxes = {start: record.boxes for start, record in own.items()}
        scores[name] = score_runs(boxes, begun, annotations[name], profile)
    return scores


def _score_imported(
    imported: Trajectories, annotations: Mapping[str, Annotation], profile: Profile
) -> Mapping[str, SequenceScores]:
    boxes = {name: imported.by_sequence[name].boxes for name in annotations}
    return score_sequences(boxes, annotations, profile, starts={name: imported.starts[name] for name in annotations})


def _failures(records: Sequence[Record]) -> dict[str, str]:
    """Return the first reason of every sequence that failed."""
    several = any(record.repeat for record in records)
    reasons: dict[str, str] = {}
    for record in records:
        if record.status != "done":
            which = f"repeat {record.repeat + 1}: " if several else ""
            reasons.setdefault(record.sequence, which + record.reason)
    return reasons


def _spread(
    records: Sequence[Record], scores: Sequence[Mapping[str, SequenceScores]], profile: Profile
) -> RepeatedScores | None:
    if len(scores) < 2 or not scores[0]:
        return None
    weights = {name: one.frames for name, one in scores[0].items()} if profile.average == "frames" else None
    boxes: dict[tuple[str, str], list[Any]] = {}
    for record in records:
        if record.sequence in scores[0]:
            boxes.setdefault((record.sequence, record.begun), []).append(record.boxes)
    return RepeatedScores(
        count=len(scores),
        identical=all(np.array_equal(own[0], one, equal_nan=True) for own in boxes.values() for one in own[1:]),
        measures={
            measure: repeats([{name: getattr(one, measure) for name, one in run.items()} for run in scores], weights)
            for measure in MEASURES
        },
    )


def _marks(spec: TrackerSpec, selection: Selection) -> tuple[str, ...]:
    """Return what stands beside every number of this tracker on this data."""
    family = selection.dataset.casefold()[:3] if selection.dataset.startswith("OTB") else selection.dataset.casefold()
    marks = []
    for what, names in (("trained", spec.weights.trained_on), ("tuned", spec.weights.tuned_on)):
        met = [name for name in names if name.casefold().startswith(family)]
        marks += [f"{what} on {name}" for name in met]
    if spec.weights.name == "random":
        marks.append("random weights")
    return tuple(marks)


def _tracker_to_dict(tracker: TrackerScores) -> dict[str, Any]:
    facts = {name: value for name, value in vars(tracker).items() if name != "repeats"}
    return {
        **facts,
        "marks": list(tracker.marks),
        "summary": tracker.summary.to_dict() if tracker.summary else None,
        "uncertainty": tracker.uncertainty.to_dict() if tracker.uncertainty else None,
        "sequences": {name: scores.to_dict() for name, scores in tracker.sequences.items()},
        **({"repeats": asdict(tracker.repeats)} if tracker.repeats else {}),
    }


def _tracker_from_dict(data: Mapping[str, Any]) -> TrackerScores:
    return TrackerScores(
        **{
            **data,
            "marks": tuple(data["marks"]),
            "summary": Summary.from_dict(data["summary"]) if data["summary"] else None,
            "uncertainty": Uncertainty.from_dict(data["uncertainty"]) if data["uncertainty"] else None,
            "sequences": {name: SequenceScores.from_dict(one) for name, one in data["sequences"].items()},
            "repeats": RepeatedScores.from_dict(data["repeats"]) if data.get("repeats") else None,
        }
    )
