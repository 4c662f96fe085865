from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from benchmark.datasets.sequence import Annotation
from benchmark.metrics.sensitivity import sensitivity
from benchmark.profiles import load_profile

NAMES = [
    "success at overlap >= threshold", "101 success thresholds", "average overlap (AO) as AUC",
    "late starts not aligned", "frame-weighted mean", "first frame dropped",
    "boxes truncated to integers", "0-based boxes scored as 1-based (-1 px)", "width and height short by 1 px",
]  # fmt: skip
# What an independent script measured on the same boxes: change of AUC and of P@20, in the order of NAMES.
MEASURED = {
    "SiamFC-3s": [
        (0.0069, 0), (0.0062, 0), (0.0077, 0), (-0.0033, -0.0061), (0.0328, 0.0290), (-0.0014, -0.0009),
        (0.0044, 0.0011), (0.0060, 0.0017), (0.0003, 0.0011),
    ],
    "SRDCF": [
        (0.0069, 0), (0.0068, 0), (0.0085, 0), (-0.0048, -0.0084), (0.0320, 0.0162), (-0.0014, -0.0010),
        (0, 0), (-0.0088, -0.0011), (-0.0073, -0.0006),
    ],
    "KCF": [
        (0.0098, 0), (0.0032, 0), (0.0040, 0), (-0.0041, -0.0073), (0.0117, 0.0415), (-0.0017, -0.0012),
        (0, 0), (-0.0042, -0.0010), (-0.0042, -0.0006),
    ],
}  # fmt: skip


@pytest.mark.parametrize("tracker", MEASURED)
def test_measured_changes_come_out(golden: Any, tracker: str) -> None:
    literal = replace(load_profile("got10k"), start="official")
    found = {c.name: (c.auc, c.precision) for c in sensitivity(golden.trackers[tracker], golden.annotations, literal)}
    for name, expected in zip(NAMES, MEASURED[tracker], strict=True):
        assert found[name] == pytest.approx(expected, abs=0.0006), name


def test_conventions_the_profile_has_already_change_nothing() -> None:
    truth = Annotation("S", np.tile([50.0, 60.0, 20.0, 40.0], (9, 1)), np.ones(9, bool))
    boxes = {"S": truth.boxes + np.array([3.0, 0, 0, 0])}
    profile = replace(load_profile(), success_strict=False, first_frame="prediction")
    changes = {c.name: c for c in sensitivity(boxes, {"S": truth}, profile)}
    for name in ("success at overlap >= threshold", "first box as the tracker wrote it", "boxes truncated to integers"):
        assert (changes[name].auc, changes[name].precision) == (0, 0)
    assert changes["0-based boxes scored as 1-based (-1 px)"].auc > 0  # nearer to the truth by one pixel


def test_a_late_start_held_against_the_first_frames() -> None:
    rows = np.array([[10.0 + 8 * i, 10, 20, 20] for i in range(12)])
    truth = Annotation("S", rows, np.ones(12, bool), start=5)
    for start in (None, {"S": 5}):
        changes = {c.name: c for c in sensitivity({"S": rows[5:]}, {"S": truth}, load_profile(), starts=start)}
        assert changes["late starts not aligned"].auc < -0.5
    whole = {c.name: c for c in sensitivity({"S": rows}, {"S": truth}, load_profile())}
    assert whole["late starts not aligned"].auc == 0


def test_conventions_that_only_some_datasets_know() -> None:
    rows = np.tile([50.0, 60.0, 20.0, 40.0], (10, 1))
    plain = Annotation("S", rows, np.ones(10, bool))
    boxes = {"S": rows + np.array([3.0, 0, 0, 0])}
    usual = {change.name for change in sensitivity(boxes, {"S": plain}, load_profile())}
    absent = replace(plain, absent=np.arange(10) == 4)
    found = {c.name: c for c in sensitivity(boxes, {"S": absent}, load_profile("lasot", "LaSOT"))}
    assert set(found) - usual == {"absent targets scored as any other", "absent targets left out"}
    assert found["absent targets scored as any other"].precision == pytest.approx(0.1)
    hidden = rows.copy()
    hidden[4] = np.nan
    truth = replace(plain, boxes=hidden, valid=np.arange(10) != 4)
    found = {c.name: c for c in sensitivity(boxes, {"S": truth}, load_profile("otb", "UAV123"))}
    assert found["ground truth of NaN left out"].auc > 0
    assert found["invalid ground truth a miss of precision"].precision == pytest.approx(-0.1)
    assert found["invalid ground truth a hit of precision"].precision == 0


def test_what_the_devkit_alone_does_is_undone() -> None:
    """TrackingNet's: where boxes are rounded, an overlap of exactly .5 and an error of exactly 10 px."""
    rows = np.tile([50.0, 60.0, 40.0, 40.0], (5, 1))
    truth = Annotation("S", rows, np.ones(5, bool), origin=0)
    boxes = {"S": rows + np.array([0.4, 0.4, -20.0, 0.0])}
    found = {c.name: c for c in sensitivity(boxes, {"S": truth}, load_profile("trackingnet", "TrackingNet"))}
    assert found["success at overlap > threshold"].auc == pytest.approx(-(0.5 + 4) / 5 / 20)  # .5 fails, 1 in frame 1
    assert found["success at overlap >= threshold"].auc == 0
    assert found["areas as means of the curves"].auc == pytest.approx((21 + 4 * 11) / 105 - (20 + 4 * 10.5) / 100)
    area = (1 + 4 * (16.5 / 20)) / 5  # the curve is 0 below 10 px, a threshold; from there on 1
    assert found["precision at 20 px, not its area"].precision == pytest.approx(1 - area)
    assert found["boxes not rounded"].precision == pytest.approx(0)  # 9.6 px across, .4 px down: within 10 px too
    assert found["boxes not rounded"].auc < 0


def test_what_got10k_alone_does_is_undone() -> None:
    rows = np.tile([50.0, 60.0, 40.0, 40.0], (5, 1))
    truth = {
        name: Annotation(name, rows[:count], np.ones(count, bool), origin=0) for name, count in (("S", 5), ("T", 3))
    }
    boxes = {"S": rows, "T": rows[:3] + 99.0}
    found = {c.name: c for c in sensitivity(boxes, truth, load_profile("got10k", "GOT-10k/val"))}
    perfect = 100 / 101
    assert found["every sequence weighs the same"].auc == pytest.approx((1 / 2 - 4 / 6) * perfect)
    assert found["first frame a perfect hit"].auc == pytest.approx((6 / 8 - 4 / 6) * perfect)
    assert found["frame-weighted mean"].auc == found["first frame dropped"].auc == 0
