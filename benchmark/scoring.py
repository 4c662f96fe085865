"""From the records of a run, and imported results beside them, to its scores (`benchmark.scores`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from benchmark.contamination import standing_marks
from benchmark.datasets.selection import Selection
from benchmark.datasets.sequence import Annotation
from benchmark.metrics.scores import SequenceScores, score_sequences
from benchmark.metrics.sensitivity import Change, sensitivity
from benchmark.metrics.summary import pool, summarise
from benchmark.oddities import odd_in
from benchmark.profiles import Profile
from benchmark.protocols import is_vot, score_runs, start_of
from benchmark.scores import RepeatedScores, RunScores, TrackerScores
from benchmark.statistics.repeats import repeats
from benchmark.statistics.uncertainty import MEASURES, uncertainty
from benchmark.store.record import Record
from benchmark.vot.scoring import score_restarts, vot_scores

if TYPE_CHECKING:
    from benchmark.interop.trajectories import Trajectories
    from trackers.names import TrackerSpec

LONGEST_TRACEBACK = 20_000
"""Characters of a traceback that a run's scores keep, the last; the record has all of it."""


def score_run(
    run: str,
    records: Mapping[TrackerSpec, Sequence[Record]],
    selection: Selection,
    profile: Profile,
    protocol: str = "ope",
    imported: Sequence[Trajectories] = (),
    jitter: float = 0.0,
) -> RunScores:
    """Score every tracker's records; failed ones are listed with their reason and left out of the averages.

    `imported` results, which have every sequence of the selection, are scored on the same sequences beside them. Where
    a server alone knows the ground truth, nothing is scored.
    """
    videos = {video.name: video for video in selection.sequences}
    annotations = {name: video.annotation for name, video in videos.items()}
    attributes = {name: annotation.attributes for name, annotation in annotations.items()}
    known = {spec: () if selection.upload else own for spec, own in records.items()}
    repeated = {spec: score_repeats(own, annotations, profile, protocol) for spec, own in known.items()}
    scores = {spec: average_repeats(own) if own else {} for spec, own in repeated.items()}
    beside = [_chosen(one, annotations) for one in imported]
    foreign = {
        f"{one.tracker} (imported)": score_sequences(boxes, annotations, profile, starts=starts)
        for one, (boxes, starts) in zip(imported, beside, strict=True)
    }
    unsure = {}
    if profile.average == "sequences":  # intervals are of means over sequences
        unsure = uncertainty({**{spec.name: own for spec, own in scores.items() if own}, **foreign}, attributes)
    trackers = []
    for spec, own in scores.items():
        done = [record for record in records[spec] if record.status == "done"]
        seconds = sum(record.seconds for record in done)
        trackers.append(
            TrackerScores(
                name=spec.name,
                remembers=spec.remembers,
                paper=spec.family.paper,
                preset=spec.preset,
                weights=spec.weights.name,
                marks=standing_marks(spec, selection),
                oddities=odd_in(done, annotations),
                summary=summarise(own, profile, attributes) if own else None,
                uncertainty=unsure.get(spec.name),
                sequences=dict(own),
                sensitivity=_sensitivity(known[spec], annotations, profile) if protocol == "ope" else (),
                failed=_failures(records[spec]),
                tracebacks=_tracebacks(records[spec]),
                repeats=_spread(known[spec], repeated[spec], profile),
                throughput=sum(len(record.boxes) for record in done) / seconds if seconds > 0 else None,
                lanes=max((record.lanes for record in done), default=1),
                busy_cores=_busy_cores(done),
                cores=max((record.cores for record in done), default=0),
                vot=vot_scores(known[spec], videos, selection.dataset, protocol) if is_vot(protocol) else None,
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
            uncertainty=unsure.get(name),
            sequences=dict(own),
            sensitivity=tuple(sensitivity(boxes, annotations, profile, starts=starts)),
        )
        for one, (boxes, starts), (name, own) in zip(imported, beside, foreign.items(), strict=True)
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
        jitter=jitter,
    )


def _busy_cores(done: Sequence[Record]) -> float | None:
    """Return the cores that others kept busy, averaged over the time that the trajectories took; None if unknown."""
    known = [(record.busy_cores, max(record.seconds, 1e-9)) for record in done if record.busy_cores is not None]
    if not known:
        return None
    return sum(busy * seconds for busy, seconds in known) / sum(seconds for _, seconds in known)


def average_repeats(repeats: Sequence[Mapping[str, SequenceScores]]) -> Mapping[str, SequenceScores]:
    """Return each sequence's scores, averaged over its repeats, which have the same sequences."""
    if len(repeats) == 1:
        return repeats[0]
    runs = {name: {str(number): one[name] for number, one in enumerate(repeats)} for name in repeats[0]}
    return {name: replace(pool(own, name), frames=own["0"].frames) for name, own in runs.items()}


def score_repeats(
    records: Sequence[Record], annotations: Mapping[str, Annotation], profile: Profile, protocol: str
) -> Sequence[Mapping[str, SequenceScores]]:
    """Return the scores of every repeat; a sequence counts where all its runs (records of one tracker) are done."""
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
    """Return the pooled scores of every sequence's runs, of a protocol that is not one pass."""
    by_sequence: dict[str, dict[str, Record]] = {}
    for record in records:
        by_sequence.setdefault(record.sequence, {})[record.begun] = record
    scores = {}
    for name, own in by_sequence.items():
        if "supervised" in own:
            scores[name] = score_restarts(own["supervised"], annotations[name], profile)
            continue
        begun = [start_of(record.begun, record.start, record.boxes[0]) for record in own.values()]
        boxes = {start: record.boxes for start, record in own.items()}
        scores[name] = score_runs(boxes, begun, annotations[name], profile)
    return scores


def _chosen(
    imported: Trajectories, annotations: Mapping[str, Annotation]
) -> tuple[dict[str, NDArray[np.float64]], dict[str, int]]:
    """Return the imported boxes and first frames of the selection's sequences alone."""
    return (
        {name: imported.by_sequence[name].boxes for name in annotations},
        {name: imported.by_sequence[name].start for name in annotations},
    )


def _sensitivity(
    records: Sequence[Record], annotations: Mapping[str, Annotation], profile: Profile
) -> tuple[Change, ...]:
    """Return what other conventions would do to the first repeat's scores."""
    first = [record for record in records if record.status == "done" and record.repeat == 0]
    if not first:
        return ()
    boxes = {record.sequence: record.boxes for record in first}
    starts = {record.sequence: record.start for record in first}
    return tuple(sensitivity(boxes, annotations, profile, starts=starts))


def _failures(records: Sequence[Record]) -> dict[str, str]:
    """Return the first reason of every sequence that failed."""
    several = any(record.repeat for record in records)
    reasons: dict[str, str] = {}
    for record in records:
        if record.status != "done":
            which = f"repeat {record.repeat + 1}: " if several else ""
            reasons.setdefault(record.sequence, which + record.reason)
    return reasons


def _tracebacks(records: Sequence[Record]) -> dict[str, str]:
    """Return what there is of each sequence's first failure beyond its reason."""
    whole: dict[str, str] = {}
    for record in records:
        if record.status != "done" and record.error.strip() != record.reason:
            whole.setdefault(record.sequence, record.error[-LONGEST_TRACEBACK:])
    return whole


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
