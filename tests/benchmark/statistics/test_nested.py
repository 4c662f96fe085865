from __future__ import annotations

import numpy as np
import pytest

from benchmark.statistics.nested import repeats_share, sequences_needed
from benchmark.statistics.paired import detectable_difference, fewest_sequences, sign_flip_p


@pytest.mark.parametrize(("between", "within", "share"), [(0.1, 0.0, 0.0), (0.0, 0.1, 1.0), (0.06, 0.06 * 3**0.5, 0.5)])
def test_the_share_of_the_repeats_is_theirs(between: float, within: float, share: float) -> None:
    rng = np.random.default_rng(0)
    values = rng.normal(0, between, (4000, 1)) + rng.normal(0, within, (4000, 3))
    assert repeats_share(values) == pytest.approx(share, abs=0.04)


def test_one_repeat_or_one_sequence_has_no_share() -> None:
    assert repeats_share(np.ones((5, 1))) is None
    assert repeats_share(np.ones((1, 3))) is None
    assert repeats_share(np.ones((5, 3))) is None


def test_as_many_sequences_as_are_needed_detect_what_is_wanted() -> None:
    differences = np.random.default_rng(1).normal(0.0, 0.1, 50)
    needed = sequences_needed(differences, 0.02)
    deviation = differences.std(ddof=1)

    def spread(count: int) -> np.ndarray:
        values = np.resize([-1.0, 1.0], count)
        return values / values.std(ddof=1) * deviation

    assert detectable_difference(spread(needed)) <= 0.02 + 1e-9
    assert detectable_difference(spread(needed - 1)) > 0.02
    assert sequences_needed(differences, 1e-6) is None
    assert sequences_needed(np.zeros(5), 0.01) == fewest_sequences()


@pytest.mark.parametrize("level", [0.95, 1 - 0.05 / 3, 1 - 0.05 / 9])
def test_no_fewer_sequences_are_enough_than_the_test_can_tell(level: float) -> None:
    fewest = fewest_sequences(level)
    exact = 2 + int(np.log2(1 / (1 - level)))  # all signs alike: 2 of 2^n draws
    assert fewest in (exact, exact + 1)  # as they were drawn
    assert sign_flip_p(np.ones(fewest)) < 1 - level <= sign_flip_p(np.ones(fewest - 1))
    assert sequences_needed(np.array([-1e-6, 1e-6]), 0.5, level=level) == fewest


def test_too_many_effects_for_the_draws_are_never_told_apart() -> None:
    assert fewest_sequences(1 - 1e-6) is None
    assert sequences_needed(np.array([-1e-6, 1e-6]), 0.5, level=1 - 1e-6) is None
