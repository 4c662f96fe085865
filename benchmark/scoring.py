"""From the records of a run to its scores: the typed value behind ``scores.json``, every table and every page."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmark.datasets.selection import Selection
from benchmark.datasets.sequence import Annotation
from benchmark.metrics.scores import SequenceScores, score_sequences
from benchmark.metrics.summary import Summary, summarise
from benchmark.profiles import Profile
from benchmark.statistics.intervals import Interval
from benchmark.statistics.uncertainty import Uncertainty, uncertainty
from benchmark.store.record import Record
from trackers.errors import InputError

if TYPE_CHECKING:
    from trackers.names import TrackerSpec

SCHEMA = 1


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
    run: str, records: Mapping[TrackerSpec, Sequence[Record]], selection: Selection, profile: Profile, protocol: str
) -> RunScores:
    """Score every tracker's records; failed ones are listed with their reason and left out of the averages."""
    annotations = {video.name: video.annotation for video in selection.sequences}
    attributes = {name: annotation.attributes for name, annotation in annotations.items()}
    scores = {spec: _score(own, annotations, profile) for spec, own in records.items()}
    unsure = uncertainty({spec.name: own for spec, own in scores.items() if own}, attributes)
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
                failed={record.sequence: record.reason for record in records[spec] if record.status != "done"},
                throughput=sum(len(record.boxes) for record in done) / seconds if seconds > 0 else None,
                lanes=max((record.lanes for record in done), default=1),
            )
        )
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


def _score(
    records: Sequence[Record], annotations: Mapping[str, Annotation], profile: Profile
) -> Mapping[str, SequenceScores]:
    done = [record for record in records if record.status == "done"]
    return score_sequences(
        {record.sequence: record.boxes for record in done},
        annotations,
        profile,
        starts={record.sequence: record.start for record in done},
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
    return {
        **vars(tracker),
        "marks": list(tracker.marks),
        "summary": tracker.summary.to_dict() if tracker.summary else None,
        "uncertainty": tracker.uncertainty.to_dict() if tracker.uncertainty else None,
        "sequences": {name: scores.to_dict() for name, scores in tracker.sequences.items()},
    }


def _tracker_from_dict(data: Mapping[str, Any]) -> TrackerScores:
    return TrackerScores(
        **{
            **data,
            "marks": tuple(data["marks"]),
            "summary": Summary.from_dict(data["summary"]) if data["summary"] else None,
            "uncertainty": Uncertainty.from_dict(data["uncertainty"]) if data["uncertainty"] else None,
            "sequences": {name: SequenceScores.from_dict(one) for name, one in data["sequences"].items()},
        }
    )
