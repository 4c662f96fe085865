from __future__ import annotations

import pytest

from benchmark.measurements.worker_speed import Ran, page, predict


def test_what_was_divided_is_divided_and_the_rest_stays() -> None:
    two = Ran(wall=60.0, tracking=100.0, frames=1000, workers=2, trackers=5)
    assert two.serial == pytest.approx(10.0)
    assert predict(two, 2) == pytest.approx(60.0)
    assert predict(two, 10) == pytest.approx(20.0)
    assert predict(two, 10, times=3) == pytest.approx(40.0)


def test_the_page_compares_round_by_round_and_predicts_from_the_median_run() -> None:
    found = {
        "one thread": [Ran(110.0, 100.0, 59_040, 1, 5)] * 3,
        "two threads": [Ran(wall, 100.0, 59_040, 1, 5) for wall in (72.0, 90.0, 66.0)],
        "two processes": [Ran(60.0, 100.0, 59_040, 2, 5)] * 3,
    }
    text = page(found, "all on demo", 0.0)
    assert "two processes against two threads: 1.20 times as fast (rounds 1.20, 1.50, 1.10)" in text
    assert "| 8 | 22.5 | 4.9 | 72 |" in text
