"""The comparison of two runs, or of trackers of one run, as a value."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from benchmark.profiles import Profile, load_profile
from benchmark.scores import TrackerScores
from benchmark.statistics.paired import PairedDifference, compare
from reports.model import illustrate, read_videos
from reports.runs import Run
from reports.sequences import SequenceView, view_sequence
from reports.speed import Speed, speeds
from trackers.errors import InputError, did_you_mean

__all__ = ["Change", "Comparison", "Pair", "compare_runs", "compare_trackers"]

PICTURED = 6
"""Sequences with strips of frames: those that changed most."""
IGNORED = {"schema", "records", "digests", "sequences", "trackers", "coverage"}
"""Parts of a manifest that are compared otherwise, or not at all."""


@dataclass(frozen=True)
class Change:
    """One thing in which the runs differ."""

    what: str
    a: str
    b: str


@dataclass(frozen=True)
class Pair:
    """One tracker in both runs, or two trackers of one."""

    a: TrackerScores
    b: TrackerScores
    auc: PairedDifference
    """B minus A, on `sequences`."""
    precision: PairedDifference
    sequences: tuple[str, ...]
    identical: int | None
    """Sequences on which the boxes are the same to the last decimal kept; None where boxes are missing."""
    speed_a: Speed | None
    speed_b: Speed | None

    def differences(self, measure: str = "auc") -> Mapping[str, float]:
        """Return B minus A on each sequence."""
        return {
            name: getattr(self.b.sequences[name], measure) - getattr(self.a.sequences[name], measure)
            for name in self.sequences
        }


@dataclass(frozen=True)
class Comparison:
    """Two runs, paired; or one run, its trackers paired with one of them."""

    a: Run
    b: Run
    profile: Profile
    pairs: tuple[Pair, ...]
    changes: tuple[Change, ...]
    left_out: tuple[str, ...]
    """What could not be compared, and why."""
    views: tuple[SequenceView, ...]
    """Every sequence with the trackers of both runs, named ``A: ...`` and ``B: ...``; the most changed first."""

    @property
    def names(self) -> tuple[str, ...]:
        """The trackers of both runs as `views` name them, each once, A and B in turn."""
        both = (name for pair in self.pairs for name in (f"A: {pair.a.name}", f"B: {pair.b.name}"))
        return tuple(dict.fromkeys(both))

    @property
    def within(self) -> bool:
        """Whether trackers of one run are compared."""
        return self.a is self.b


def compare_runs(a: Path, b: Path, *, frames: bool = True, trackers: Sequence[str] = ()) -> Comparison:
    """Return the comparison of two run folders; InputError where nothing in them can be compared.

    `trackers` are the names of those to compare; all that both have where it is empty.
    """
    runs = Run.read(a), Run.read(b)
    first, second = (run.scores for run in runs)
    for what in ("dataset", "profile", "protocol", "jitter"):
        if getattr(first, what) != getattr(second, what):
            raise InputError(
                f"runs {first.run} and {second.run} cannot be compared: {what} is {getattr(first, what)!r} there and "
                f"{getattr(second, what)!r} here"
            )
    if trackers:
        matched = [(_scored(runs[0], name), _scored(runs[1], name)) for name in trackers]
        return _comparison(runs, matched, [], frames)
    matched = _match(*runs)
    return _comparison(runs, matched, list(_unmatched(*runs, matched)), frames)


def compare_trackers(run: Path, trackers: Sequence[str], *, frames: bool = True) -> Comparison:
    """Return the comparison of a run's `trackers`, the second and every later one (B) with the first (A).

    Raises InputError for fewer than two, for one that the run does not have, and where they finished no sequence in
    common.
    """
    one = Run.read(run)
    if len(trackers) < 2:
        known = ", ".join(tracker.name for tracker in one.scores.trackers)
        raise InputError(
            f"name a second run, or with --trackers two or more of run {one.scores.run}, the base first: {known}"
        )
    base, *others = (_scored(one, name) for name in dict.fromkeys(trackers))
    return _comparison((one, one), [(base, other) for other in others], [], frames)


def _scored(run: Run, name: str) -> TrackerScores:
    known = {one.name: one for one in run.scores.trackers}
    if name not in known:
        raise InputError(
            f"run {run.scores.run} has no tracker {name!r}.{did_you_mean(name, known)} It has: {', '.join(known)}"
        )
    if known[name].summary is None:
        raise InputError(f"{name} has no score in run {run.scores.run}: every sequence failed")
    return known[name]


def _comparison(
    runs: tuple[Run, Run], matched: Sequence[tuple[TrackerScores, TrackerScores]], left_out: list[str], frames: bool
) -> Comparison:
    shared = []
    for one, other in matched:
        names, why = _sequences(*runs, one, other)
        left_out += [line for line in why if line not in left_out]
        if names:
            shared.append((one, other, names))
    if not shared:
        ids = " and ".join(dict.fromkeys(run.scores.run for run in runs))
        raise InputError(f"in {ids} there is no sequence in common that was scored on the same frames")
    pairs = _pairs(runs, shared)
    return Comparison(
        *runs, load_profile(runs[0].scores.profile, runs[0].scores.dataset), pairs, tuple(_changes(*runs, matched)),
        tuple(left_out),
        _views(runs, pairs, frames),
    )  # fmt: skip


def _match(a: Run, b: Run) -> list[tuple[TrackerScores, TrackerScores]]:
    """Return the trackers of the same name; where there are none, the only one of each."""
    ours = [one for one in a.scores.trackers if one.summary]
    theirs = {one.name: one for one in b.scores.trackers if one.summary}
    found = [(one, theirs[one.name]) for one in ours if one.name in theirs]
    if not found and len(ours) == len(theirs) == 1:
        found = [(ours[0], next(iter(theirs.values())))]
    if not found:
        raise InputError(
            f"runs {a.scores.run} and {b.scores.run} have no tracker in common: "
            f"{', '.join(one.name for one in ours) or 'none'} there, {', '.join(theirs) or 'none'} here"
        )
    return found


def _unmatched(a: Run, b: Run, matched: Sequence[tuple[TrackerScores, TrackerScores]]) -> Iterator[str]:
    for letter, run, index in (("A", a, 0), ("B", b, 1)):
        names = [pair[index].name for pair in matched]
        for one in run.scores.trackers:
            if one.name not in names:
                yield (
                    f"{one.name} is in run {letter} alone"
                    if one.summary
                    else f"{one.name} has no score in run {letter}"
                )


def _sequences(a: Run, b: Run, one: TrackerScores, other: TrackerScores) -> tuple[tuple[str, ...], list[str]]:
    """Return the sequences both have on the same frames, and why others are left out."""
    names: list[str] = []
    why: list[str] = []
    alone: list[str] = []
    digests = [run.manifest["dataset"].get("digests", {}) for run in (a, b)]
    for name in dict.fromkeys([*one.sequences, *other.sequences]):
        if name not in one.sequences or name not in other.sequences:
            alone.append(name)
        elif one.sequences[name].frames != other.sequences[name].frames:
            why.append(
                f"{name} was scored on {one.sequences[name].frames} frames in A, {other.sequences[name].frames} in B"
            )
        elif name in digests[0] and name in digests[1] and digests[0][name] != digests[1][name]:
            why.append(f"{name} has other frames or other ground truth in B than in A")
        else:
            names.append(name)
    if alone:
        where = f"{one.name} in one of the runs" if one.name == other.name else f"one of {one.name} and {other.name}"
        why.insert(0, f"{', '.join(alone)}: finished by {where} alone")
    return tuple(names), why


def _pairs(
    runs: tuple[Run, Run], shared: Sequence[tuple[TrackerScores, TrackerScores, tuple[str, ...]]]
) -> tuple[Pair, ...]:
    found: dict[str, list[PairedDifference]] = {}
    for measure in ("auc", "precision"):
        scores = {}
        for one, other, names in shared:
            for letter, tracker in (("A", one), ("B", other)):
                scores[f"{letter}: {tracker.name}"] = {n: getattr(tracker.sequences[n], measure) for n in names}
        found[measure] = compare(scores, [(f"A: {one.name}", f"B: {other.name}") for one, other, _ in shared])
    quick = [
        {s.tracker: s for s in speeds([run], [o for o in run.scores.trackers if o.summary], _own(run))} for run in runs
    ]
    return tuple(
        Pair(
            one, other, auc, precision, names, _identical(*runs, one.name, other.name, names),
            quick[0].get(one.name), quick[1].get(other.name),
        )
        for (one, other, names), auc, precision in zip(shared, found["auc"], found["precision"], strict=True)
    )  # fmt: skip


def _own(run: Run) -> dict[str, tuple[int, str]]:
    return {one.name: (0, one.name) for one in run.scores.trackers}


def _identical(a: Run, b: Run, one: str, other: str, names: Sequence[str]) -> int | None:
    count = 0
    for name in names:
        first, second = a.trajectory(one, name), b.trajectory(other, name)
        if first is None or second is None:
            return None
        count += first.start == second.start and np.array_equal(first.boxes, second.boxes, equal_nan=True)
    return count


def _changes(a: Run, b: Run, matched: Sequence[tuple[TrackerScores, TrackerScores]]) -> Iterator[Change]:
    """Yield what differs between the manifests, and between the configurations of paired trackers."""
    yield from _differing("", a.manifest, b.manifest)
    ours, theirs = ({one["name"]: one for one in run.manifest["trackers"]} for run in (a, b))
    for one, other in matched:
        if one.name in ours and other.name in theirs:
            yield from _differing(one.name, ours[one.name], theirs[other.name])


def _differing(path: str, a: Any, b: Any) -> Iterator[Change]:
    if isinstance(a, Mapping) and isinstance(b, Mapping):
        for key in dict.fromkeys([*a, *b]):
            if key not in IGNORED:
                yield from _differing(f"{path} {key}".strip(), a.get(key), b.get(key))
    elif a != b:
        yield Change(path.replace("_", " "), _text(a), _text(b))


def _text(value: Any) -> str:
    if isinstance(value, list):
        return " ".join(map(str, value))
    return "–" if value is None else str(value)


def _views(runs: tuple[Run, Run], pairs: Sequence[Pair], frames: bool) -> tuple[SequenceView, ...]:
    """Return the sequences of all pairs, those that changed most first and with pictures."""
    trackers, owner = {}, {}
    for pair in pairs:
        for index, (letter, one) in enumerate((("A", pair.a), ("B", pair.b))):
            name = f"{letter}: {one.name}"
            trackers[name], owner[name] = replace(one, name=name), (index, one.name)
    moved: dict[str, float] = {}
    for pair in pairs:
        for name, value in pair.differences().items():
            moved[name] = max(moved.get(name, 0.0), abs(value))
    order = sorted(moved, key=lambda name: -moved[name])
    pictured = [name for name in order[:PICTURED] if moved[name] > 0]
    videos, _ = read_videos(runs[1], pictured, None) if frames and pictured else ({}, "")
    views = [view_sequence(name, list(trackers.values()), runs, owner) for name in order]
    return tuple(illustrate(v, runs, owner, videos.get(v.name)) if v.name in pictured else v for v in views)
