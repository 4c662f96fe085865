"""Paired differences of a study's trackers, and weighted sums of their scores, with all that is to be known of each."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from benchmark.statistics.nested import repeats_share, sequences_needed
from benchmark.statistics.paired import detectable_difference, fewest_sequences, holm, sign_flip_p, student_interval
from benchmark.studies.answer import Effect, Found, Verdict
from benchmark.studies.study import Expected

__all__ = [
    "Table", "Values", "corrected_level", "effect", "found_of", "found_words", "holm_corrected", "values_of",
    "verdict_of",
]  # fmt: skip

Values = NDArray[np.float64]
Table = Mapping[str, Mapping[str, Values]]
"""By label and sequence the scores of the repeats, (R,)."""


def values_of(table: Table, weights: Mapping[str, float], within: Collection[str] | None = None) -> dict[str, Values]:
    """Return the weighted sums of scores, (R,) a sequence, on the sequences that all weighted labels have."""
    owners = [table[label] for label in weights]
    shared = [name for name in owners[0] if all(name in own for own in owners) and (within is None or name in within)]
    return {name: sum(w * table[label][name] for label, w in weights.items()) for name in shared}  # type: ignore[misc]


def corrected_level(count: int) -> float:
    """Return the level of each interval of which `count` are to hold together with 95 %."""
    return 1 - 0.05 / max(count, 1)


def effect(values: Mapping[str, Values], relevant: float, level: float, most: float = 1.0) -> Effect | None:
    """Return what (R,) values a sequence say of their mean; None without a sequence.

    `level` is the corrected one, `most` how far from 0 the values can be.
    """
    if not values:
        return None
    table = np.stack(list(values.values()))
    means = table.mean(1)
    if len(means) < 2:
        return Effect(float(means.mean()), len(means), None, None, None, None, None, None, None)
    fewest = fewest_sequences(level)
    return Effect(
        difference=float(means.mean()),
        sequences=len(means),
        interval=student_interval(means, within=(-most, most)),
        corrected=student_interval(means, level, (-most, most)),
        p=sign_flip_p(means),
        p_holm=None,
        detectable=detectable_difference(means, level=level) if fewest and len(means) >= fewest else None,
        needed=sequences_needed(means, relevant, level=level),
        repeats_share=repeats_share(table),
    )


def holm_corrected(effects: Sequence[Effect]) -> list[Effect]:
    """Return effects with their p values corrected for how many they are."""
    tested = [one.p for one in effects if one.p is not None]
    corrected = iter(holm(tested))
    return [one if one.p is None else replace(one, p_holm=next(corrected)) for one in effects]


def found_of(one: Effect, relevant: float) -> Found:
    """Return what an effect says."""
    if one.significant:
        return "better" if one.difference > 0 else "worse"
    return "alike" if _excludes(one, relevant) else "not shown"


def found_words(one: Effect, relevant: float) -> str:
    """Return the same in words: a single sequence tells nothing, and a sure difference may be too small to count."""
    if one.interval is None:
        return "one sequence"
    found = found_of(one, relevant)
    return f"{found}, by < {relevant:g}" if one.significant and _excludes(one, relevant) else found


def _excludes(one: Effect, relevant: float) -> bool:
    """Return whether differences that count, of either sign, are excluded."""
    return one.corrected is not None and -relevant < one.corrected.low and one.corrected.high < relevant


def verdict_of(one: Effect, expects: Expected | None, relevant: float) -> Verdict | None:
    """Return what an effect says of an expectation, by intervals that are corrected for all comparisons.

    ``better``: confirmed where the difference is significant and may be relevant; contradicted where the opposite is
    significant or a relevant gain is excluded. ``worse`` is its mirror. ``alike``: confirmed where relevant differences
    both ways are excluded, contradicted where one is significant and relevant. Else undecided.
    """
    if expects is None:
        return None
    if one.corrected is None:
        return "undecided"
    low, high = one.corrected.low, one.corrected.high
    if expects == "alike":
        if _excludes(one, relevant):
            return "confirmed"
        return "contradicted" if one.significant and abs(one.difference) >= relevant else "undecided"
    sign = 1 if expects == "better" else -1
    best = high if sign > 0 else -low
    if best < relevant or (one.significant and sign * one.difference < 0):
        return "contradicted"
    return "confirmed" if one.significant else "undecided"
