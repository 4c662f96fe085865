"""The scores of a run: the typed value behind ``scores.json``, every table and every page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from benchmark.datasets.catalogue import server_of
from benchmark.documents import read_json
from benchmark.engine.load import Load
from benchmark.metrics.scores import SequenceScores
from benchmark.metrics.sensitivity import Change
from benchmark.metrics.summary import Summary
from benchmark.shapes import Count, NotNegative, Positive, check
from benchmark.statistics.best import Standing, standings
from benchmark.statistics.intervals import Interval
from benchmark.statistics.repeats import Repeats
from benchmark.statistics.uncertainty import CURVES, MEASURES, Uncertainty
from benchmark.vot.scores import VOTScores
from trackers.errors import InputError

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


UNTRAINED = "untrained"
"""The mark of weights in which nothing was trained for tracking."""
REBUILT = "reconstruction"
"""The mark of trackers whose authors released no code."""
WITHOUT = ("", "none", "its own", "random")
"""Names of weights of which nobody here knows what they were trained for."""


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
    """None where every sequence failed, and where a server alone can score the dataset."""
    uncertainty: Uncertainty | None
    """95 % intervals over sequences; None where there is no score."""
    sequences: Mapping[str, SequenceScores]
    failed: Mapping[str, str] = field(default_factory=dict)
    """Sequence: reason."""
    tracebacks: Mapping[str, str] = field(default_factory=dict)
    """Sequence: the whole of what is known of that failure, where it is more than the reason."""
    oddities: tuple[str, ...] = ()
    """What boxes or confidences are that they should not be, in words."""
    sensitivity: tuple[Change, ...] = ()
    """What each other convention of scoring would do to AUC and precision; one pass only."""
    repeats: RepeatedScores | None = None
    """Where each sequence was run several times: its scores are then averages over the repeats."""
    throughput: Positive | None = None
    """Frames / second inside the tracker, of the lanes that ran side by side; not a latency."""
    lanes: Count = 1
    busy_cores: NotNegative | None = None
    """Cores that other processes kept busy while it ran, on average over that time; None where that is not known."""
    cores: Count = 0
    """Of how many."""
    vot: VOTScores | None = None
    """VOT's own measures, of runs by its protocols."""

    @property
    def load_mark(self) -> str:
        """What stands beside its throughput where it was taken beside other work; else ""."""
        return "" if self.busy_cores is None else Load(self.busy_cores, max(self.cores, 1)).mark

    @property
    def lacking(self) -> str:
        """How many sequences its averages leave out because it failed on them; "" where it failed on none."""
        failed = len(self.failed)
        return f"{failed} of {failed + len(self.sequences)} failed" if failed else ""

    @property
    def trained(self) -> bool | None:
        """Whether its weights were trained for tracking; None where that is not known, or there are none."""
        return None if self.weights in WITHOUT else UNTRAINED not in self.marks

    @property
    def caveats(self) -> tuple[str, ...]:
        """All that must stand beside any number of it: whether it is a reconstruction, its marks, what is odd."""
        return (*((REBUILT,) if REBUILT in self.paper else ()), *self.marks, *self.oddities)

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
    jitter: float = 0.0
    """Pixels by which the first box of each repeat was shifted and resized at the most."""

    @property
    def said(self) -> str:
        """Dataset and how much of it, whether rendered, protocol, what first boxes were off by, profile: in words."""
        drawn = ", rendered frames" if self.rendered else ""
        off = f", first boxes off by up to {self.jitter:g} px" if self.jitter else ""
        return f"{self.coverage}{drawn}; {self.protocol.upper()}{off}, profile {self.profile}"

    @property
    def failures(self) -> int:
        """How many trajectories failed."""
        return sum(len(tracker.failed) for tracker in self.trackers)

    @property
    def unscored(self) -> str:
        """Why none of its trackers has a score; "" where one has."""
        if any(tracker.summary for tracker in self.trackers):
            return ""
        return f"{self.dataset} is scored by its server alone" if server_of(self.dataset) else "every sequence failed"

    def standings(self, measure: str) -> dict[str, Standing]:
        """Return which trackers may be called the best by a measure; those that may not are left out."""
        scored = {one.name: one for one in self.trackers if one.summary}
        return standings(
            {name: {s: getattr(own, measure) for s, own in one.sequences.items()} for name, one in scored.items()},
            {name: getattr(one.summary.overall, measure) for name, one in scored.items() if one.summary},
        )

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
        file, again = run / "scores.json", "run the same command again"
        content = read_json(file, again)
        try:
            scores = cls.from_dict(content)
            check(scores, cls)
            _check_sense(scores)
        except (ValueError, LookupError, TypeError, AttributeError) as error:
            raise InputError(f"{file} cannot be read ({error}); {again}") from error
        return scores


