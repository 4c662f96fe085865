from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from benchmark.datasets.sequence import Annotation
from benchmark.interop.suspicions import suspicions, where_it_fits
from benchmark.interop.trajectories import Trajectory


def world(sequences: int = 12) -> tuple[dict[str, Annotation], dict[str, np.ndarray]]:
    """Ground truth with whole numbers, and the boxes of a good tracker without any fault."""
    rng = np.random.default_rng(0)
    truths, boxes = {}, {}
    for i in range(sequences):
        path = np.round(100 + np.cumsum(rng.normal(0, 2, (60, 2)), axis=0))
        rows = np.concatenate([path, np.tile([40.0, 50.0], (60, 1))], axis=1)
        truths[f"S{i}"] = Annotation(f"S{i}", rows, np.ones(60, bool))
        boxes[f"S{i}"] = rows + rng.normal(0, 1.5, rows.shape)
        boxes[f"S{i}"][0] = rows[0]
    return truths, boxes


def said(truths: dict[str, Annotation], boxes: dict[str, np.ndarray]) -> list[str]:
    return suspicions({name: Trajectory(name, rows) for name, rows in boxes.items()}, truths)


def test_good_boxes_raise_no_suspicion() -> None:
    assert said(*world()) == []


def test_corners_in_place_of_sizes() -> None:
    truths, boxes = world()
    corners = {name: np.concatenate([b[:, :2], b[:, :2] + b[:, 2:]], axis=1) for name, b in boxes.items()}
    assert said(truths, corners)[0].startswith(
        "looks like x1, y1, x2, y2 where x, y, width, height is expected: 12 of 12"
    )


def test_a_shift_that_all_first_boxes_share() -> None:
    truths, boxes = world()
    shifted = {name: b + np.array([0.5, 0, 0, 0]) for name, b in boxes.items()}
    assert said(truths, shifted) == [
        "first boxes lie +0.5, 0, 0, 0 px (x, y, w, h) from the ground truth: 12 of 12 sequences (S0, S1, S2, ...)"
    ]


def test_zero_based_boxes_taken_for_one_based() -> None:
    truths, boxes = world()
    lines = said(truths, {name: b - np.array([1.0, 1, 0, 0]) for name, b in boxes.items()})
    assert lines[0].startswith("looks 0-based")
    assert "an offset of pixel indices?" in lines[1]


def test_whole_numbers() -> None:
    truths, boxes = world()
    lines = said(truths, {name: np.trunc(b) for name, b in boxes.items()})
    assert any("every value is a whole number" in line for line in lines)


def test_a_run_that_begins_elsewhere() -> None:
    truths, boxes = world()
    boxes["S3"] = boxes["S3"] + 200
    assert said(truths, boxes) == ["does not begin on the target: 1 of 12 sequences (S3)"]


def test_which_end_is_missing() -> None:
    truths, boxes = world()
    truth, rows = truths["S1"], boxes["S1"] + np.array([0.1, 0, 0, 0])
    truth.boxes[:, 0] += 4 * np.arange(60)
    rows[:, 0] += 4 * np.arange(60)
    assert where_it_fits(rows[5:], truth) == "; it looks as if 5 rows were missing at the start"
    assert where_it_fits(rows[:-1], truth) == "; it looks as if 1 row were missing at the end"
    assert where_it_fits(rows[:30] + 500, truth) == ""
    assert where_it_fits(np.concatenate([rows, rows]), truth) == ""


@pytest.mark.parametrize(
    ("tracker", "expected"),
    [("SiamFC-3s", "an offset of pixel indices"), ("CFNet-conv5", None), ("SRDCF", "whole number")],
)
def test_published_boxes(golden: Any, tracker: str, expected: str | None) -> None:
    starts = {"Tiger1": 5}
    found = {name: Trajectory(name, b, starts.get(name, 0)) for name, b in golden.trackers[tracker].items()}
    lines = suspicions(found, golden.annotations)
    assert (len(lines) == 1 and expected in lines[0]) if expected else not lines
