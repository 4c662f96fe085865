"""The intervals and bands that belong to a summary of scores."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from benchmark.metrics import ScoreTable, SequenceScores
from benchmark.statistics.intervals import Band, Interval, mean_band
from benchmark.statistics.resampling import DRAWS, LEVEL, SEED, draw_weights

__all__ = ["Uncertainty", "uncertainty"]

MEASURES = ("auc", "precision", "normalised_precision", "ao", "sr50", "sr75")
CURVES = ("success_curve", "precision_curve", "normalised_precision_curve")


@dataclass(frozen=True, kw_only=True, eq=False)
class Uncertainty:
    """How sure a tracker's averages over sequences are. Empty where there is one sequence alone."""

    draws: int
    level: float
    overall: Mapping[str, Interval]
    """By measure: auc, precision, ..."""
    bands: Mapping[str, Band]
    """By curve: success_curve, ..."""
    by_attribute: Mapping[str, Mapping[str, Interval]]
    """By attribute and measure; attributes of two or more sequences."""

    def to_dict(self) -> dict[str, Any]:
        """Return plain data, ready for JSON."""
        data = asdict(self)
        for band in data["bands"].values():
            band.update(low=band["low"].tolist(), high=band["high"].tolist())
        return data

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Uncertainty:
        """Return what `to_dict` was called on."""
        return cls(
            draws=data["draws"],
            level=data["level"],
            overall={name: Interval(**one) for name, one in data["overall"].items()},
            bands={
                name: Band(np.asarray(one["low"]), np.asarray(one["high"]), one["level"])
                for name, one in data["bands"].items()
            },
            by_attribute={
                attribute: {name: Interval(**one) for name, one in intervals.items()}
                for attribute, intervals in data["by_attribute"].items()
            },
        )


def uncertainty(
    scores: Mapping[str, Mapping[str, SequenceScores]],
    attributes: Mapping[str, Iterable[str]] | None = None,
    *,
    draws: int = DRAWS,
    level: float = LEVEL,
    seed: int = SEED,
) -> dict[str, Uncertainty]:
    """Return every tracker's uncertainty; `scores` hold its scores by sequence, `attributes` a sequence's attributes.

    Trackers with as many sequences share their draws.
    """
    weights: dict[int, Any] = {}

    def band(columns: Any) -> Band | None:
        if len(columns) not in weights:
            weights[len(columns)] = draw_weights(len(columns), draws, seed)
        return mean_band(columns, weights=weights[len(columns)], level=level)

    found = {}
    for tracker, by_sequence in scores.items():
        table = ScoreTable.of(by_sequence)
        curves = {name: band(table.columns[name]) for name in CURVES}
        rows: dict[str, list[int]] = {}
        for row, name in enumerate(table.sequences):
            for attribute in (attributes or {}).get(name, ()):
                rows.setdefault(attribute, []).append(row)
        measures = np.stack([table.columns[name] for name in MEASURES], axis=1)
        by_attribute = {name: _by_measure(band(measures[chosen])) for name, chosen in sorted(rows.items())}
        found[tracker] = Uncertainty(
            draws=draws,
            level=level,
            overall=_by_measure(band(measures)),
            bands={name: one for name, one in curves.items() if one is not None},
            by_attribute={name: one for name, one in by_attribute.items() if one},
        )
    return found


def _by_measure(band: Band | None) -> dict[str, Interval]:
    if band is None:
        return {}
    return {
        name: Interval(float(low), float(high), band.level)
        for name, low, high in zip(MEASURES, band.low, band.high, strict=True)
    }
