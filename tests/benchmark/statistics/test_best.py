from __future__ import annotations

import numpy as np

from benchmark.statistics.best import standings

NAMES = [f"s{n}" for n in range(30)]
BASE = np.random.default_rng(0).uniform(0.3, 0.8, 30)


def scored(*gains: float | np.ndarray) -> tuple[dict[str, dict[str, float]], dict[str, float]]:
    """Return scores by sequence, and means, of trackers a, b, ... that are so much better than a common base."""
    scores = {name: dict(zip(NAMES, (BASE + gain).tolist(), strict=True)) for name, gain in zip("abcdef", gains)}
    return scores, {name: float(np.mean(list(one.values()))) for name, one in scores.items()}


def test_one_that_beats_all_is_best() -> None:
    assert standings(*scored(0.1, 0.0, -0.1)) == {"a": "best"}


def test_those_not_told_apart_from_the_leader_are_alike() -> None:
    noise = np.random.default_rng(1).normal(0, 0.1, 30)
    assert standings(*scored(0.1 + noise - noise.mean() - 0.001, -0.2, 0.1)) == {"c": "alike", "a": "alike"}


def test_a_tie_makes_nobody_best() -> None:
    assert standings(*scored(0.1, 0.1, 0.0)) == {"a": "alike", "b": "alike"}


def test_one_alone_and_one_sequence_say_nothing() -> None:
    assert standings(*scored(0.1)) == {}
    assert standings({}, {}) == {}
    assert standings({"a": {"s": 0.9}, "b": {"s": 0.1}}, {"a": 0.9, "b": 0.1}) == {}
    apart = {"a": {"s": 0.9, "t": 0.9}, "b": {"u": 0.1, "v": 0.1}}
    assert standings(apart, {"a": 0.9, "b": 0.1}) == {}


def test_a_lead_is_corrected_for_how_many_it_is_held_against() -> None:
    rng = np.random.default_rng(3)
    small = 0.035 + rng.normal(0, 0.09, 30)
    two = scored(small, 0.0)
    many = scored(small, *(rng.normal(0, 0.001, 30) for _ in range(5)))
    assert standings(*two) == {"a": "best"}
    assert standings(*many)["a"] == "alike"
