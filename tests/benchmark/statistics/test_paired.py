from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.power import TTestPower

from benchmark.metrics import score_sequences
from benchmark.profiles import load_profile
from benchmark.statistics import compare, detectable_difference, holm
from benchmark.statistics.paired import sign_flip_p, student_interval
from trackers.errors import InputError

p_values = st.lists(st.floats(0, 1), min_size=1, max_size=8)


def test_holm_by_hand() -> None:
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([0.7, 0.6]) == [1.0, 1.0]
    assert holm([]) == []


@given(p_values)
def test_holm_only_raises_and_keeps_the_order(values: list[float]) -> None:
    adjusted = holm(values)
    assert all(0 <= before <= after <= 1 for before, after in zip(values, adjusted, strict=True))
    order = np.argsort(values, kind="stable")
    assert np.all(np.diff(np.array(adjusted)[order]) >= 0)


@settings(max_examples=10)  # a call of theirs takes as long as a hundred of ours
@given(p_values)
def test_holm_is_statsmodels(values: list[float]) -> None:
    assert holm(values) == pytest.approx(multipletests(values, method="holm")[1].tolist())


def test_sign_flip_p_equals_the_enumeration_of_all_signs() -> None:
    differences = np.random.default_rng(4).normal(0.05, 0.1, 10)
    sums = np.array(list(product((-1, 1), repeat=10))) @ differences
    exact = np.mean(np.abs(sums) >= abs(differences.sum()) - 1e-12)
    assert sign_flip_p(differences) == pytest.approx(exact, abs=0.012)


def test_sign_flip_p_without_and_with_an_effect() -> None:
    assert sign_flip_p(np.zeros(5)) == 1.0
    assert sign_flip_p(np.full(20, 0.1)) == pytest.approx(1 / 10_001, rel=1.1)


def test_wins_ties_losses_and_the_mean() -> None:
    base = {"A": 0.5, "B": 0.5, "C": 0.5, "D": 0.5, "Only": 0.1}
    other = {"A": 0.6, "B": 0.51, "C": 0.495, "D": 0.3}
    (one,) = compare({"x": base, "y": other}, [("x", "y")])
    assert (one.wins, one.ties, one.losses, one.sequences) == (1, 2, 1, 4)
    assert one.difference == pytest.approx((0.1 + 0.01 - 0.005 - 0.2) / 4)
    assert one.p == one.p_holm
    assert not one.significant


def test_one_large_difference_among_small_ones_of_its_sign_is_not_significant() -> None:
    small = {f"s{number}": 0.001 for number in range(11)}
    nothing = dict.fromkeys([*small, "large"], 0.0)
    (found,) = compare({"a": nothing, "b": {**small, "large": 0.3}}, [("a", "b")])
    assert found.p_holm is not None
    assert found.p_holm < 0.05
    assert found.interval is not None
    assert found.interval.low < 0
    assert not found.significant
    (sure,) = compare({"a": nothing, "b": {**small, "large": 0.001}}, [("a", "b")])
    assert sure.significant


def test_comparison_is_antisymmetric() -> None:
    rng = np.random.default_rng(0)
    scores = {t: {f"S{i}": float(v) for i, v in enumerate(rng.random(25))} for t in ("x", "y")}
    there, back = (compare(scores, [pair])[0] for pair in (("x", "y"), ("y", "x")))
    assert there.difference == pytest.approx(-back.difference)
    assert there.p == back.p
    assert (there.wins, there.losses) == (back.losses, back.wins)
    assert there.interval is not None
    assert back.interval is not None
    assert there.interval.low == pytest.approx(-back.interval.high, abs=1e-9)


