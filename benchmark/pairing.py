"""Which trackers of two runs, or of one, can be compared, and on which sequences: the same frames, the same rules."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from benchmark.merit import silent, values
from benchmark.plurals import counted
from benchmark.runs import Run
from benchmark.scores import TrackerScores
from benchmark.statistics.paired import PairedDifference, compare
from trackers.errors import InputError, did_you_mean

__all__ = ["Matched", "between", "differences", "within"]


@dataclass(frozen=True)
class Matched:
    """One tracker in both runs, or two trackers of one, and the sequences they are compared on."""

    a: TrackerScores
    b: TrackerScores
    sequences: tuple[str, ...]


def between(a: Run, b: Run, trackers: Sequence[str] = ()) -> tuple[list[Matched], list[str]]:
    """Return the trackers of two runs, paired, and what is left out, in words.

    `trackers` are the names of those to compare; all that both have where it is empty. Raises InputError where nothing
    in the runs can be compared.
    """
    for what in ("dataset", "profile", "protocol", "jitter"):
        first, second = getattr(a.scores, what), getattr(b.scores, what)
        if first != second:
            raise InputError(
                f"runs {a.scores.run} and {b.scores.run} cannot be compared: {what} is {first!r} there and "
                f"{second!r} here"
            )
    _check_scored(a, b)
    if trackers:
        return _on_shared(a, b, [(_scored(a, name), _scored(b, name)) for name in trackers], [])
    matched = _match(a, b)
    return _on_shared(a, b, matched, list(_unmatched(a, b, matched)))


def _check_scored(*runs: Run) -> None:
    """Raise InputError where a run has no score at all."""
    for run in runs:
        if why := run.scores.unscored:
            raise InputError(f"run {run.scores.run} has no score: {why}")


def within(run: Run, trackers: Sequence[str]) -> tuple[list[Matched], list[str]]:
    """Return a run's `trackers`, the second and every later one paired with the first, and what is left out.

    Raises InputError for fewer than two, for one that the run does not have, and where they finished no sequence in
    common.
    """
    names = list(dict.fromkeys(trackers))
    _check_scored(run)
    if len(names) < 2:
        known = ", ".join(one.name for one in run.scores.trackers)
        raise InputError(
            f"name a second run, or with --trackers two or more of run {run.scores.run}, the base first: {known}"
        )
    base, *others = (_scored(run, name) for name in names)
    return _on_shared(run, run, [(base, other) for other in others], [])


def differences(pairs: Sequence[Matched], measure: str) -> list[PairedDifference]:
    """Return B minus A of each pair by a score that all its sequences have; Holm's correction is over all pairs."""
    scores, mute, keys = {}, {}, []
    for index, pair in enumerate(pairs):  # a tracker that stands in several pairs is compared on each one's sequences
        keys.append((f"A{index}", f"B{index}"))
        for key, one in zip(keys[-1], (pair.a, pair.b), strict=True):
            own = values(one, measure)
            scores[key] = {name: own[name] for name in pair.sequences}
            mute[key] = silent(one, measure)
    return [
        replace(found, base=f"A: {pair.a.name}", other=f"B: {pair.b.name}")
        for found, pair in zip(compare(scores, keys, silent=mute), pairs, strict=True)
    ]


def _scored(run: Run, name: str) -> TrackerScores:
    known = {one.name: one for one in run.scores.trackers}
    if name not in known:
        raise InputError(
            f"run {run.scores.run} has no tracker {name!r}.{did_you_mean(name, known)} It has: {', '.join(known)}"
        )
    if known[name].summary is None:
        raise InputError(f"{name} has no score in run {run.scores.run}: every sequence failed")
    return known[name]


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


def _on_shared(
    a: Run, b: Run, matched: Sequence[tuple[TrackerScores, TrackerScores]], left_out: list[str]
) -> tuple[list[Matched], list[str]]:
    """Return the pairs that share a sequence, each with those it shares; InputError where none does."""
    found = []
    for one, other in matched:
        names, why = _sequences(a, b, one, other)
        left_out += [line for line in why if line not in left_out]
        if names:
            found.append(Matched(one, other, names))
    if not found:
        ids = " and ".join(dict.fromkeys(run.scores.run for run in (a, b)))
        raise InputError(f"in {ids} there is no sequence in common that was scored on the same frames")
    return found, left_out


def _sequences(a: Run, b: Run, one: TrackerScores, other: TrackerScores) -> tuple[tuple[str, ...], list[str]]:
    """Return the sequences both have on the same frames, and why others are left out."""
    names: list[str] = []
    why: list[str] = []
    alone: list[str] = []
    digests = [run.manifest["dataset"].get("digests", {}) for run in (a, b)]
    for name in dict.fromkeys([*one.sequences, *other.sequences]):
        if name not in one.sequences or name not in other.sequences:
            alone.append(name)
        elif (frames := _frames(one, name)) != (others := _frames(other, name)):
            why.append(f"{name} was scored on {counted(frames, 'frame')} in A, {others} in B")
        elif name in digests[0] and name in digests[1] and digests[0][name] != digests[1][name]:
            why.append(f"{name} has other frames or other ground truth in B than in A")
        else:
            names.append(name)
    if alone:
        where = f"{one.name} in one of the runs" if one.name == other.name else f"one of {one.name} and {other.name}"
        why.insert(0, f"{', '.join(alone)}: finished by {where} alone")
    return tuple(names), why


def _frames(tracker: TrackerScores, name: str) -> int:
    """Return how many frames of a sequence count: with restarts those too that are left out after a failure."""
    parts = tracker.vot.sequences if tracker.vot else {}
    return parts.get(name, tracker.sequences[name]).frames
