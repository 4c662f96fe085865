from __future__ import annotations

import numpy as np

from benchmark.protocols import Start
from benchmark.protocols.jitter import jittered

BOX = np.array([40.0, 30.0, 24.0, 18.0])


def test_no_pixels_is_the_start_itself() -> None:
    start = Start("ope", 3, BOX)
    assert jittered(start, 0.0, 5) is start


def test_centre_and_sides_move_by_up_to_so_many_pixels_and_by_the_seed_alone() -> None:
    start = Start("ope", 3, BOX)
    boxes = np.array([jittered(start, 0.5, seed).box for seed in range(400)])
    shift = boxes[:, :2] + boxes[:, 2:] / 2 - (BOX[:2] + BOX[2:] / 2)
    change = boxes[:, 2:] - BOX[2:]
    for moved in (shift, change):
        assert 0.45 < np.abs(moved).max() <= 0.5
        assert np.abs(moved.mean(0)).max() < 0.06
    np.testing.assert_array_equal(boxes[7], jittered(start, 0.5, 7).box)
    assert jittered(start, 0.5, 7).frame == 3


def test_a_tiny_box_keeps_a_pixel_a_side() -> None:
    tiny = Start("ope", 0, np.array([5.0, 5.0, 1.2, 1.2]))
    assert all((jittered(tiny, 4.0, seed).box[2:] >= 1).all() for seed in range(20))
