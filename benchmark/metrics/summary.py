"""From the scores of sequences to one score: overall and by attribute."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmark.metrics.scores import ScoreTable, SequenceScores
from benchmark.profiles import Profile
from trackers.errors import InputError

__all__ = ["Averages", "Summary", "pool", "summarise"]

Values = NDArray[np.float64]
_CURVES = ("success_curve", "precision_curve", "normalised_precision_curve")
_MEASURES = ("auc", "precision", "normalised_precision", "ao", "sr50", "sr75")


@dataclass(frozen=True, kw_only=True, eq=False)
class Averages:
    """The averaged scores of some sequences; the fields are those of `SequenceScores`."""

    sequences: tuple[str, ...]
    frames: int
    success_curve: Values
    precision_curve: Values
    normalised_precision_curve: Values
    auc: float
    precision: float
    normalised_precision: float
    ao: float
    sr50: float
    sr75: float

    def to_dict(self) -> dict[str, Any]:
        """Return plain data, ready for JSON."""
        plain = dict(vars(self), sequences=list(self.sequences))
        return {key: value.tolist() if isinstance(value, np.ndarray) else value for key, value in plain.items()}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Averages:
        """Return what `to_dict` was called on."""
        curves = {key: np.asarray(data[key]) for key in _CURVES}
        return cls(**{**data, **curves, "sequences": tuple(data["sequences"])})


@dataclass(frozen=True, kw_only=True, eq=False)
class Summary:
    """One tracker's scores under one profile."""

    profile: str
    overall: Averages
    by_attribute: Mapping[str, Averages] = field(default_factory=dict)
    """Only attributes that two or more of the sequences have."""
    notes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """What to know of a sequence's scores, by sequence."""

    def to_dict(self) -> dict[str, Any]:
        """Return plain data, ready for JSON."""
        return {
            "profile": self.profile,
            "overall": self.overall.to_dict(),
            "by_attribute": {name: averages.to_dict() for name, averages in self.by_attribute.items()},
            "notes": {name: list(notes) for name, notes in self.notes.items()},
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Summary:
        """Return what `to_dict` was called on."""
        return cls(
            profile=data["profile"],
            overall=Averages.from_dict(data["overall"]),
            by_attribute={name: Averages.from_dict(one) for name, one in data["by_attribute"].items()},
            notes={name: tuple(notes) for name, notes in data["notes"].items()},
        )


def summarise(
    scores: Mapping[str, SequenceScores],
    profile: Profile,
    attributes: Mapping[str, Iterable[str]] | None = None,
) -> Summary:
    """Return the average of the sequences' scores, overall and by attribute (`attributes` holds each sequence's).

    Every sequence weighs the same, or every frame, as the profile has it. Raises InputError where there is no
    sequence.
    """
    table = ScoreTable.of(scores)
    if not table:
        raise InputError("there is no sequence to summarise")
    rows: dict[str, list[int]] = {}
    for row, name in enumerate(table.sequences):
        for attribute in (attributes or {}).get(name, ()):
            rows.setdefault(attribute, []).append(row)
    return Summary(
        profile=profile.name,
        overall=_average(table, list(range(len(table))), profile),
        by_attribute={a: _average(table, rows[a], profile) for a in sorted(rows) if len(rows[a]) > 1},
        notes=table.notes,
    )


def pool(runs: Mapping[str, SequenceScores], sequence: str) -> SequenceScores:
    """Return the scores of several runs on one sequence, pooled as OTB does for TRE and SRE: a long run weighs more."""
    table = ScoreTable.of(runs)
    frames = table.columns["frames"]
    return SequenceScores(
        sequence=sequence,
        frames=int(frames.sum()),
        first_frame=int(table.columns["first_frame"].min()),
        notes=tuple(dict.fromkeys(note for run in table.values() for note in run.notes)),
        **_weighted(table, frames / frames.sum()),
    )


def _average(table: ScoreTable, rows: list[int], profile: Profile) -> Averages:
    frames = table.columns["frames"][rows]
    weights = frames if profile.average == "frames" else np.ones(len(rows))
    chosen = ScoreTable(tuple(table.sequences[r] for r in rows), {n: c[rows] for n, c in table.columns.items()}, {})
    return Averages(sequences=chosen.sequences, frames=int(frames.sum()), **_weighted(chosen, weights / weights.sum()))


def _weighted(table: ScoreTable, shares: Values) -> dict[str, Any]:
    curves = {name: shares @ table.columns[name] for name in _CURVES}
    return curves | {name: float(shares @ table.columns[name]) for name in _MEASURES}
