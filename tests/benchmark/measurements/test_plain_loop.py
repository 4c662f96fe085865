from __future__ import annotations

import numpy as np
import pytest

from benchmark.measurements.plain_loop import SIDES, against_plain, in_turns, page

FRAMES = [np.random.default_rng(0).integers(0, 256, (60, 80, 3), np.uint8)] * 3
BOX = np.array([30.0, 20, 16, 12])


def test_each_side_is_timed_in_every_round_and_alone_where_it_is_asked_for() -> None:
    both = in_turns(FRAMES, BOX, "cpu", 2)
    assert list(both) == list(SIDES)
    assert all(len(seconds) == 2 and min(seconds) > 0 for seconds in both.values())
    assert list(in_turns(FRAMES, BOX, "cpu", 1, SIDES[:1])) == ["plain loop"]


def test_the_ratio_is_the_plain_loops_time_over_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    taken = {SIDES[0]: [0.3, 0.14, 0.1], SIDES[1]: [0.07, 0.08, 0.09]}
    monkeypatch.setattr("benchmark.measurements.plain_loop.in_turns", lambda *one: taken)
    plain, ours = against_plain(FRAMES, BOX, "cpu", 3)
    assert (plain["ms a frame"], ours["ms a frame"]) == (pytest.approx(140), pytest.approx(80))
    assert ours["ratio"] == pytest.approx(1.75)


def test_the_page_has_the_ratio_of_the_medians_and_of_each_round() -> None:
    found = {(2, "one"): {SIDES[0]: [0.3, 0.14, 0.1], SIDES[1]: [0.1, 0.08, 0.05]}}
    assert "| 2 | one | 140.0 | 80.0 | 1.75 | 3.00, 1.75, 2.00 |" in page(found, {"date": "2026-11-27"})
