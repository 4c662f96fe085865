"""The values of single frames, under a profile's conventions, for several sequences laid end to end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmark.datasets.sequence import Annotation
from benchmark.metrics.alignment import Alignment
from benchmark.metrics.overlap import centre_errors, overlap
from benchmark.profiles import Profile
from trackers.errors import InputError

__all__ = ["Frames", "gather"]

Values = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Frames:
    """What each scored frame is worth; N frames of S sequences."""

    overlap: Values
    """(N,), -1 where the ground truth is invalid."""
    error: Values
    """(N,) pixels; -1 or infinite where the ground truth is invalid, as the profile has it."""
    normalised_error: Values
    """(N,) in the true box's size; likewise."""
    lengths: NDArray[np.int64]
    """(S,)."""
    offsets: NDArray[np.int64]
    """(S,), where each sequence begins."""


def gather(chosen: Sequence[tuple[Values, Annotation, Alignment]], profile: Profile) -> Frames:
    """Return the values of the scored frames of some sequences: boxes (N, 4), ground truth and how they meet."""
    lengths = np.array([one.frames for _, _, one in chosen])
    if lengths.min() < (2 if profile.first_frame == "dropped" else 1):
        name = chosen[int(lengths.argmin())][1].name
        raise InputError(f"{name} has too few frames for profile {profile.name!r}: nothing is left to score")
    offsets = np.cumsum(lengths) - lengths
    true = _columns([annotation.boxes[one.first_frame :] for _, annotation, one in chosen])
    predicted = _columns([_rows(boxes, one) for boxes, _, one in chosen])
    predicted = _repeat_previous(predicted, offsets, profile)
    if profile.first_frame == "ground truth":
        predicted[offsets] = true[offsets]
    overlaps = overlap(predicted, true)
    errors, normalised = centre_errors(predicted, true)
    if profile.invalid_truth != "never":
        valid = np.concatenate([annotation.valid[one.first_frame :] for _, annotation, one in chosen])
        bad_overlap, bad_centre = _invalid(true, valid, profile)
        overlaps[bad_overlap] = -1.0
        errors[bad_centre] = -1.0 if profile.invalid_centre == "hit" else np.inf
        normalised[bad_centre] = -1.0 if profile.invalid_normalised == "hit" else np.inf
    if profile.first_frame == "dropped":
        overlaps, errors, normalised = (np.delete(v, offsets) for v in (overlaps, errors, normalised))
        lengths = lengths - 1
        offsets = np.cumsum(lengths) - lengths
    return Frames(overlaps, errors, normalised, lengths, offsets)


def _columns(rows: Sequence[Values]) -> Values:
    """Return the rows end to end, (N, 4), each of the four columns contiguous: what the arithmetic reads fastest."""
    return np.ascontiguousarray(np.concatenate(rows).T).T


def _rows(boxes: Values, one: Alignment) -> Values:
    rows = boxes[one.first_row :]
    return np.concatenate([rows, np.full((one.missing, 4), np.nan)]) if one.missing else rows


def _repeat_previous(predicted: Values, offsets: NDArray[np.int64], profile: Profile) -> Values:
    """Return the boxes with each unusable one replaced by the nearest usable one before it in its sequence."""
    if profile.repeat_previous == "never":
        return predicted
    sizes = predicted[:, 2:]
    if profile.repeat_previous == "zero size":
        unusable = (sizes == 0).any(1)
    else:
        unusable = ~((sizes > 0).all(1) & ~np.isnan(predicted[:, :2]).any(1))
    if not unusable.any():
        return predicted
    unusable[offsets] = False  # a first frame has none before it; it stays as it is
    source = np.maximum.accumulate(np.where(unusable, 0, np.arange(len(predicted))))
    return _columns([predicted[source]])


def _invalid(true: Values, valid: Flags, profile: Profile) -> tuple[Flags, Flags]:
    """Return which frames have no ground truth for overlaps and for errors."""
    if profile.invalid_truth == "size":
        sized: Flags = np.all(true[:, 2:] > 0, axis=1)
        return ~sized, ~sized
    if profile.invalid_truth == "row":
        return ~valid, ~valid
    centre = true[:, :2] + true[:, 2:] / 2 + 0.5  # the centre in the file's 1-based pixel indices
    placed: Flags = np.all(centre > 0, axis=1)
    return ~valid, ~placed
