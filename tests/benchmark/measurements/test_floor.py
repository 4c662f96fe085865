from __future__ import annotations

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from benchmark.measurements.floor import Machine, floor
from trackers.names import resolve

MACHINE = Machine(flops=1e9, bandwidth=1e9)


@pytest.mark.parametrize("inference", [False, True])
def test_a_product_needs_its_operations_and_its_operands(inference: bool) -> None:
    a, b = torch.ones(30, 40), torch.ones(40, 50)
    with torch.inference_mode(inference):
        need = floor(lambda: a @ b, MACHINE)
    assert need.gflop == pytest.approx(2 * 30 * 40 * 50 / 1e9)
    assert need.megabytes == pytest.approx(4 * (30 * 40 + 40 * 50 + 30 * 50) / 1e6)
    assert need.seconds == pytest.approx(max(2 * 30 * 40 * 50, 4 * 4700) / 1e9)


def test_each_operation_takes_the_longer_of_computation_and_traffic() -> None:
    image, wide, deep = torch.ones(1, 8, 20, 20), torch.ones(8, 1, 3, 3), torch.ones(64, 8, 3, 3)
    grouped, full = 2 * 8 * 9 * 18 * 18, 2 * 8 * 64 * 9 * 18 * 18
    moved = 4 * (8 * 400 + 8 * 9 + 8 * 324)
    fast = Machine(flops=1e12, bandwidth=1e9)
    assert floor(lambda: F.conv2d(image, wide, groups=8), fast).seconds == pytest.approx(moved / 1e9)
    both = floor(lambda: (F.conv2d(image, wide, groups=8), F.conv2d(image, deep)), MACHINE)
    assert both.gflop == pytest.approx((grouped + full) / 1e9)
    assert both.seconds == pytest.approx((grouped + full) / 1e9)


def test_what_only_moves_numbers_about_does_not_count() -> None:
    image = torch.ones(1, 8, 20, 20)
    assert floor(lambda: (image + 1).relu().amax(), MACHINE).seconds == 0


def test_a_step_of_a_tracker_has_a_floor() -> None:
    tracker = resolve("siamfc").build("cpu")
    frame = np.full((120, 160, 3), 90, np.uint8)
    state = tracker.start([frame], np.array([[60.0, 40, 30, 24]]), [0])
    need = floor(lambda: tracker.step(state, [frame]), MACHINE)
    assert 1 < need.gflop < 10
