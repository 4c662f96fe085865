"""Boxes in, scores out, under a profile: success and precision curves and what is read off them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmark.datasets.sequence import Annotation
from benchmark.metrics.alignment import Alignment, align
from benchmark.metrics.curves import counts_above, counts_below
from benchmark.metrics.frames import Frames, gather
from benchmark.profiles import Profile
from trackers.errors import InputError

__all__ = ["ScoreTable", "SequenceScores", "score_sequence", "score_sequences"]

Values = NDArray[np.float64]
BLOCK = 12_000
"""Frames scored at a time: arrays of this size stay in the cache, and are too small to be mapped anew each time."""


@dataclass(frozen=True, kw_only=True, eq=False)
class SequenceScores:
    """The scores of one tracker on one sequence, as fractions of its scored frames."""

    sequence: str
    frames: int
    """How many frames were scored."""
    first_frame: int
    """Index of the first of them."""
    success_curve: Values
    precision_curve: Values
    normalised_precision_curve: Values
    """One value a threshold of the profile."""
    auc: float
    """Area under the success curve as the profile takes it: nearly always the mean of its values."""
    precision: float
    """Precision as the profile prints it: nearly always at 20 pixels."""
    normalised_precision: float
    """Normalised precision as the profile prints it."""
    ao: float
    """Average overlap; a frame whose ground truth is invalid counts 0."""
    sr50: float
    sr75: float
    """The part of the frames with an overlap above .5 and .75."""
    notes: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return plain data, ready for JSON."""
        plain = dict(vars(self), notes=list(self.notes))
        return {key: value.tolist() if isinstance(value, np.ndarray) else value for key, value in plain.items()}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> SequenceScores:
        """Return what `to_dict` was called on."""
        arrays = {key: np.asarray(data[key]) for key in data if key.endswith("_curve")}
        return cls(**{**data, **arrays, "notes": tuple(data["notes"])})


@dataclass(frozen=True, eq=False)
class ScoreTable(Mapping[str, SequenceScores]):
    """The scores of one tracker on S sequences, a column a measure; by name it gives one sequence's."""

    sequences: tuple[str, ...]
    columns: Mapping[str, NDArray[Any]]
    """The fields of `SequenceScores`: (S,) or, for curves, (S, K)."""
    notes: Mapping[str, tuple[str, ...]]

    def __getitem__(self, sequence: str) -> SequenceScores:
        if sequence not in self.sequences:
            raise KeyError(sequence)
        row = self.sequences.index(sequence)
        cells = {name: column[row] if column.ndim > 1 else column[row].item() for name, column in self.columns.items()}
        return SequenceScores(sequence=sequence, notes=self.notes.get(sequence, ()), **cells)

    def __iter__(self) -> Iterator[str]:
        return iter(self.sequences)

    def __len__(self) -> int:
        return len(self.sequences)

    @classmethod
    def of(cls, scores: Mapping[str, SequenceScores]) -> ScoreTable:
        """Return the table of scores held one by one."""
        if isinstance(scores, ScoreTable):
            return scores
        fields = [name for name in SequenceScores.__dataclass_fields__ if name not in ("sequence", "notes")]
        columns = {name: np.array([getattr(s, name) for s in scores.values()]) for name in fields}
        return cls(tuple(scores), columns, {name: s.notes for name, s in scores.items() if s.notes})


def score_sequence(
    boxes: Values, annotation: Annotation, profile: Profile, *, start: int | None = None
) -> SequenceScores:
    """Return the scores of (N, 4) boxes, one a frame from frame index `start` on, under `profile`.

    With `start` None the first frame is inferred from N: the sequence's first or its official start. Raises InputError
    where N fits neither.
    """
    starts = None if start is None else {annotation.name: start}
    return score_sequences({annotation.name: boxes}, {annotation.name: annotation}, profile, starts=starts)[
        annotation.name
    ]


def score_sequences(
    boxes: Mapping[str, Values],
    annotations: Mapping[str, Annotation],
    profile: Profile,
    *,
    starts: Mapping[str, int] | None = None,
) -> ScoreTable:
    """Return the scores of one tracker on every sequence of `boxes`, as `score_sequence` gives them one by one.

    `starts` holds the frame index that a sequence's boxes begin at; a sequence it leaves out is inferred.
    """
    if unknown := [name for name in boxes if name not in annotations]:
        raise InputError(f"there is no ground truth for {', '.join(unknown)}")
    begun = starts or {}
    names = tuple(boxes)
    aligned = [align(len(boxes[name]), annotations[name], profile, begun.get(name)) for name in names]
    parts = []
    for block in _blocks(aligned):
        chosen = [(boxes[names[i]], annotations[names[i]], aligned[i]) for i in block]
        parts.append(_score(gather(chosen, profile), profile))
    columns = {key: np.concatenate([part[key] for part in parts]) for key in parts[0]} if parts else {}
    columns["first_frame"] = np.array([a.first_frame + (profile.first_frame == "dropped") for a in aligned], dtype=int)
    return ScoreTable(names, columns, {name: a.notes for name, a in zip(names, aligned, strict=True) if a.notes})


def _score(frames: Frames, profile: Profile) -> dict[str, NDArray[Any]]:
    lengths, offsets = frames.lengths, frames.offsets
    count = lengths[:, None]
    success = counts_above(frames.overlap, profile.success_grid, lengths, strict=profile.success_strict) / count
    precision = counts_below(frames.error, profile.precision_grid, lengths) / count
    normalised = counts_below(frames.normalised_error, profile.normalised_grid, lengths) / count
    return {
        "frames": lengths,
        "success_curve": success,
        "precision_curve": precision,
        "normalised_precision_curve": normalised,
        "auc": _area(success, profile),
        "precision": _headline(precision, profile.precision_grid, profile.precision_headline, profile),
        "normalised_precision": _headline(normalised, profile.normalised_grid, profile.normalised_headline, profile),
        "ao": np.add.reduceat(np.maximum(frames.overlap, 0.0), offsets) / lengths,
        "sr50": np.add.reduceat(frames.overlap > 0.5, offsets, dtype=np.int64) / lengths,
        "sr75": np.add.reduceat(frames.overlap > 0.75, offsets, dtype=np.int64) / lengths,
    }


def _headline(curves: Values, grid: Values, threshold: float | None, profile: Profile) -> Values:
    """Return what is printed of (S, K) curves: the value at a threshold, or the area."""
    if threshold is None:
        return _area(curves, profile)
    column: Values = curves[:, int(np.argmin(np.abs(grid - threshold)))]
    return column


def _area(curves: Values, profile: Profile) -> Values:
    """Return the (S,) areas under (S, K) curves."""
    if profile.area == "mean":
        mean: Values = curves.mean(1)
        return mean
    area: Values = (curves.sum(1) - (curves[:, 0] + curves[:, -1]) / 2) / (curves.shape[1] - 1)
    return area


def _blocks(aligned: list[Alignment]) -> Iterator[range]:
    begin = total = 0
    for index, one in enumerate(aligned):
        if total and total + one.frames > BLOCK:
            yield range(begin, index)
            begin, total = index, 0
        total += one.frames
    if begin < len(aligned):
        yield range(begin, len(aligned))
