"""What trackers are ranked by, asked about and compared in: success AUC; of a run by one of VOT's protocols EAO."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from benchmark.scores import TrackerScores
from benchmark.statistics.best import Standing, standings
from benchmark.statistics.intervals import Interval
from benchmark.statistics.paired import student_interval
from benchmark.statistics.ranks import CriticalDifference, critical_difference

__all__ = ["AO", "EAO", "SUCCESS", "Merit", "merit_of", "rank", "silent", "values"]

Key = Literal["auc", "precision", "ao", "sr50", "eao", "accuracy", "failures"]


@dataclass(frozen=True)
class Merit:
    """A measure, what is said beside it, and what sequences are counted by."""

    key: Key
    name: str
    """In a sentence."""
    short: str
    """At the head of a column."""
    article: str
    second: Key
    """A second opinion of the same runs."""
    counted: Key
    """By which a sequence is better, alike or worse."""
    counts_as: str
    """How these are told, of `all`."""
    counting: str
    """The same below a table."""

    @property
    def title(self) -> str:
        """Its name where a sentence or a heading begins."""
        return self.name[0].upper() + self.name[1:]

    @property
    def keys(self) -> tuple[Key, Key, Key]:
        """All three."""
        return self.key, self.second, self.counted

    def overall(self, tracker: TrackerScores) -> float | None:
        """Return a tracker's score; None where it has none."""
        if self.key == "eao":
            return tracker.vot.measures[0].eao if tracker.vot else None
        return getattr(tracker.summary.overall, self.key) if tracker.summary else None

    def interval(self, tracker: TrackerScores) -> Interval | None:
        """Return the 95 % interval of a tracker's score over sequences, within 0 and 1; None for fewer than two.

        A sequence shorter than EAO's span whose target was never lost has no part in it, and does not count as one.
        """
        if self.key != "eao":
            return tracker.intervals.get(self.key)
        shares, mute, score = values(tracker, "eao"), silent(tracker, "eao"), self.overall(tracker)
        told = np.array([share for name, share in shares.items() if name not in mute])
        if score is None or len(told) < 2:
            return None
        return student_interval(score + (told - score) * len(told) / len(shares), within=(0.0, 1.0))

    def standings(self, trackers: Sequence[TrackerScores]) -> dict[str, Standing]:
        """Return which trackers may be called the best."""
        means = {one.name: score for one in trackers if (score := self.overall(one)) is not None}
        ranked = [one for one in trackers if one.name in means]
        scores = {one.name: values(one, self.key) for one in ranked}
        return standings(scores, means, {one.name: silent(one, self.key) for one in ranked})

    def ranks(self, trackers: Sequence[TrackerScores]) -> CriticalDifference | None:
        """Return the mean ranks on the sequences that say something of every tracker; None for fewer than three."""
        told = {
            one.name: {name: score for name, score in values(one, self.key).items() if name not in mute}
            for one in trackers
            for mute in [silent(one, self.key)]
        }
        if len(told) < 3 or len(set.intersection(*map(set, told.values()))) < 2:
            return None
        return critical_difference(told)

    def apart(self, a: TrackerScores, b: TrackerScores) -> str:
        """Return what to say of two trackers whose EAO are of different sequences; else ""."""
        ours, theirs = values(a, "eao"), values(b, "eao")
        if self.key != "eao" or not ours or not theirs or ours.keys() == theirs.keys():
            return ""
        return (
            f"Their EAO are of different sequences, {a.name}'s of {len(ours)} and {b.name}'s of {len(theirs)}, and what"
            " one says of it depends on the others."
        )


SUCCESS = Merit(
    "auc", "success AUC", "AUC", "a", "precision", "auc",
    "better on {} of {all} sequences, alike on {}, worse on {}", "sequences that differ by more than .01",
)  # fmt: skip
AO = Merit(
    "ao", "AO", "AO", "an", "sr50", "ao", SUCCESS.counts_as, SUCCESS.counting,
)  # fmt: skip
EAO = Merit(
    "eao", "EAO", "EAO", "an", "accuracy", "failures",
    "the target is lost less often on {} of {all} sequences, as often on {}, more often on {}",
    "sequences on which the target is lost less, as and more often",
)  # fmt: skip


def merit_of(trackers: Sequence[TrackerScores]) -> Merit:
    """Return what trackers of one run are ranked by."""
    return EAO if any(one.vot for one in trackers) else SUCCESS


def values(tracker: TrackerScores, key: str) -> Mapping[str, float]:
    """Return a tracker's score on each sequence, more being better; of EAO what the sequence says of it."""
    if key not in ("eao", "accuracy", "failures"):
        return {name: getattr(own, key) for name, own in tracker.sequences.items()}
    if tracker.vot is None:
        return {}
    if key == "eao":
        return tracker.vot.measures[0].shares
    parts = tracker.vot.sequences
    if key == "failures":
        return {name: -own.failures for name, own in parts.items()}
    return {name: own.accuracy for name, own in parts.items() if own.accuracy is not None}


def silent(tracker: TrackerScores, key: str) -> frozenset[str]:
    """Return the sequences that have no part in a tracker's score: of EAO too short ones, in which it lost nothing."""
    score = EAO.overall(tracker) if key == "eao" else None
    return frozenset(name for name, share in values(tracker, key).items() if share == score)


def rank(trackers: Sequence[TrackerScores], merit: Merit) -> tuple[TrackerScores, ...]:
    """Return the trackers, the highest score first; those without it after them, those without any score last."""

    def place(one: TrackerScores) -> tuple[bool, bool, float]:
        score = merit.overall(one)
        return one.summary is None, score is None, -(score or 0.0)

    return tuple(sorted(trackers, key=place))
