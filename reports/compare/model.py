"""The comparison of two runs, or of trackers of one run, as a value."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from benchmark.merit import SUCCESS, Merit, merit_of, values
from benchmark.pairing import Matched, between, differences, within
from benchmark.profiles import Profile, load_profile
from benchmark.runs import Run
from benchmark.scores import TrackerScores
from benchmark.statistics.paired import PairedDifference
from reports.causes import mark_causes
from reports.compare.groups import Group, groups_of
from reports.model import illustrate, read_videos
from reports.sequences import SequenceView, view_sequence
from reports.speed import Speed, speeds

__all__ = ["Change", "Comparison", "Pair", "compare_runs", "compare_trackers"]

PICTURED = 6
"""Sequences with strips of frames: those that changed most."""
IGNORED = {"schema", "records", "digests", "sequences", "trackers", "coverage", "protocol", "profile"}
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
    merit: Merit
    main: PairedDifference
    """B minus A by the merit, on `sequences`."""
    second: PairedDifference | None
    """The same by its second opinion; None where no sequence has one."""
    counts: tuple[int, int, int]
    """Sequences on which B is better, alike and worse."""
    sequences: tuple[str, ...]
    identical: int | None
    """Sequences on which the boxes are the same to the last decimal kept; None where boxes are missing."""
    speed_a: Speed | None
    speed_b: Speed | None

    def differences(self) -> Mapping[str, float]:
        """Return B minus A on each sequence."""
        ours, theirs = values(self.a, self.merit.key), values(self.b, self.merit.key)
        return {name: theirs[name] - ours[name] for name in self.sequences}


@dataclass(frozen=True)
class Comparison:
    """Two runs, paired; or one run, its trackers paired with one of them."""

    a: Run
    b: Run
    profile: Profile
    merit: Merit
    pairs: tuple[Pair, ...]
    changes: tuple[Change, ...]
    left_out: tuple[str, ...]
    """What could not be compared, and why."""
    views: tuple[SequenceView, ...]
    """Every sequence with the trackers of both runs, named ``A: ...`` and ``B: ...``; the most changed first."""
    groups: Mapping[str, tuple[Group, ...]]
    """The same differences by ``cause`` of failure and by ``attribute``."""

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
    return _comparison(runs, *between(*runs, trackers), frames=frames)


def compare_trackers(run: Path, trackers: Sequence[str], *, frames: bool = True) -> Comparison:
    """Return the comparison of a run's `trackers`, the second and every later one (B) with the first (A).

    Raises InputError for fewer than two, for one that the run does not have, and where they finished no sequence in
    common.
    """
    one = Run.read(run)
    return _comparison((one, one), *within(one, trackers), frames=frames)


def _comparison(
    runs: tuple[Run, Run], matched: Sequence[Matched], left_out: Sequence[str], *, frames: bool
) -> Comparison:
    merit = merit_of([one for pair in matched for one in (pair.a, pair.b)])
    left_out = list(left_out)
    having = [pair for one in matched if (pair := _having(one, merit.key))]
    if len(having) < len(matched):
        left_out.append(f"{merit.name}: a tracker has none, so that they are compared by {SUCCESS.name}")
        merit, having = SUCCESS, list(matched)
    pairs = _pairs(runs, having, merit)
    views = _views(runs, pairs, frames)
    return Comparison(
        *runs, load_profile(runs[0].scores.profile, runs[0].scores.dataset), merit, pairs,
        tuple(_changes(*runs, matched)), tuple(left_out), views,
        groups_of(having, views, merit.key),
    )  # fmt: skip


def _having(pair: Matched, key: str) -> Matched | None:
    """Return a pair on those of its sequences that have a score; None where none has."""
    ours, theirs = values(pair.a, key), values(pair.b, key)
    names = tuple(name for name in pair.sequences if name in ours and name in theirs)
    return replace(pair, sequences=names) if names else None


def _pairs(runs: tuple[Run, Run], matched: Sequence[Matched], merit: Merit) -> tuple[Pair, ...]:
    quick = [
        {s.tracker: s for s in speeds([run], [o for o in run.scores.trackers if o.summary], _own(run), merit)}
        for run in runs
    ]
    main, second, counted = (_differences(matched, key) for key in merit.keys)
    found = []
    for index, one in enumerate(matched):
        on, counts = main[index], counted[index]
        assert on is not None
        assert counts is not None
        found.append(
            Pair(
                one.a, one.b, merit, on, second[index], (counts.wins, counts.ties, counts.losses), one.sequences,
                _identical(*runs, one), quick[0].get(one.a.name), quick[1].get(one.b.name),
            )
        )  # fmt: skip
    return tuple(found)


def _differences(matched: Sequence[Matched], key: str) -> list[PairedDifference | None]:
    """Return each pair's difference on the sequences that have such a score; None where none has."""
    having = [_having(pair, key) for pair in matched]
    found = iter(differences([pair for pair in having if pair], key))
    return [next(found) if pair else None for pair in having]


def _own(run: Run) -> dict[str, tuple[int, str]]:
    return {one.name: (0, one.name) for one in run.scores.trackers}


def _identical(a: Run, b: Run, pair: Matched) -> int | None:
    count = 0
    for name in pair.sequences:
        first, second = a.trajectory(pair.a.name, name), b.trajectory(pair.b.name, name)
        if first is None or second is None:
            return None
        count += first.start == second.start and np.array_equal(first.boxes, second.boxes, equal_nan=True)
    return count


def _changes(a: Run, b: Run, matched: Sequence[Matched]) -> Iterator[Change]:
    """Yield what differs between the manifests, and between the configurations of paired trackers."""
    yield from _differing("", a.manifest, b.manifest)
    ours, theirs = ({one["name"]: one for one in run.manifest["trackers"]} for run in (a, b))
    for pair in matched:
        if pair.a.name in ours and pair.b.name in theirs:
            yield from _differing(pair.a.name, ours[pair.a.name], theirs[pair.b.name])


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
    views, _ = mark_causes([view_sequence(name, list(trackers.values()), runs, owner) for name in order], runs[1])
    return tuple(illustrate(v, runs, owner, videos.get(v.name)) if v.name in pictured else v for v in views)
