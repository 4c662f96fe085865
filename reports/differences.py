"""Success and precision curves of every tracker minus those of one base, paired over sequences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from benchmark.scores import TrackerScores
from benchmark.statistics.bands import simultaneous_band
from benchmark.statistics.intervals import Band
from benchmark.statistics.paired import PairedDifference, compare
from trackers.errors import InputError, did_you_mean

__all__ = ["CurveDifference", "Kind", "choose_base", "curve_differences"]

Kind = Literal["success", "precision"]
MEASURES: dict[Kind, str] = {"success": "auc", "precision": "precision"}
"""The score that is read off each kind of curve."""


@dataclass(frozen=True, eq=False)
class CurveDifference:
    """One tracker's curve minus the base's."""

    kind: Kind
    mean: NDArray[np.float64]
    """(K,), over the sequences that both finished."""
    band: Band | None
    """Holds the whole curve with 95 %; None where there are too few sequences."""
    score: PairedDifference
    """Of the AUC, or of the precision at its headline threshold."""


def choose_base(trackers: Sequence[TrackerScores], name: str = "") -> str:
    """Return what the others are held against: `name`, else siamfc, else the first that has scores; "" without any.

    Raises InputError where `name` has no scores here.
    """
    names = [one.name for one in trackers if one.summary]
    if name and name not in names:
        raise InputError(f"--base: the run has no scores of {name!r}.{did_you_mean(name, names)}")
    return name or ("siamfc" if "siamfc" in names else next(iter(names), ""))


def curve_differences(trackers: Sequence[TrackerScores], base: str) -> tuple[CurveDifference, ...]:
    """Return the differences of all trackers that share a sequence with the base, success before precision."""
    by_name = {one.name: one for one in trackers if one.summary}
    others = [name for name in by_name if name != base and set(by_name[name].sequences) & set(by_name[base].sequences)]
    found = []
    for kind, measure in MEASURES.items():
        scores = {name: {s: getattr(own, measure) for s, own in one.sequences.items()} for name, one in by_name.items()}
        for score in compare(scores, [(base, name) for name in others]):
            ours, theirs = by_name[score.other].sequences, by_name[base].sequences
            curves = np.array(
                [getattr(ours[s], f"{kind}_curve") - getattr(theirs[s], f"{kind}_curve") for s in ours if s in theirs]
            )
            found.append(CurveDifference(kind, curves.mean(0), simultaneous_band(curves), score))
    return tuple(found)
