"""The critical-difference diagram's data: mean ranks of trackers, and which do not differ (Demšar, JMLR 7, 2006)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import scipy  # its parts are loaded when they are used: reading scores needs none

from trackers.errors import InputError

__all__ = ["CriticalDifference", "critical_difference"]


@dataclass(frozen=True)
class CriticalDifference:
    """Friedman's test and Nemenyi's critical difference over the sequences that all trackers have."""

    mean_ranks: Mapping[str, float]
    """Best first; rank 1 is the best on a sequence, ties share their ranks."""
    sequences: int
    p: float
    """Friedman's: how likely such ranks are where all trackers are alike."""
    difference: float
    """Mean ranks further apart than this differ."""
    groups: tuple[tuple[str, ...], ...]
    """The largest runs of two or more neighbours in rank that do not differ: the diagram's bars."""
    alpha: float = 0.05


def critical_difference(scores: Mapping[str, Mapping[str, float]], alpha: float = 0.05) -> CriticalDifference:
    """Return the ranks of three or more trackers whose `scores` are given by sequence, higher being better."""
    if len(scores) < 3:
        raise InputError("a critical difference needs three trackers or more; compare two by their paired difference")
    shared = sorted(set.intersection(*(set(one) for one in scores.values())))
    if len(shared) < 2:
        raise InputError("a critical difference needs two or more sequences that all trackers have")
    table = np.array([[one[name] for one in scores.values()] for name in shared])
    ranks = scipy.stats.rankdata(-table, axis=1).mean(0)
    count = len(scores)
    quantile = scipy.stats.studentized_range.ppf(1 - alpha, count, np.inf) / np.sqrt(2)
    difference = float(quantile * np.sqrt(count * (count + 1) / (6 * len(shared))))
    order = np.argsort(ranks, kind="stable")
    names = list(scores)
    ranked = {names[i]: float(ranks[i]) for i in order}
    alike = bool(np.all(table == table[:, :1]))
    p = 1.0 if alike else float(scipy.stats.friedmanchisquare(*table.T).pvalue)
    return CriticalDifference(ranked, len(shared), p, difference, _groups(ranked, difference), alpha)


def _groups(ranked: Mapping[str, float], difference: float) -> tuple[tuple[str, ...], ...]:
    names, ranks = list(ranked), np.array(list(ranked.values()))
    groups: list[tuple[str, ...]] = []
    reached = 0
    for first in range(len(names)):
        end = int(np.searchsorted(ranks, ranks[first] + difference, side="right"))
        if end - first > 1 and end > reached:
            groups.append(tuple(names[first:end]))
            reached = end
    return tuple(groups)
