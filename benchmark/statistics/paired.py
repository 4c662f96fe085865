"""Is one tracker better than another? Differences on the same sequences, corrected for how many were looked at.

Their intervals are Student's: paired differences have heavy tails but are mostly symmetric, and there the t interval
holds the true mean more often than any bootstrap, from two sequences on. Where a few sequences make the whole
difference it is too narrow (``docs/evaluation.md`` gives the simulated coverage of both).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from types import MappingProxyType

import numpy as np
import scipy  # its parts are loaded when they are used: reading scores needs none
from numpy.typing import NDArray

from benchmark.statistics.intervals import Interval
from benchmark.statistics.resampling import LEVEL, sign_flips
from trackers.errors import InputError

__all__ = [
    "TIE", "PairedDifference", "compare", "detectable_difference", "fewest_sequences", "holm", "sign_flip_p",
    "student_interval",
]  # fmt: skip

Values = NDArray[np.float64]
TIE = 0.01
"""Scores on a sequence no further apart than this count as a tie."""
ALL_SPEAK: Mapping[str, Collection[str]] = MappingProxyType({})


@dataclass(frozen=True)
class PairedDifference:
    """`other` minus `base`, over the sequences that both have."""

    base: str
    other: str
    sequences: int
    difference: float
    interval: Interval | None
    """None for a single sequence, as everything below that needs a spread."""
    p: float | None
    """Two-sided, of the sign-flip test."""
    p_holm: float | None
    """The same after Holm's correction over all differences of the table."""
    wins: int
    ties: int
    losses: int
    """Sequences on which `other` is better by more than `TIE`, within it, worse."""
    detectable: float | None
    """The smallest true difference that these sequences would show in 80 of 100 such experiments; None where they are
    too few to show any (`fewest_sequences`)."""

    @property
    def significant(self) -> bool:
        """Whether the corrected p lies below .05 and the interval beside 0.

        Both are asked: small differences of one sign and a single large one make p small and the interval hold 0.
        """
        if self.p_holm is None or self.interval is None:
            return False
        return self.p_holm < 0.05 and not self.interval.low <= 0 <= self.interval.high


def compare(
    scores: Mapping[str, Mapping[str, float]],
    pairs: Iterable[tuple[str, str]],
    *,
    level: float = LEVEL,
    silent: Mapping[str, Collection[str]] = ALL_SPEAK,
) -> list[PairedDifference]:
    """Return the differences of the named (base, other) pairs; Holm's correction is over all of them.

    Args:
        scores: Each tracker's score by sequence.
        pairs: What one table shows together.
        level: Of the intervals, and by which the detectable difference is told.
        silent: The sequences that say nothing of a tracker's mean, at which they stand. Those silent of both trackers
            of a pair are none of its evidence.

    Raises InputError where a pair shares no sequence.
    """
    found = [_pair(scores, base, other, level, silent) for base, other in pairs]
    tested = [one for one in found if one.p is not None]
    corrected = iter(holm([one.p for one in tested if one.p is not None]))
    return [one if one.p is None else replace(one, p_holm=next(corrected)) for one in found]


def holm(p_values: Sequence[float]) -> list[float]:
    """Return p values adjusted for their number by Holm's step-down method (1979), in the order given."""
    adjusted = [0.0] * len(p_values)
    highest = 0.0
    for rank, index in enumerate(sorted(range(len(p_values)), key=lambda i: p_values[i])):
        highest = max(highest, min(1.0, (len(p_values) - rank) * p_values[index]))
        adjusted[index] = highest
    return adjusted


def sign_flip_p(differences: Values) -> float:
    """Return the two-sided p value of the mean of (n,) paired differences: how often random signs give one as large.

    Under the null hypothesis each difference is as likely with the other sign. The observed signs count as one draw,
    so that p is never 0.
    """
    signs = sign_flips(len(differences))
    extreme = np.abs(signs @ differences) >= abs(float(differences.sum())) - 1e-12
    return float((1 + np.count_nonzero(extreme)) / (1 + len(signs)))


@cache
def fewest_sequences(level: float = LEVEL) -> int | None:
    """Return from how many sequences on p can lie below ``1 - level``: signs of n agree by chance in 2 of 2^n draws.

    None where there are too few draws for any p as small.
    """
    return next((count for count in range(2, 40) if sign_flip_p(np.ones(count)) < 1 - level), None)


def student_interval(differences: Values, level: float = LEVEL, within: tuple[float, float] = (-1.0, 1.0)) -> Interval:
    """Return the t interval of the mean of n >= 2 values that lie `within`, by default differences of scores.

    It ends where they must: of two or three values it would else reach beyond.
    """
    count, mean = len(differences), float(differences.mean())
    half = float(scipy.stats.t.ppf(0.5 + level / 2, count - 1) * differences.std(ddof=1) / np.sqrt(count))
    least, most = within
    return Interval(max(mean - half, least), min(mean + half, most), level)


def detectable_difference(differences: Values, *, power: float = 0.8, level: float = LEVEL) -> float:
    """Return the smallest true mean difference that n >= 2 sequences with this spread find significant with `power`.

    By the t test, which from `fewest_sequences` on finds what the sign-flip test finds.
    """
    return detectable_ratio(len(differences), power, level) * float(np.std(differences, ddof=1))


def detectable_ratio(count: float, power: float, level: float) -> float:
    """Return the same in standard deviations of the sequences' differences, by the noncentral t of `count` of them."""
    edge = scipy.stats.t.ppf(0.5 + level / 2, count - 1)
    return float(scipy.special.nctdtrinc(count - 1, 1 - power, edge) / np.sqrt(count))


def _pair(
    scores: Mapping[str, Mapping[str, float]],
    base: str,
    other: str,
    level: float,
    silent: Mapping[str, Collection[str]],
) -> PairedDifference:
    shared = [name for name in scores[base] if name in scores[other]]
    if not shared:
        raise InputError(f"{base} and {other} share no sequence, so they cannot be compared")
    differences = np.array([scores[other][name] - scores[base][name] for name in shared])
    beyond = TIE + 1e-9  # .51 and .5 differ by a rounding error more than .01
    wins, losses = int((differences > beyond).sum()), int((differences < -beyond).sum())
    difference = float(differences.mean())
    mute = {*silent.get(base, ())} & {*silent.get(other, ())}
    told = differences[[name not in mute for name in shared]]
    if 0 < len(told) < len(shared):  # each stands for more of the mean than where all speak
        told = difference + (told - told.mean()) * len(told) / len(shared)
    several, fewest = len(told) > 1, fewest_sequences(level)
    return PairedDifference(
        base=base,
        other=other,
        sequences=len(shared),
        difference=difference,
        interval=student_interval(told, level) if several else None,
        p=sign_flip_p(told) if several else None,
        p_holm=None,
        wins=wins,
        ties=len(shared) - wins - losses,
        losses=losses,
        detectable=detectable_difference(told, level=level) if fewest and len(told) >= fewest else None,
    )
