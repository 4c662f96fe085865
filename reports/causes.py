"""What a cause of failure does to overlap: frames in which it acts against the others of the same sequences.

Only of rendered data is it known when a cause acts. Both kinds of frames are of one sequence, so that what makes it
easy or hard throughout falls out of the difference. The first frame, whose box is given, and frames without valid
ground truth are left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from benchmark.datasets.lookup import open_dataset
from benchmark.runs import Run
from benchmark.statistics.paired import PairedDifference, compare
from reports.answers import Pair
from reports.forest import Forest, Row, found_of
from reports.sequences import SequenceView, Track
from trackers.errors import InputError

__all__ = ["Asked", "Causes", "Share", "asked_forest", "cause_effects", "mark_causes", "shares_forest"]


@dataclass(frozen=True)
class Share:
    """One tracker's mean overlap under one cause, or under all of them: over the sequences with both kinds of frames.

    Where a cause acts throughout in all of its sequences there is none of these, and no difference.
    """

    tracker: str
    inside: float
    """Of the frames in which the cause acts."""
    outside: float | None
    """Of the others."""
    difference: PairedDifference | None
    """Inside minus outside."""


@dataclass(frozen=True)
class Asked:
    """A question of the page, asked of either kind of frames on the same sequences."""

    pair: Pair
    inside: PairedDifference
    outside: PairedDifference


@dataclass(frozen=True)
class Causes:
    """What causes of failure did in a run."""

    overall: tuple[Share, ...]
    """Under all causes, a tracker each."""
    by_cause: Mapping[str, tuple[Share, ...]]
    sequences: Mapping[str, int]
    """How many have that cause."""
    asked: tuple[Asked, ...]


def mark_causes(views: Sequence[SequenceView], run: Run) -> tuple[list[SequenceView], str]:
    """Return the sequences with their causes and the frames in which they act, and why that is not known, else ""."""
    if not run.scores.rendered:
        return list(views), ""
    from benchmark.datasets.render.dataset import RenderedDataset  # not at the top: few runs are of rendered data

    try:
        dataset = open_dataset(run.scores.dataset)
        if not isinstance(dataset, RenderedDataset) or dataset.revision != run.manifest["dataset"]["revision"]:
            return list(views), f"this program draws another revision of {run.scores.dataset} than the run had"
        return [
            replace(view, cause=dataset.cause(view.name),
                    acts=tuple((span.first, span.last) for span in dataset.causes(view.name)))
            for view in views
        ], ""  # fmt: skip
    except InputError as error:
        return list(views), str(error)


def cause_effects(views: Sequence[SequenceView], trackers: Sequence[str], pairs: Iterable[Pair]) -> Causes | None:
    """Return what causes did to these trackers; None where no frame is known to have one."""
    inside: dict[str, dict[str, float]] = {name: {} for name in trackers}
    outside: dict[str, dict[str, float]] = {name: {} for name in trackers}
    for view in views:
        for track in view.tracks:
            for where, mean in zip((inside, outside), _means(view, track), strict=True):
                if view.acts and mean is not None and track.tracker in where:
                    where[track.tracker][view.name] = mean
    if not any(inside.values()):
        return None
    causes = {view.name: view.cause for view in views if view.acts}
    names = list(dict.fromkeys(causes.values()))
    groups = {name: _shares(trackers, inside, outside, [s for s in causes if causes[s] == name]) for name in names}
    return Causes(
        _shares(trackers, inside, outside, list(causes)),
        groups,
        {name: sum(cause == name for cause in causes.values()) for name in names},
        _asked(pairs, inside, outside),
    )


def shares_forest(causes: Causes) -> Forest:
    """Return what the causes take from each tracker, all of them together, as rows on one scale."""
    return Forest("mean overlap", tuple(_row(one.tracker, one.difference) for one in causes.overall if one.difference))


def asked_forest(causes: Causes) -> Forest:
    """Return the questions, each asked of either kind of frames, as rows on one scale."""
    kinds = (("while a cause acts", "inside"), ("otherwise", "outside"))
    rows = (
        _row(said, getattr(one, kind), f"{one.pair.asks} ({one.pair.other} − {one.pair.base})")
        for one in causes.asked for said, kind in kinds
    )  # fmt: skip
    return Forest("mean overlap", tuple(rows))


def _row(title: str, one: PairedDifference, group: str = "") -> Row:
    return Row(title, one.difference, one.interval, one.sequences, found_of(one),
               counts=f"{one.wins} / {one.ties} / {one.losses}", group=group)  # fmt: skip


def _means(view: SequenceView, track: Track) -> tuple[float | None, float | None]:
    """Return a track's mean overlap in the frames in which the cause acts and in the others."""
    if track.overlap is None or track.trajectory is None:
        return None, None
    acts = np.zeros(track.trajectory.start + len(track.overlap), bool)
    for first, last in view.acts:
        acts[first : last + 1] = True
    own, overlap = acts[track.trajectory.start + 1 :], track.overlap[1:]
    known = np.isfinite(overlap)
    return _mean(overlap[known & own]), _mean(overlap[known & ~own])


def _mean(values: NDArray[np.float64]) -> float | None:
    return float(values.mean()) if len(values) else None


Scores = Mapping[str, Mapping[str, float]]


def _shares(trackers: Sequence[str], inside: Scores, outside: Scores, names: Sequence[str]) -> tuple[Share, ...]:
    """Return each tracker's share over the named sequences; p values are corrected over the trackers."""
    both = {t: [s for s in names if s in inside[t] and s in outside[t]] for t in trackers}
    paired = [t for t in trackers if both[t]]
    scores = {(t, kind): {s: where[t][s] for s in both[t]} for kind, where in (("in", inside), ("out", outside))
              for t in paired}  # fmt: skip
    found = dict(zip(paired, _compare(scores, [((t, "out"), (t, "in")) for t in paired]), strict=True))
    shares = []
    for t in trackers:
        if alone := [inside[t][s] for s in both[t] or names if s in inside[t]]:
            others = [outside[t][s] for s in both[t]]
            shares.append(Share(t, float(np.mean(alone)), float(np.mean(others)) if others else None, found.get(t)))
    return tuple(shares)


def _asked(pairs: Iterable[Pair], inside: Scores, outside: Scores) -> tuple[Asked, ...]:
    """Return the questions asked of both kinds of frames; p values are corrected over all of that."""
    both = {
        name: {s: (inside[name][s], outside[name][s]) for s in inside[name] if s in outside[name]} for name in inside
    }
    asked = [p for p in pairs if p.other in both and p.base in both and both[p.other].keys() & both[p.base].keys()]
    scores = {
        (name, kind): {s: value[place] for s, value in own.items()}
        for name, own in both.items() for place, kind in enumerate(("in", "out"))
    }  # fmt: skip
    found = _compare(scores, [((p.base, kind), (p.other, kind)) for kind in ("in", "out") for p in asked])
    return tuple(map(Asked, asked, found[: len(asked)], found[len(asked) :]))


def _compare(
    scores: Mapping[tuple[str, str], Mapping[str, float]], pairs: Sequence[tuple[tuple[str, str], tuple[str, str]]]
) -> list[PairedDifference]:
    """Compare scores of trackers in a kind of frames; the differences name the trackers."""
    number = {key: str(place) for place, key in enumerate(scores)}
    found = compare({number[key]: own for key, own in scores.items()}, [(number[a], number[b]) for a, b in pairs])
    return [replace(one, base=a[0], other=b[0]) for one, (a, b) in zip(found, pairs, strict=True)]
