"""Faults that people make, planted in real runs: the gate finds each of them."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import pytest

from benchmark.datasets.lookup import open_dataset
from benchmark.datasets.selection import Selection, select
from benchmark.gate.snapshot import Snapshot
from benchmark.measurements.gate_faults import FAULTS, snapshot, verdicts

QUICK = {("siamfc", "one pixel off")}
"""Of the quickest tracker; all the others are among the slow tests."""
CHECKED = [
    pytest.param(tracker, fault, marks=() if (tracker, fault) in QUICK else pytest.mark.slow)
    for tracker, faults in FAULTS.items()
    for fault in faults
    if fault != "a wrong weights file"
]
"""Other weights need more sequences than a quick test has: `python -m benchmark.measurements.gate_faults`."""


@pytest.fixture(scope="module")
def selection() -> Selection:
    return select(open_dataset("demo"), sequences=["appearance-1", "distractor-1"])


@pytest.fixture(scope="module")
def sound(selection: Selection) -> Callable[[str], Snapshot]:
    return cache(lambda tracker: snapshot(selection, tracker))


def test_a_sound_run_is_not_taken_for_a_faulty_one(selection: Selection, sound: Callable[[str], Snapshot]) -> None:
    found = verdicts(sound("siamfc"), snapshot(selection, "siamfc"), "siamfc")
    assert {place: one.status for place, one in found.items()} == {
        "the same machine": "pass",
        "another machine": "pass",
    }


@pytest.mark.parametrize(("tracker", "fault"), CHECKED)
def test_a_planted_fault_is_found(
    selection: Selection, sound: Callable[[str], Snapshot], tracker: str, fault: str
) -> None:
    found = verdicts(sound(tracker), snapshot(selection, tracker, FAULTS[tracker][fault]), tracker)
    assert {place: one.status for place, one in found.items()} == {
        "the same machine": "fail",
        "another machine": "fail",
    }
