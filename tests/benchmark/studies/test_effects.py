from __future__ import annotations

import numpy as np
import pytest

from benchmark.statistics.intervals import Interval
from benchmark.studies.answer import Effect
from benchmark.studies.effects import (
    corrected_level,
    effect,
    found_of,
    found_words,
    holm_corrected,
    values_of,
    verdict_of,
)


def table(seed: int, gain: float, sequences: int = 40, repeats: int = 3) -> dict[str, dict[str, np.ndarray]]:
    """Scores of a base and of another that is better by `gain`, with chance of sequences and of repeats."""
    rng = np.random.default_rng(seed)
    base = {f"s{k}": np.clip(rng.normal(0.6, 0.15) + rng.normal(0, 0.02, repeats), 0, 1) for k in range(sequences)}
    other = {name: values + gain + rng.normal(0, 0.03) + rng.normal(0, 0.02, repeats) for name, values in base.items()}
    return {"base": base, "other": other}


def judged(scores: dict[str, dict[str, np.ndarray]], relevant: float = 0.02) -> Effect:
    one = effect(values_of(scores, {"other": 1, "base": -1}), relevant, corrected_level(1))
    assert one is not None
    return holm_corrected([one])[0]


def test_a_planted_effect_is_found_and_a_planted_nothing_is_not() -> None:
    found = [judged(table(seed, 0.04)) for seed in range(20)]
    assert {found_of(one, 0.02) for one in found} == {"better"}
    assert np.mean([one.interval.low <= 0.04 <= one.interval.high for one in found]) >= 0.85
    nothing = [judged(table(seed, 0.0)) for seed in range(20)]
    assert sum(one.significant for one in nothing) <= 3
    assert [found_of(one, 0.03) for one in nothing].count("alike") >= 15
    assert {verdict_of(one, "worse", 0.02) for one in found} == {"contradicted"}
    assert {verdict_of(one, "better", 0.02) for one in found} == {"confirmed"}


def test_one_large_difference_among_small_ones_of_its_sign_decides_nothing() -> None:
    gains = {f"s{number}": 0.001 for number in range(11)} | {"large": 0.3}
    scores = {"base": {name: np.zeros(1) for name in gains}, "other": {k: np.array([v]) for k, v in gains.items()}}
    one = judged(scores)
    assert one.p_holm is not None
    assert one.p_holm < 0.05
    assert one.interval.low < 0
    assert not one.significant


def test_the_same_numbers_by_hand() -> None:
    scores = {"other": {"a": np.array([0.5, 0.7]), "b": np.array([0.4, 0.4]), "c": np.array([0.9, 0.8])},
              "base": {"a": np.array([0.5, 0.5]), "b": np.array([0.1, 0.1]), "x": np.array([0.1, 0.1])}}  # fmt: skip
    values = values_of(scores, {"other": 1, "base": -1})
    assert {name: one.tolist() for name, one in values.items()} == {
        "a": pytest.approx([0, 0.2]), "b": pytest.approx([0.3, 0.3]),
    }  # fmt: skip
    one = effect(values, 0.01, 0.95)
    assert (one.difference, one.sequences) == (pytest.approx(0.2), 2)
    assert one.repeats_share == pytest.approx((0.02 + 0) / 2 / 2 / 0.02)  # of variances .02 and 0 over 2, of means' .02
    alone = effect({"a": np.array([0.1, 0.3])}, 0.01, 0.95)
    assert (alone.difference, alone.interval, alone.p, alone.detectable) == (pytest.approx(0.2), None, None, None)
    assert effect({}, 0.01, 0.95) is None
    assert (one.interval.low, one.interval.high) == (-1, 1), "no difference of scores is larger"
    assert effect(values, 0.01, 0.95, most=2).interval.high == pytest.approx(0.2 + 12.7062 * 0.1)


def test_too_few_sequences_for_so_many_effects_can_show_none() -> None:
    values = {str(k): np.array([0.3, 0.3 + 0.001 * k]) for k in range(8)}
    few, many = (effect(values, 0.05, corrected_level(count)) for count in (1, 9))
    assert few.detectable < 0.01
    assert many.detectable is None  # however large a difference is, its p after correction is 9 * 2 / 2^8
    assert not holm_corrected([many] * 9)[0].significant
    assert many.needed > 8


@pytest.mark.parametrize(
    ("difference", "low", "high", "p", "expects", "verdict"),
    [
        (0.05, 0.02, 0.08, 0.001, "better", "confirmed"),
        (0.05, 0.02, 0.08, 0.001, "worse", "contradicted"),
        (0.05, -0.01, 0.11, 0.2, "better", "undecided"),
        (0.002, -0.004, 0.008, 0.4, "better", "contradicted"),  # a gain that counts is excluded
        (0.002, 0.001, 0.003, 0.001, "better", "contradicted"),  # there, but of no account
        (0.002, -0.004, 0.008, 0.4, "alike", "confirmed"),
        (0.05, 0.02, 0.08, 0.001, "alike", "contradicted"),
        (0.05, -0.01, 0.11, 0.2, "alike", "undecided"),
        (-0.05, -0.08, -0.02, 0.001, "worse", "confirmed"),
        (0.05, 0.02, 0.08, 0.001, None, None),
    ],
)
def test_verdicts_against_an_expectation(difference, low, high, p, expects, verdict) -> None:
    span = Interval(low, high)
    one = Effect(difference, 20, span, span, p, p, 0.01, 100, None)
    assert verdict_of(one, expects, 0.01) == verdict


def test_one_sequence_decides_nothing() -> None:
    one = Effect(0.3, 1, None, None, None, None, None, None, None)
    assert (verdict_of(one, "better", 0.01), found_of(one, 0.01)) == ("undecided", "not shown")


def test_a_sure_difference_that_is_too_small_to_count_says_so() -> None:
    found = judged(table(0, 0.04))
    assert [found_words(found, relevant) for relevant in (0.02, 0.2)] == ["better", "better, by < 0.2"]
    assert [verdict_of(found, expects, 0.2) for expects in ("better", "alike")] == ["contradicted", "confirmed"]
    alone = effect({"a": np.array([0.1])}, 0.01, 0.95)
    assert found_words(alone, 0.01) == "one sequence"
    assert found_words(judged(table(0, 0.0)), 0.2) == "alike"
