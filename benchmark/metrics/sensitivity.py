"""What each convention is worth: the same boxes scored again with one thing changed at a time.

Toolkits differ in these very points. The table says how far apart two published numbers may lie with nothing improved.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from benchmark.datasets.sequence import Annotation
from benchmark.metrics.alignment import align
from benchmark.metrics.frames import NothingLeft
from benchmark.metrics.scores import score_sequences
from benchmark.metrics.summary import Averages, summarise
from benchmark.profiles import Profile

__all__ = ["Change", "sensitivity"]

Values = NDArray[np.float64]
FINE = tuple(np.linspace(0.0, 1.0, 101).tolist())


@dataclass(frozen=True)
class Change:
    """What a change of one convention does to a tracker's numbers: changed minus unchanged."""

    name: str
    auc: float
    precision: float


def sensitivity(
    boxes: Mapping[str, Values],
    annotations: Mapping[str, Annotation],
    profile: Profile,
    *,
    starts: Mapping[str, int] | None = None,
) -> list[Change]:
    """Return what every change does to one tracker's AUC and precision under `profile`, in a fixed order.

    A convention that the profile has already, or that touches no box here, comes out as 0; those that only some
    datasets or profiles know are left out on the others. The arguments are those of `score_sequences`.
    """

    def scored(changed: Profile = profile, move: Callable[[Values], Values] | None = None) -> Averages:
        moved = {name: move(one) for name, one in boxes.items()} if move else boxes
        return summarise(score_sequences(moved, annotations, changed, starts=starts), changed).overall

    def if_any_left(changed: Profile) -> Averages | None:
        with suppress(NothingLeft):
            return scored(changed)
        return None

    base = scored()
    changes = {
        "success at overlap >= threshold": scored(replace(profile, success_strict=False)),
        "101 success thresholds": scored(replace(profile, success_thresholds=FINE)),
        "average overlap (AO) as AUC": replace(base, auc=base.ao),
        "late starts not aligned": _unaligned(boxes, annotations, profile, starts or {}),
        "frame-weighted mean": scored(replace(profile, average="frames")),
        "first frame dropped": if_any_left(replace(profile, first_frame="dropped")),
        "first box as the tracker wrote it": scored(replace(profile, first_frame="prediction")),
        "invalid ground truth scored literally": scored(replace(profile, invalid_truth="never")),
        "boxes truncated to integers": scored(move=_truncated),
        "0-based boxes scored as 1-based (-1 px)": scored(move=lambda one: one - np.array([1.0, 1.0, 0.0, 0.0])),
        "width and height short by 1 px": scored(move=lambda one: one - np.array([0.0, 0.0, 1.0, 1.0])),
    }
    own = _of_profile(profile) | _of_dataset(annotations, profile)
    changes |= {name: if_any_left(changed) for name, changed in own.items()}
    return [Change(name, one.auc - base.auc, one.precision - base.precision) for name, one in changes.items() if one]


def _of_profile(profile: Profile) -> dict[str, Profile]:
    """Return what nearly all others do where the profile does otherwise."""
    found = {}
    if not profile.success_strict:
        found["success at overlap > threshold"] = replace(profile, success_strict=True)
    if profile.area != "mean":
        found["areas as means of the curves"] = replace(profile, area="mean")
    if profile.precision_headline is None:
        found["precision at 20 px, not its area"] = replace(profile, precision_headline=20.0)
    if profile.rounded:
        found["boxes not rounded"] = replace(profile, rounded=False)
    if profile.average == "frames":
        found["every sequence weighs the same"] = replace(profile, average="sequences")
    if profile.first_frame == "dropped":
        found["first frame a perfect hit"] = replace(profile, first_frame="ground truth")
    return found


def _of_dataset(annotations: Mapping[str, Annotation], profile: Profile) -> dict[str, Profile]:
    """Return the conventions that matter on these data alone, as their ground truth has it."""
    every = annotations.values()
    found = {}
    if any(one.absent is not None for one in every):
        found["absent targets scored as any other"] = replace(profile, absent="as any")
        found["absent targets left out"] = replace(profile, absent="dropped")
    if any(np.isnan(one.boxes).any() for one in every):
        found["ground truth of NaN left out"] = replace(profile, nan_truth="dropped")
    if not all(one.valid.all() for one in every):
        found["invalid ground truth a miss of precision"] = replace(profile, invalid_centre="miss")
        when = "row" if profile.invalid_truth == "never" else profile.invalid_truth
        found["invalid ground truth a hit of precision"] = replace(profile, invalid_centre="hit", invalid_truth=when)
    if any(one.bounds for one in every):
        found["boxes not cut to the image"] = replace(profile, bounded=False)
    return found


def _truncated(boxes: Values) -> Values:
    """Return the boxes as they come back from a text of 1-based integers."""
    file_origin = np.array([1.0, 1.0, 0.0, 0.0])
    kept: Values = np.trunc(boxes + file_origin) - file_origin
    return kept


def _unaligned(
    boxes: Mapping[str, Values], annotations: Mapping[str, Annotation], profile: Profile, starts: Mapping[str, int]
) -> Averages:
    """Return the scores where each result's first box is held against the first ground truth, wherever it began."""
    moved = {}
    for name, rows in boxes.items():
        truth = annotations[name]
        begun = align(len(rows), truth, profile, starts.get(name))
        late = begun.first_frame - begun.first_row
        moved[name] = replace(truth, start=0).first(len(truth) - late) if late else truth
    early = {name: 0 for name, truth in moved.items() if truth is not annotations[name]}
    return summarise(score_sequences(boxes, moved, profile, starts={**starts, **early}), profile).overall
