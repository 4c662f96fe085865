from __future__ import annotations

import pytest

from benchmark.engine.estimate import Pace, side_by_side


@pytest.mark.parametrize(
    ("pieces", "workers", "seconds"),
    [([5, 3, 3, 1], 1, 12), ([5, 3, 3, 1], 2, 6), ([1, 3, 3, 5], 2, 6), ([9, 1, 1], 4, 9), ([], 2, 0)],
)
def test_workers_each_take_the_longest_that_is_left(pieces: list[float], workers: int, seconds: float) -> None:
    assert side_by_side(pieces, workers) == seconds


def test_a_sequences_first_frame_is_the_start() -> None:
    assert Pace(start=2.0, frame=0.5).seconds(11) == 7.0
