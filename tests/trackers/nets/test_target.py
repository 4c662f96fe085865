from __future__ import annotations

import numpy as np
import torch

from trackers.nets.target import SMALLEST_SIDE, Target

BOXES = np.array([[10.0, 20.0, 30.0, 40.0], [0.0, 0.0, 8.0, 8.0]])


def target() -> Target:
    return Target.from_boxes(BOXES, [(100, 80), (64, 64)])


def zeros() -> torch.Tensor:
    return torch.zeros(2, 2)


def test_boxes_come_back_as_they_were_given() -> None:
    np.testing.assert_array_equal(target().boxes(), BOXES)


def test_a_shift_moves_the_centre_and_keeps_the_size() -> None:
    moved = target().moved(torch.tensor([[1.0, 2.0], [0.0, 0.0]]), target().size, None)
    np.testing.assert_allclose(moved.boxes(), BOXES + [[1, 2, 0, 0], [0, 0, 0, 0]])


def test_the_size_stays_within_its_limits_and_the_centre_in_the_frame() -> None:
    moved = target().moved(torch.tensor([[500.0, -500.0], [0.0, 0.0]]), target().size * 100, (0.2, 5.0))
    np.testing.assert_allclose(moved.size, BOXES[:, 2:] * 5)
    np.testing.assert_allclose(moved.centre[0], [100, 0])


def test_without_limits_the_centre_may_leave_the_frame() -> None:
    moved = target().moved(torch.tensor([[500.0, 0.0], [0.0, 0.0]]), target().size, None)
    assert moved.centre[0, 0] == 525


def test_a_lane_that_is_not_finite_stays_where_it_was_and_the_others_move() -> None:
    shift = torch.tensor([[float("nan"), 0.0], [3.0, 3.0]])
    moved = target().moved(shift, target().size, (0.2, 5.0))
    np.testing.assert_allclose(moved.boxes(), BOXES + [[0, 0, 0, 0], [3, 3, 0, 0]])
    sizes = torch.tensor([[float("inf"), 5.0], [8.0, 8.0]])
    np.testing.assert_allclose(target().moved(zeros(), sizes, None).boxes(), BOXES)


def test_a_box_never_collapses() -> None:
    moved = target().moved(zeros(), zeros(), None)
    assert (moved.size == SMALLEST_SIDE).all()
