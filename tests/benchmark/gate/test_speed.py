"""The judging of speed, on timings made by hand and on the recorded ones of results/tables/gate-power.json."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from conftest import REPOSITORY

from benchmark.gate.limits import limits
from benchmark.gate.speed import MEASURES, compare, judge
from benchmark.gate.timings import Machine, Timings
from benchmark.measurements.gate_power import SCENES, play

from .conftest import MACHINE, timings

OTHER = Machine("Another processor", 4, 16, "", "Linux x86_64")
BANK: dict[str, Any] = json.loads((REPOSITORY / "results" / "tables" / "gate-power.json").read_text())


def statuses(old: Timings, new: Timings, **options: Any) -> dict[str, str]:
    return {one.measure: one.status for one in judge("a", old, new, **{"in_turns": False, **options})}


def test_the_same_speed_passes_by_every_measure() -> None:
    found = judge("a", timings(20), timings(20, seed=1), in_turns=False)
    assert [(one.measure, one.status) for one in found] == [(m.name, "pass") for m in MEASURES]
    assert found[0].old == pytest.approx(20, rel=0.05)
    assert "the baseline's timings are of this machine" in found[0].basis


def test_a_slower_tracker_is_worse_and_a_faster_one_is_not() -> None:
    found = judge("a", timings(20), timings(24, seed=1), in_turns=True)
    assert found[0].status == found[1].status == "fail"
    assert found[0].facts["ratio"] == pytest.approx(1.2, rel=0.05)
    assert found[0].facts["low"] < 1.2 < found[0].facts["high"]
    assert found[3].status == "pass", "its memory is the same"
    assert set(statuses(timings(24), timings(20, seed=1)).values()) == {"pass"}


def test_a_slowdown_below_the_effect_never_counts_however_sure_it_is() -> None:
    old, new = timings(20, noise=1e-4), timings(20.8, noise=1e-4, seed=1)
    assert compare(old.visits, new.visits, MEASURES[0]).p < 1e-3
    assert statuses(old, new)["median"] == "pass"
    assert statuses(old, new, effect=0.03)["median"] == "fail"


def test_processes_that_overlap_cannot_tell() -> None:
    old, new = timings(20, noise=0.01), timings(24, noise=0.01, seed=1)
    stray = replace(new, visits=(old.visits[0], *new.visits[1:]))
    assert statuses(old, stray)["median"] == "fail", "one disturbed process is forgiven"
    overlapping = replace(new, visits=(*old.visits[:3], *new.visits[3:]))
    assert statuses(old, overlapping)["median"] == "unsure"
    assert statuses(old, new)["median"] == "fail"


def test_a_machine_that_is_slower_today_is_not_slower_code() -> None:
    assert set(statuses(timings(20), timings(20, seed=1, speed=1.5)).values()) == {"pass"}
    found = statuses(timings(20), timings(25, seed=1, speed=1.5))
    assert found["median"] == "fail"


def test_a_reference_that_got_faster_alone_is_not_slower_code() -> None:
    """Observed: a tracker took 61.2 ms and takes 54.9, the reference gained more, the quotient says 8 % slower."""
    found = judge("a", timings(20), timings(22, seed=1, speed=0.8), in_turns=False)
    assert found[0].status == "unsure"
    assert found[0].facts["ratio"] == pytest.approx(1.1, rel=0.02)
    assert "by the clock alone -1" in found[0].says
    assert statuses(timings(20), timings(30, seed=1, speed=0.8))["median"] == "fail"


def test_memory_is_judged_and_a_few_megabytes_are_not() -> None:
    assert statuses(timings(20), timings(20, seed=1, memory=520))["memory"] == "fail"
    assert statuses(timings(20, memory=50), timings(20, seed=1, memory=60))["memory"] == "pass"


def test_another_machine_is_sure_to_a_factor_alone() -> None:
    factor = limits().other_machine
    for slower, status in ((1.0, "unsure"), (factor * 1.2, "fail"), (0.5 / factor, "pass")):
        found = judge("a", timings(20), timings(20 * slower, seed=1, machine=OTHER, speed=3.0), in_turns=False)
        assert found[0].status == status
        assert f"sure to a factor of {factor:g}" in found[0].basis
        assert "another machine (A processor)" in found[0].basis


def test_memory_of_a_gpu_is_not_compared_with_that_of_a_process() -> None:
    gpu = replace(MACHINE, device="A GPU")
    assert "memory" not in statuses(timings(20), timings(20, machine=gpu))


def test_a_doubt_makes_every_verdict_unsure() -> None:
    found = judge("a", timings(20), timings(40, seed=1), in_turns=True, doubt="invalid: other boxes")
    assert {one.status for one in found} == {"unsure"}
    assert "invalid: other boxes" in found[0].says


def test_beside_other_work_a_slowdown_is_no_evidence_and_its_absence_is() -> None:
    def busy(whole: Timings, cores: float) -> Timings:
        return replace(whole, visits=tuple(replace(visit, busy_cores=cores) for visit in whole.visits))

    assert statuses(timings(20), busy(timings(26, seed=1), 1.0))["median"] == "unsure"
    assert statuses(timings(20), busy(timings(20, seed=1), 1.0))["median"] == "pass"
    assert statuses(busy(timings(20), 1.0), busy(timings(26, seed=1), 1.0))["median"] == "fail"
    assert statuses(timings(20), busy(timings(20, seed=1, memory=520), 1.0))["memory"] == "fail"


def test_timings_survive_a_file() -> None:
    whole = Timings.from_dict(json.loads(json.dumps(timings(20).to_dict())))
    assert whole == Timings.from_dict(whole.to_dict())
    np.testing.assert_allclose([v.start_up_s for v in whole.visits], [v.start_up_s for v in timings(20).visits], 1e-3)


def test_machines_of_one_kind_have_one_identity() -> None:
    assert MACHINE.id == replace(MACHINE).id != OTHER.id
    assert len(MACHINE.id) == 12


CELLS = [
    (tracker, scene, *sides)
    for tracker, runs in BANK["runs"].items() for scene, sides in SCENES.items() if {*sides[:2]} <= runs.keys()
]  # fmt: skip


GATES = [40, pytest.param(100, marks=pytest.mark.slow)]


@pytest.mark.parametrize("gates", GATES)
@pytest.mark.parametrize(("tracker", "scene", "then", "now", "in_turns"), CELLS)
def test_on_recorded_timings_it_seldom_cries_wolf(tracker, scene, then, now, in_turns, gates) -> None:
    runs = BANK["runs"][tracker]
    assert play(runs[then], runs[now], 0, in_turns, gates)["any"]["fail"] <= 0.05


@pytest.mark.parametrize("gates", GATES)
@pytest.mark.parametrize(
    ("tracker", "scene", "then", "now", "in_turns"), [cell for cell in CELLS if cell[2] == cell[3]]
)
def test_on_recorded_timings_it_hears_a_fifth_slower(tracker, scene, then, now, in_turns, gates) -> None:
    runs = BANK["runs"][tracker]
    assert play(runs[then], runs[now], 20, in_turns, gates)["median"]["fail"] >= 0.95
