from __future__ import annotations

import numpy as np
import pytest

from benchmark.statistics.nested import repeats_share, sequences_needed
from benchmark.statistics.paired import detectable_difference


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
    assert sequences_needed(np.zeros(5), 0.01) == 2
