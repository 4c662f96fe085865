"""Who leads a column of scores, and whether the lead is more than chance."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Literal

from benchmark.statistics.paired import ALL_SPEAK, compare

__all__ = ["Standing", "standings"]

Standing = Literal["", "best", "alike"]


def standings(
    scores: Mapping[str, Mapping[str, float]],
    means: Mapping[str, float],
    silent: Mapping[str, Collection[str]] = ALL_SPEAK,
) -> dict[str, Standing]:
    """Return who may be called best: ``best`` for one tracker, or ``alike`` for all not told apart from the leader.

    `scores` hold each tracker's scores by sequence, `means` the score that its column shows; the leader's is highest.
    It is ``best`` where it differs from each of the others: paired sign-flip tests on the sequences of both, Holm's
    correction over them, p below .05. Otherwise it and those from which it does not differ are ``alike``. A tracker
    alone leads nobody, and without two common sequences nothing can be told: both give an empty answer. `silent` is as
    in `compare`.
    """
    leader = max(means, key=lambda name: means[name], default="")
    others = [name for name in means if name != leader]
    if not others or any(len(scores[leader].keys() & scores[other].keys()) < 2 for other in others):
        return {}
    differences = compare(scores, [(other, leader) for other in others], silent=silent)
    alike = [one.base for one in differences if not (one.significant and one.difference > 0)]
    return dict.fromkeys((leader, *alike), "alike") if alike else {leader: "best"}
