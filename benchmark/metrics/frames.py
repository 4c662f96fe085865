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

__all__ = ["Frames", "NothingLeft", "gather", "left_out"]

Values = NDArray[np.float64]
Flags = NDArray[np.bool_]


class NothingLeft(InputError):
    """A profile scores no frame of a sequence."""


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
    _some(lengths, chosen, profile)
    offsets = np.cumsum(lengths) - lengths
    true = _columns([annotation.boxes[one.first_frame :] for _, annotation, one in chosen])
    predicted = _columns([_rows(boxes, one) for boxes, _, one in chosen])
    predicted = _repeat_previous(predicted, true, offsets, profile)
    origin = np.repeat([float(annotation.origin) for _, annotation, _ in chosen], lengths)
    if profile.rounded:
        predicted, true = _rounded(predicted, origin), _rounded(true, origin)
    if profile.first_frame == "ground truth":
        predicted[offsets] = true[offsets]
    if profile.bounded:
        bounds = [annotation.bounds or (np.inf, np.inf) for _, annotation, _ in chosen]
        size = np.repeat(np.array(bounds, dtype=np.float64), lengths, axis=0)
        overlaps = overlap(_inside(predicted, size), _inside(true, size))
    else:
        overlaps = overlap(predicted, true)
    errors, normalised = centre_errors(predicted, true)
    overlaps[np.isinf(errors)] = -1.0  # a NaN passes no threshold, not even 0
    if profile.invalid_truth != "never":
        valid = np.concatenate([annotation.valid[one.first_frame :] for _, annotation, one in chosen])
        bad_overlap, bad_centre = _invalid(true, valid, origin, profile)
        if profile.absent == "invalid":
            bad_overlap, bad_centre = bad_overlap | _absent(chosen), bad_centre | _absent(chosen)
        overlaps[bad_overlap] = -1.0
        errors[bad_centre] = -1.0 if profile.invalid_centre == "hit" else np.inf
        normalised[bad_centre] = -1.0 if profile.invalid_normalised == "hit" else np.inf
    if profile.absent == "miss":
        absent = _absent(chosen)
        overlaps[absent], errors[absent], normalised[absent] = -1.0, np.inf, np.inf
    dropped = np.concatenate([left_out(annotation, one.first_frame, profile) for _, annotation, one in chosen])
    if dropped.any():
        overlaps, errors, normalised = (values[~dropped] for values in (overlaps, errors, normalised))
        lengths = lengths - np.add.reduceat(dropped, offsets, dtype=np.int64)
        _some(lengths, chosen, profile)
        offsets = np.cumsum(lengths) - lengths
    return Frames(overlaps, errors, normalised, lengths, offsets)


def left_out(annotation: Annotation, first_frame: int, profile: Profile) -> Flags:
    """Return which frames from the first scored one on (N,) are no part of any score under a profile."""
    dropped = np.zeros(len(annotation) - first_frame, np.bool_)
    if profile.absent == "dropped" and annotation.absent is not None:
        dropped |= annotation.absent[first_frame:]
    if profile.nan_truth == "dropped":
        dropped |= np.isnan(annotation.boxes[first_frame:]).any(axis=1)
    if profile.first_frame == "dropped":
        dropped[0] = True
    return dropped


def _some(lengths: NDArray[np.int64], chosen: Sequence[tuple[Values, Annotation, Alignment]], profile: Profile) -> None:
    """Raise NothingLeft where a sequence has no frame that is scored."""
    if lengths.min() < 1:
        name = chosen[int(lengths.argmin())][1].name
        raise NothingLeft(f"{name} has too few frames for profile {profile.name!r}: nothing is left to score")


def _rounded(boxes: Values, origin: Values) -> Values:
    shift = np.stack([origin, origin, np.zeros_like(origin), np.zeros_like(origin)], axis=1)
    return _columns([np.round(boxes + shift) - shift])


def _inside(boxes: Values, size: Values) -> Values:
    """Return (N, 4) boxes cut to images of (N, 2) width and height, as got10k cuts them."""
    corner = np.clip(boxes[:, :2], 0, size)
    return _columns([np.concatenate([corner, np.clip(boxes[:, 2:], 0, size - corner)], axis=1)])


def _absent(chosen: Sequence[tuple[Values, Annotation, Alignment]]) -> Flags:
    """Return which frames' targets are absent by their dataset's own flags."""
    flags = [
        np.zeros(one.frames, np.bool_) if annotation.absent is None else annotation.absent[one.first_frame :]
        for _, annotation, one in chosen
    ]
    return np.concatenate(flags)


def _columns(rows: Sequence[Values]) -> Values:
    """Return the rows end to end, (N, 4), each of the four columns contiguous: what the arithmetic reads fastest."""
    return np.ascontiguousarray(np.concatenate(rows).T).T


def _rows(boxes: Values, one: Alignment) -> Values:
    rows = boxes[one.first_row :]
    return np.concatenate([rows, np.full((one.missing, 4), np.nan)]) if one.missing else rows


def _repeat_previous(predicted: Values, true: Values, offsets: NDArray[np.int64], profile: Profile) -> Values:
    """Return the boxes with each unusable one replaced by the nearest usable one before it in its sequence.

    Where the true box is NaN, as the MATLAB toolkit has it, nothing is replaced.
    """
    if profile.repeat_previous == "never":
        return predicted
    sizes = predicted[:, 2:]
    if profile.repeat_previous == "zero size":
        unusable = (sizes == 0).any(1)
    else:
        unusable = ~((sizes > 0).all(1) & ~np.isnan(predicted[:, :2]).any(1))
    if not unusable.any():
        return predicted
    unusable &= ~np.isnan(true).any(1)
    unusable[offsets] = False  # a first frame has none before it; it stays as it is
    source = np.maximum.accumulate(np.where(unusable, 0, np.arange(len(predicted))))
    return _columns([predicted[source]])


def _invalid(true: Values, valid: Flags, origin: Values, profile: Profile) -> tuple[Flags, Flags]:
    """Return which frames have no ground truth for overlaps and for errors."""
    if profile.invalid_truth == "size":
        sized: Flags = np.all(true[:, 2:] > 0, axis=1)
        return ~sized, ~sized
    if profile.invalid_truth == "row":
        return ~valid, ~valid
    centre = true[:, :2] + true[:, 2:] / 2 + origin[:, None] - 0.5  # in the file's pixel indices
    placed: Flags = np.all(centre > 0, axis=1)
    return ~valid, ~placed
