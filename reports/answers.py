"""The questions a run can answer, each with its difference, how sure it is, and what the winner costs."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files

from benchmark.merit import SUCCESS, Merit, silent, values
from benchmark.scores import TrackerScores
from benchmark.statistics.paired import PairedDifference, compare
from reports.labels import unlike
from reports.speed import Speed

__all__ = ["Answer", "Cost", "Pair", "answer", "questions"]


@dataclass(frozen=True)
class Pair:
    """A question: is `other` better than `base`?"""

    asks: str
    other: str
    base: str


@dataclass(frozen=True)
class Cost:
    """What the two cost. Latency where both were measured alone, else throughput; the kinds are never mixed."""

    kind: str
    """``latency``, ``throughput`` or "" where neither is known of both."""
    fps_other: float | None = None
    fps_base: float | None = None
    memory_other: float | None = None
    """Peak MB, of measured ones only."""
    memory_base: float | None = None
    mark: str = ""
    """What must stand beside these numbers: that they were taken beside other work."""


@dataclass(frozen=True)
class Answer:
    """One question, answered."""

    pair: Pair
    merit: Merit
    main: PairedDifference
    """Of what trackers are ranked by: it answers."""
    second: PairedDifference | None
    """Of the second opinion; None where the two have no sequence with it in common."""
    counts: tuple[int, int, int]
    """Sequences on which `other` is better, alike and worse."""
    cost: Cost
    first: str
    """What is to be said before anything else: that one alone was trained, or EAO is of different sequences; or ""."""
    questions: int
    """How many were asked at once: what the p values are corrected for, either measure on its own."""

    @property
    def verdict(self) -> str:
        """``yes``, ``no``, ``not shown`` or ``cannot be said`` (one sequence)."""
        if self.main.p_holm is None:
            return "cannot be said"
        if not self.main.significant:
            return "not shown"
        return "yes" if self.main.difference > 0 else "no"


def answer(
    trackers: Sequence[TrackerScores], speeds: Mapping[str, Speed], merit: Merit = SUCCESS
) -> tuple[Answer, ...]:
    """Return the answers to every question these scored trackers allow; pairs need a common sequence."""
    by_name = {one.name: one for one in trackers}
    scores = {key: {name: values(one, key) for name, one in by_name.items()} for key in merit.keys}
    mute = {key: {name: silent(one, key) for name, one in by_name.items()} for key in merit.keys}
    pairs = [pair for pair in questions(list(by_name)) if _share(scores[merit.key], pair)]
    found = {
        key: {
            (one.base, one.other): one
            for one in compare(own, [(pair.base, pair.other) for pair in pairs if _share(own, pair)], silent=mute[key])
        }
        for key, own in scores.items()
    }
    answers = []
    for pair in pairs:
        main, second, counted = (found[key].get((pair.base, pair.other)) for key in merit.keys)
        assert main is not None
        assert counted is not None
        counts = counted.wins, counted.ties, counted.losses
        other, base = by_name[pair.other], by_name[pair.base]
        cost = _cost(other, base, speeds)
        first = " ".join(filter(None, (unlike(other, base), merit.apart(other, base))))
        answers.append(Answer(pair, merit, main, second, counts, cost, first, len(pairs)))
    return tuple(answers)


def _share(scores: Mapping[str, Mapping[str, float]], pair: Pair) -> bool:
    return bool(scores[pair.other].keys() & scores[pair.base].keys())


def questions(names: Sequence[str]) -> list[Pair]:
    """Return what can be asked of trackers of these names: the written questions, then all others against their base.

    A variant is compared with its family, other weights or presets with the plain name, whatever is left with the first
    tracker of the run.
    """
    found = [*_written(names)]
    for name in names:
        if any(name in (pair.other, pair.base) for pair in found):
            continue
        base = next((one for one in _bases(name) if one in names), None)
        if base is not None:
            found.append(Pair(f"Is {name} better than {base}?", name, base))
        elif name != names[0] and names:
            found.append(Pair(f"Is {name} better than {names[0]}?", name, names[0]))
    return found


def base_name(name: str) -> str:
    """Return a tracker's name without preset and weights."""
    return re.sub(r"[:@].*", "", name) if not re.match(r"(cv2|got10k|trax|py):", name) else name


def _written(names: Sequence[str]) -> Iterator[Pair]:
    data = tomllib.loads(files(__package__).joinpath("questions.toml").read_text("utf-8"))
    for one in data["question"]:
        for other in (name for name in names if base_name(name) == one["other"]):
            suffix = other[len(one["other"]) :]
            base = next((n for n in (one["base"] + suffix, one["base"]) if n in names), None)
            if base is not None:
                of = f" ({other} against {base})" if suffix else ""
                yield Pair(one["asks"] + of, other, base)


def _bases(name: str) -> Iterator[str]:
    """Yield the names that a name is a variation of, nearest first: without weights, preset, delta, then variants."""
    for shorter in (re.sub(r"@.*", "", name), base_name(name), re.sub(r"\{.*", "", name)):
        if shorter != name:
            yield shorter
    stem = re.sub(r"[{:@].*", "", name)
    while "-" in stem:
        stem = stem.rpartition("-")[0]
        yield stem


def _cost(other: TrackerScores, base: TrackerScores, speeds: Mapping[str, Speed]) -> Cost:
    fast, slow = speeds.get(other.name), speeds.get(base.name)
    if fast and slow and fast.latency and slow.latency:
        both = (fast.latency.load_mark, slow.latency.load_mark)
        return Cost("latency", fast.latency.fps, slow.latency.fps, fast.latency.memory_mb, slow.latency.memory_mb,
                    _mark(other, base, both))  # fmt: skip
    if other.throughput and base.throughput and other.lanes == base.lanes:
        mark = _mark(other, base, (other.load_mark, base.load_mark))
        return Cost("throughput", other.throughput, base.throughput, mark=mark)
    return Cost("")


def _mark(other: TrackerScores, base: TrackerScores, found: tuple[str, str]) -> str:
    """Return what is to be said of two costs; whose it is, where it is one's alone."""
    said = [f"{one.name} {mark}" for one, mark in zip((other, base), found, strict=True) if mark]
    return found[0] if len(set(found)) == 1 else "; ".join(said)
