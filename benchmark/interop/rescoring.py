"""A stranger's run, scored again from its own boxes by a ground truth that is relied on: nothing it claims is taken."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np

from benchmark.datasets.selection import Selection
from benchmark.metrics.scores import SequenceScores, score_sequences
from benchmark.metrics.summary import summarise
from benchmark.profiles import Profile, load_profile
from benchmark.runs import IMPORTED, Run
from benchmark.scores import RunScores, TrackerScores
from benchmark.scoring import average_repeats
from benchmark.statistics.uncertainty import MEASURES, uncertainty
from trackers.errors import InputError

__all__ = ["rescored"]

NEAR, NEARLY = 0.005, 0.0005
"""How far a sequence's score, and their mean, may lie from what is claimed: boxes are texts of four decimals."""


def rescored(run: Run, selection: Selection) -> RunScores:
    """Return a run's scores as its boxes give them on a selection's ground truth, which is the run's own.

    What cannot be recomputed from boxes is left out: times, the spread over repeats, other conventions. Raises
    InputError, one line, where the ground truth, a score or a sequence is not what the run says.
    """
    scores = run.scores
    if scores.protocol != "ope":
        raise InputError(f"its protocol is {scores.protocol}: one pass (ope) alone can be checked from a run's boxes")
    if run.manifest["repeats"] < 1:
        raise InputError(f"it has {run.manifest['repeats']} repeats")
    if strangers := [one.name for one in scores.trackers if one.name.endswith(IMPORTED)]:
        raise InputError(f"it holds imported results ({', '.join(strangers)}), whose boxes are not in it")
    _check_truth(run, selection)
    profile = load_profile(scores.profile, selection.dataset)
    found = {one.name: _check(run, one, selection, profile) for one in scores.trackers}
    attributes = {video.name: video.annotation.attributes for video in selection.sequences}
    unsure = {}
    if profile.average == "sequences":
        unsure = uncertainty({name: own for name, own in found.items() if own}, attributes)
    trackers = tuple(
        replace(
            one,
            sequences=dict(found[one.name]),
            summary=summarise(found[one.name], profile, attributes) if found[one.name] else None,
            uncertainty=unsure.get(one.name),
            sensitivity=(),
            repeats=None,
            vot=None,
            throughput=None,
            busy_cores=None,
        )
        for one in scores.trackers
    )
    return replace(
        scores, dataset=selection.dataset, coverage=selection.coverage, complete=selection.complete,
        rendered=selection.rendered, trackers=trackers,
    )  # fmt: skip


def _check_truth(run: Run, selection: Selection) -> None:
    kept = run.truth
    if kept is None:
        raise InputError("it does not hold the ground truth that it was scored against")
    own = {video.name: video.annotation for video in selection.sequences}
    if set(kept.annotations) != set(own):
        raise InputError(f"its ground truth is of other sequences than {selection.coverage}")
    for name, one in kept.annotations.items():
        same = np.array_equal(one.boxes, own[name].boxes, equal_nan=True) and np.array_equal(one.valid, own[name].valid)
        if not same or one.start != own[name].start or one.attributes != own[name].attributes:
            raise InputError(f"its ground truth of {name} is not that of {selection.dataset} here")


def _check(run: Run, tracker: TrackerScores, selection: Selection, profile: Profile) -> Mapping[str, SequenceScores]:
    """Return a tracker's scores by sequence, each as its boxes give it and as the run says."""
    names = {video.name for video in selection.sequences}
    if lacking := names - set(tracker.sequences) - set(tracker.failed):
        raise InputError(f"{tracker.name} neither finished nor failed on {min(lacking)}")
    if not tracker.sequences:
        return {}
    repeats = tuple(_scored(run, tracker, selection, profile))
    found = average_repeats(repeats)
    for measure in MEASURES:
        off = {name: getattr(found[name], measure) - getattr(own, measure) for name, own in tracker.sequences.items()}
        worst = max(off, key=lambda name: abs(off[name]))
        if abs(off[worst]) > NEAR or abs(np.mean(list(off.values()))) > NEARLY:
            raise InputError(
                f"{tracker.name} on {worst}: its boxes give a {measure} of {getattr(found[worst], measure):.4f}, not"
                f" {getattr(tracker.sequences[worst], measure):.4f}"
            )
    return found


def _scored(
    run: Run, tracker: TrackerScores, selection: Selection, profile: Profile
) -> Iterator[Mapping[str, SequenceScores]]:
    truth = {video.name: video.annotation for video in selection.sequences}
    for repeat in range(run.manifest["repeats"]):
        boxes, starts = {}, {}
        for name in tracker.sequences:
            one = run.trajectory(tracker.name, name, repeat)
            if one is None or name not in truth:
                raise InputError(f"the boxes of {tracker.name} on {name} are not in it")
            boxes[name], starts[name] = one.boxes, one.start
        yield score_sequences(boxes, truth, profile, starts=starts)
