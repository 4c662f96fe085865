"""What a study has found on one dataset: the typed value behind its page, its tables, its figures and its JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, is_dataclass
from pathlib import Path
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from benchmark.documents import read_json
from benchmark.shapes import Count, NotNegative, Share, check
from benchmark.statistics.intervals import Interval
from benchmark.store.reading import check_schema
from benchmark.store.record import write_whole
from benchmark.studies.cost import Cost
from benchmark.studies.study import Expected
from trackers.errors import InputError

__all__ = [
    "Actor",
    "Answer",
    "Crossed",
    "Effect",
    "Finding",
    "Insight",
    "Verdict",
    "read_answer",
    "write_answer",
]

SCHEMA = 1
FILE = "study.json"
Found = Literal["better", "worse", "alike", "not shown"]
"""`alike`: a difference that counts is excluded; `not shown`: it is not."""
Verdict = Literal["confirmed", "contradicted", "undecided"]


@dataclass(frozen=True)
class Effect:
    """A paired difference of success AUC: of two trackers, or a weighted sum of several."""

    difference: float
    sequences: Count
    interval: Interval | None
    """95 % over sequences and the repeats within them; None for a single sequence, as all that needs a spread."""
    corrected: Interval | None
    """The same at the level that is left where all effects of a study are looked at (Bonferroni)."""
    p: Share | None
    """Two-sided, of the sign-flip test over sequences."""
    p_holm: Share | None
    """After Holm's correction over all effects of its kind in the study."""
    detectable: NotNegative | None
    """The smallest true difference that this very data shows in 80 of 100 experiments, corrected; None where the
    sequences are too few to show any among so many effects."""
    needed: Count | None
    """How many such sequences show a relevant difference in 80 of 100 experiments; None beyond a million."""
    repeats_share: Share | None
    """Share of the interval's squared width that is chance of the start, not of the sequences; None for one repeat."""

    @property
    def significant(self) -> bool:
        """Whether the corrected p lies below .05 and the interval beside 0, as in `PairedDifference`."""
        if self.p_holm is None or self.interval is None:
            return False
        return self.p_holm < 0.05 and not self.interval.low <= 0 <= self.interval.high


@dataclass(frozen=True)
class Finding:
    """One comparison, answered."""

    other: str
    base: str
    """Labels."""
    auc: Effect
    precision: Effect
    found: Found
    wins: int
    ties: int
    losses: int
    expects: Expected | None
    source: str
    verdict: Verdict | None
    """Against what the paper leads one to expect; None where it says nothing."""
    by_attribute: Mapping[str, Effect]
    by_cause: Mapping[str, Effect]
    """Of AUC, of two or more sequences; causes only where the data are rendered."""
    same_time: bool = False
    """Whether both were sized to take the same time."""

    @property
    def title(self) -> str:
        """``other − base``."""
        return f"{self.other} − {self.base}"


@dataclass(frozen=True)
class Crossed:
    """A main effect or an interaction."""

    title: str
    auc: Effect


@dataclass(frozen=True)
class Actor:
    """One tracker of the study."""

    label: str
    tracker: str
    weights: str
    marks: tuple[str, ...]
    auc: Share | None
    """None where every sequence failed."""
    interval: Interval | None
    repeats_share: float | None
    """As in `Effect`."""
    deviation: float | None
    """Standard deviation of the overall AUC from repeat to repeat."""
    precision: Share | None
    failed: int
    """Sequences."""
    throughput: NotNegative | None
    """Frames / s inside the tracker, as the run went."""
    load_mark: str
    """What stands beside that where it was taken beside other work."""
    cost: Cost | None
    sequences: Count | None = None
    """On how many its scores are; None in answers that did not say so yet."""


@dataclass(frozen=True)
class Insight:
    """One question to the telemetry of one tracker, answered by a number over sequences."""

    tracker: str
    """Label."""
    asks: str
    unit: str
    value: float
    """Mean over sequences."""
    interval: Interval | None
    sequences: int
    by_sequence: Mapping[str, float]
    truth: str
    """By what the frames were told: the rendered truth, or overlap."""


@dataclass(frozen=True)
class Answer:
    """A study's answer on one dataset."""

    study: str
    question: str
    about: str
    digest: str
    """sha256 of the study's file."""
    base: str
    run: str
    """Id of the run that it is drawn from; "" in tables that are made to be kept, whose run may be gone."""
    dataset: str
    coverage: str
    complete: bool
    rendered: bool
    protocol: str
    profile: str
    repeats: int
    jitter: float
    relevant: float
    actors: tuple[Actor, ...]
    findings: tuple[Finding, ...]
    crossed: tuple[Crossed, ...]
    insights: tuple[Insight, ...]
    remarks: tuple[str, ...]
    """What a reader must know beside the answer: weights that do not fit, what such data cannot show."""
    sequences: Count | None = None
    """How many it is of; None where it did not say so yet."""

    @property
    def alike(self) -> tuple[Actor, ...]:
        """The trackers that have scores of all the answer's sequences: they may stand on one axis."""
        return tuple(one for one in self.actors if one.sequences == self.sequences and one.auc is not None)

    def time_ratio(self, one: Finding) -> float | None:
        """Return how many times as long as its base what a comparison is about takes a frame; None if not known."""
        costs = {actor.label: actor.cost for actor in self.actors}
        ours, theirs = costs[one.other], costs[one.base]
        return ours.seconds / theirs.seconds if ours and theirs else None

    def to_dict(self) -> dict[str, Any]:
        """Return plain data, ready for JSON."""
        return {"schema": SCHEMA, **asdict(self)}


def write_answer(folder: Path, answer: Answer) -> Path:
    """Write the answer into a folder, whole or not at all; return its file."""
    file = folder / FILE
    write_whole(file, (json.dumps(answer.to_dict(), indent=1, allow_nan=False) + "\n").encode())
    return file


def read_answer(folder: Path) -> Answer | None:
    """Return the answer that a folder keeps; None where there is none, InputError where it is damaged."""
    file, again = folder / FILE, "run the study again"
    if not file.is_file():
        return None
    content = read_json(file, again)
    if not isinstance(content, dict):
        raise InputError(f"{file} is no answer of a study; {again}")
    check_schema(file, content, SCHEMA, again)
    try:
        found = _built(Answer, {key: value for key, value in content.items() if key != "schema"})
        check(found, Answer)
        _check_sense(found)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise InputError(f"{file} cannot be read ({error}); {again}") from error
    return found  # type: ignore[no-any-return]


def _check_sense(answer: Answer) -> None:
    """Raise ValueError where an answer names trackers that it does not know."""
    labels = {one.label for one in answer.actors}
    named = {answer.base, *(label for one in answer.findings for label in (one.other, one.base))}
    if named - labels or len(labels) < len(answer.actors):
        raise ValueError("its trackers are not those that it compares")


def _built(wanted: Any, value: Any) -> Any:
    """Return plain data as what an annotation says: dataclasses, and tuples and mappings of them."""
    origin, inner = get_origin(wanted), get_args(wanted)
    if origin in (Union, UnionType):
        return None if value is None else _built(next(one for one in inner if one is not type(None)), value)
    if isinstance(wanted, type) and is_dataclass(wanted):
        hints = get_type_hints(wanted)
        if unknown := set(value) - {one.name for one in fields(wanted)}:
            raise ValueError(f"{wanted.__name__} has no {sorted(unknown)[0]!r}")
        return wanted(**{key: _built(hints[key], one) for key, one in value.items()})
    if origin is tuple:
        return tuple(_built(inner[0], one) for one in value)
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return {key: _built(inner[1], one) for key, one in value.items()}
    return value