def _check_sense(scores: RunScores) -> None:
    """Raise ValueError where scores are of the right types and still cannot be."""
    names = [tracker.name for tracker in scores.trackers]
    if not names:
        raise ValueError("no tracker is in it")
    if len(set(names)) < len(names):
        raise ValueError("a tracker stands twice in it")
    points: dict[str, tuple[int, ...]] = {}
    for tracker in scores.trackers:
        summary = [tracker.summary.overall, *tracker.summary.by_attribute.values()] if tracker.summary else []
        for one in (*summary, *tracker.sequences.values()):
            shares = {name: value for name, value in vars(one).items() if name in MEASURES or name in CURVES}
            if not all(np.all((np.asarray(value) >= 0) & (np.asarray(value) <= 1 + 1e-9)) for value in shares.values()):
                raise ValueError(f"{tracker.name} has a score outside of 0 to 1")
            points.update({name: points.get(name, np.shape(shares[name])) for name in CURVES})
            if any(np.shape(shares[name]) != points[name] or len(points[name]) != 1 for name in CURVES):
                raise ValueError(f"{tracker.name} has a curve of other points than the others")
        for name, band in tracker.uncertainty.bands.items() if tracker.uncertainty else ():
            if not np.shape(band.low) == np.shape(band.high) == points.get(name):
                raise ValueError(f"{tracker.name} has a band of other points than its curve")


def _tracker_to_dict(tracker: TrackerScores) -> dict[str, Any]:
    rare = ("repeats", "tracebacks", "oddities", "vot")
    facts = {name: value for name, value in vars(tracker).items() if name not in rare}
    return {
        **facts,
        **({"tracebacks": dict(tracker.tracebacks)} if tracker.tracebacks else {}),
        **({"oddities": list(tracker.oddities)} if tracker.oddities else {}),
        "marks": list(tracker.marks),
        "sensitivity": [asdict(change) for change in tracker.sensitivity],
        "summary": tracker.summary.to_dict() if tracker.summary else None,
        "uncertainty": tracker.uncertainty.to_dict() if tracker.uncertainty else None,
        "sequences": {name: scores.to_dict() for name, scores in tracker.sequences.items()},
        **({"repeats": asdict(tracker.repeats)} if tracker.repeats else {}),
        **({"vot": tracker.vot.to_dict()} if tracker.vot else {}),
    }


def _tracker_from_dict(data: Mapping[str, Any]) -> TrackerScores:
    return TrackerScores(
        **{
            **data,
            "marks": tuple(data["marks"]),
            "oddities": tuple(data.get("oddities", ())),
            "sensitivity": tuple(Change(**change) for change in data["sensitivity"]),
            "summary": Summary.from_dict(data["summary"]) if data["summary"] else None,
            "uncertainty": Uncertainty.from_dict(data["uncertainty"]) if data["uncertainty"] else None,
            "sequences": {name: SequenceScores.from_dict(one) for name, one in data["sequences"].items()},
            "repeats": RepeatedScores.from_dict(data["repeats"]) if data.get("repeats") else None,
            "vot": VOTScores.from_dict(data["vot"]) if data.get("vot") else None,
        }
    )
