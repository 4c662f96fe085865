"""A board as a value: datasets by trackers, each score with the run that it comes from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from benchmark.datasets.folder import FolderDataset
from benchmark.merit import AO, EAO, Merit, merit_of, rank
from benchmark.profiles import load_profile
from benchmark.scores import RunScores, TrackerScores
from benchmark.statistics.ranks import CriticalDifference
from reports.board.gathering import Gathered, Listed
from reports.speed import Speed, speeds
from trackers.errors import InputError

__all__ = ["Board", "Division", "make_board"]


@dataclass(frozen=True)
class Division:
    """All that was run on the same sequences by the same rules."""

    scores: RunScores
    """Of all trackers together, by their names on the board; the best first."""
    source: Mapping[str, Listed]
    """Tracker: the run that its score comes from, the newest that has one."""
    older: Mapping[str, int]
    """Tracker: how many other runs here have a score of it."""
    merit: Merit
    """What stands for the dataset: EAO of runs by VOT's protocols, AO where its profile pools frames, else success."""
    speeds: tuple[Speed, ...]
    ranks: CriticalDifference | None
    """None for fewer than three trackers, or than two sequences that all finished."""
    title: str = ""
    """What its column is called."""


@dataclass(frozen=True)
class Board:
    """Everything that a board shows."""

    divisions: tuple[Division, ...]
    """The whole of a dataset before parts of it, then by name."""
    names: tuple[str, ...]
    """All trackers, those that do best first: by their mean place among the divisions that they are in."""
    parts: tuple[tuple[str, str], ...]
    """Runs on a part of the sequences or frames of a column: id and coverage."""
    refused: tuple[tuple[str, str], ...]
    """What is not listed, and why."""


def make_board(found: Gathered) -> Board:
    """Return the board of some runs; InputError where none has a score."""
    groups: dict[tuple[str, ...], dict[tuple[str, str], list[Listed]]] = {}
    refused = list(found.refused)
    for one in found.listed:
        if why := one.run.scores.unscored:
            refused.append((one.run.scores.run, f"it has no score: {why}"))
        else:
            groups.setdefault(_rules(one), {}).setdefault((one.run.scores.coverage, one.truth), []).append(one)
    if not groups:
        why = "; ".join(f"{name}: {reason}" for name, reason in refused[:3])
        raise InputError("no run that was found has a score" + (f" ({why})" if why else ""))
    divisions: list[Division] = []
    parts: list[tuple[str, str]] = []
    for alike in groups.values():
        wholes: list[list[Listed]] = []
        for own in sorted(alike.values(), key=lambda own: _extent(own[0]), reverse=True):
            if any(_within(own[0], fuller[0]) for fuller in wholes):
                parts += [(one.run.scores.run, one.run.scores.coverage) for one in own]
            else:
                wholes.append(own)
        divisions += map(_division, wholes)
    divisions.sort(key=lambda one: (not one.scores.complete, one.scores.dataset.casefold(), one.scores.profile))
    names = _order(divisions)
    refused += [
        (f"{one.name_of(tracker.name)} of {one.run.scores.run}", "it has no score: every sequence failed")
        for one in found.listed
        if not one.run.scores.unscored
        for tracker in one.run.scores.trackers
        if tracker.summary is None and one.name_of(tracker.name) not in names
    ]
    return Board(tuple(_entitled(divisions)), names, tuple(parts), tuple(refused))


def _rules(one: Listed) -> tuple[str, ...]:
    """Return all that must be the same for scores to stand in one column."""
    scores = one.run.scores
    revision = one.run.manifest["dataset"]["revision"]
    return (scores.dataset, revision, scores.profile, scores.protocol, str(scores.jitter))


def _within(one: Listed, other: Listed) -> bool:
    """Whether a run is on fewer sequences, or frames, of those that another is on."""
    ours, theirs = _extent(one), _extent(other)
    return ours != theirs and set(one.run.manifest["dataset"]["sequences"]) <= set(
        other.run.manifest["dataset"]["sequences"]
    )


def _entitled(divisions: Sequence[Division]) -> Iterator[Division]:
    """Yield the divisions with their titles: dataset and rules; how much of it, where that is not all; each once."""
    seen: dict[str, int] = {}
    for one in divisions:
        scores = one.scores
        whole = scores.complete and scores.dataset != FolderDataset.name  # a folder's name says nothing
        protocol = "" if scores.protocol == "ope" else f" {scores.protocol.upper()}"
        off = f", first boxes off by {scores.jitter:g} px" if scores.jitter else ""
        title = f"{scores.dataset if whole else scores.coverage}{protocol}{off} [{scores.profile}]"
        seen[title] = seen.get(title, 0) + 1
        yield replace(one, title=title if seen[title] == 1 else f"{title} ({seen[title]})")


def _extent(one: Listed) -> tuple[bool, int, float]:
    facts = one.run.manifest["dataset"]
    return one.run.scores.complete, len(facts["sequences"]), facts["limit_frames"] or float("inf")


def _division(listed: Sequence[Listed]) -> Division:
    newest_last = sorted(listed, key=lambda one: one.ended)
    source: dict[str, Listed] = {}
    trackers: dict[str, TrackerScores] = {}
    owner: dict[str, tuple[int, str]] = {}
    seen: dict[str, int] = {}
    for index, one in enumerate(newest_last):
        for tracker in one.run.scores.trackers:
            if tracker.summary is None:
                continue
            name = one.name_of(tracker.name)
            source[name], trackers[name] = one, replace(tracker, name=name)
            owner[name], seen[name] = (index, tracker.name), seen.get(name, 0) + 1
    first = newest_last[-1].run.scores
    merit = merit_of(tuple(trackers.values()))
    if merit is not EAO and load_profile(first.profile, first.dataset).average == "frames":
        merit = AO
    ranked = rank(tuple(trackers.values()), merit)
    joined = replace(
        first, trackers=ranked, run=", ".join(dict.fromkeys(one.run.scores.run for one in source.values()))
    )
    return Division(
        joined, source, {name: count - 1 for name, count in seen.items()}, merit,
        speeds([one.run for one in newest_last], ranked, owner, merit), merit.ranks(ranked),
    )  # fmt: skip


def _order(divisions: Sequence[Division]) -> tuple[str, ...]:
    places: dict[str, list[float]] = {}
    for one in divisions:
        for place, tracker in enumerate(one.scores.trackers):
            places.setdefault(tracker.name, []).append(place / max(len(one.scores.trackers) - 1, 1))
    return tuple(sorted(places, key=lambda name: (sum(places[name]) / len(places[name]), -len(places[name]), name)))