@given(st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), min_size=2, max_size=9), st.integers(1, 9))
def test_sequences_that_say_nothing_of_either_are_no_evidence(told: list[tuple[float, float]], more: int) -> None:
    means = np.mean(told, axis=0)
    weight = (len(told) + more) / len(told)  # so that what each adds to the mean stays what it was
    names = [f"s{number}" for number in range(len(told) + more)]
    alone, beside = {}, {}
    for place, who in enumerate("xy"):
        own = [pair[place] for pair in told]
        alone[who] = dict(zip(names, own, strict=False))
        spoken = [means[place] + weight * (value - means[place]) for value in own]
        beside[who] = dict(zip(names, [*spoken, *[means[place]] * more], strict=True))
    (short,) = compare(alone, [("x", "y")])
    (long,) = compare(beside, [("x", "y")], silent=dict.fromkeys("xy", names[len(told) :]))
    for what in ("difference", "p", "p_holm", "detectable"):
        assert getattr(long, what) == pytest.approx(getattr(short, what), abs=1e-9)
    assert long.interval is not None
    assert short.interval is not None
    assert (long.interval.low, long.interval.high) == pytest.approx((short.interval.low, short.interval.high), abs=1e-9)
    (one,) = compare(beside, [("x", "y")], silent={"x": names[len(told) :]})
    (none,) = compare(beside, [("x", "y")])
    assert one == none, "of one alone they say something"
    (mute,) = compare(beside, [("x", "y")], silent=dict.fromkeys("xy", names))
    assert (mute.interval, mute.p, mute.detectable) == (None, None, None)
    assert mute.difference == none.difference


def test_a_single_shared_sequence_has_no_test_and_none_is_an_error() -> None:
    (one,) = compare({"x": {"A": 0.5}, "y": {"A": 0.7}}, [("x", "y")])
    assert (one.interval, one.p, one.p_holm, one.detectable) == (None, None, None, None)
    with pytest.raises(InputError, match="x and y share no sequence"):
        compare({"x": {"A": 0.5}, "y": {"B": 0.7}}, [("x", "y")])


@pytest.mark.parametrize("count", [2, 3, 50])
def test_detectable_difference_is_found_at_the_stated_power(count: int) -> None:
    rng = np.random.default_rng(5)
    spread = np.linspace(-1, 1, count)
    least = detectable_difference(0.1 * spread / spread.std(ddof=1))
    samples = rng.normal(least, 0.1, (20_000, count))
    found = np.mean(stats.ttest_1samp(samples, 0, axis=1).pvalue < 0.05)
    assert found == pytest.approx(0.8, abs=0.01)
    assert detectable_difference(rng.normal(0, 0.1, 400)) < detectable_difference(rng.normal(0, 0.1, 25))


def test_an_interval_ends_where_its_values_must() -> None:
    two = np.array([-0.5, 0.3])
    assert (student_interval(two).low, student_interval(two).high) == (-1, 1)
    wide = student_interval(two, within=(-np.inf, 2.0))
    assert (wide.low, wide.high) == (pytest.approx(-0.1 - 12.7062 * 0.4), 2)


@pytest.mark.parametrize("count", [4, 5, 12, 72, 720])
@pytest.mark.parametrize("level", [0.95, 0.99])
def test_detectable_difference_is_statsmodels(count: int, level: float) -> None:
    differences = np.random.default_rng(6).normal(0.02, 0.1, count)
    exact = TTestPower().solve_power(nobs=count, alpha=1 - level, power=0.8) * differences.std(ddof=1)
    assert detectable_difference(differences, level=level) == pytest.approx(exact, rel=1e-4)


@pytest.mark.parametrize(
    ("tracker", "difference", "low", "high"),
    [("SRDCF", 0.015, -0.026, 0.055), ("CFNet-conv5", 0.004, -0.026, 0.033), ("CFNet-conv2", -0.015, -0.051, 0.018)],
)
def test_published_trackers_against_siamfc(
    golden: Any, tracker: str, difference: float, low: float, high: float
) -> None:
    profile = load_profile("got10k")
    auc = {
        name: {s.sequence: s.auc for s in score_sequences(golden.trackers[name], golden.annotations, profile).values()}
        for name in ("SiamFC-3s", tracker, "CFNet-conv1", "KCF")
    }
    one, conv1, kcf = compare(auc, [("SiamFC-3s", name) for name in (tracker, "CFNet-conv1", "KCF")])
    assert one.difference == pytest.approx(difference, abs=0.0006)
    assert one.interval is not None
    assert (one.interval.low, one.interval.high) == pytest.approx((low, high), abs=0.003)
    assert not one.significant
    assert (conv1.difference, kcf.difference) == pytest.approx((-0.046, -0.105), abs=0.0006)
    assert conv1.significant
    assert kcf.significant
