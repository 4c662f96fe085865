"""What is written: only where the first template agrees."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from trackers.memtrack.writing import agreement, worth_writing


def response(*peaks: tuple[int, int, float]) -> Tensor:
    """A (1, 5, 5) map that is .1 but at row, column, value."""
    plane = torch.full((1, 5, 5), 0.1)
    for row, column, value in peaks:
        plane[0, row, column] = value
    return plane


def agreed(plane: Tensor, x: float, y: float) -> float:
    return float(agreement(plane, torch.tensor([[x, y]])))


def test_at_its_own_peak_the_first_template_agrees() -> None:
    assert agreed(response((1, 4, 8.0)), 2, -1) == 1


def test_the_eight_cells_around_count_and_no_others() -> None:
    plane = response((2, 2, 8.0))
    assert agreed(plane, 1.4, -1.4) == 1
    assert agreed(plane, 1.6, 0) == pytest.approx(0.1 / 8)


def test_elsewhere_it_agrees_by_what_it_answers_there() -> None:
    plane = response((0, 0, 8.0), (4, 3, 6.0))
    assert agreed(plane, 1, 2) == 0.75
    worth, nearness = worth_writing(plane, torch.tensor([[1.0, 2.0]]), 0.6)
    assert worth.tolist() == [True]
    assert nearness.tolist() == pytest.approx([0.2])
    assert worth_writing(plane, torch.tensor([[1.0, 2.0]]), 0.8)[0].tolist() == [False]


def test_a_place_beyond_the_map_is_taken_at_its_edge() -> None:
    assert agreed(response((0, 4, 8.0)), 9, -9) == 1


def test_lanes_are_apart_and_nothing_finite_is_no_agreement() -> None:
    planes = torch.cat([response((2, 2, 8.0)), response((0, 0, 8.0)), torch.full((1, 5, 5), torch.nan)])
    places = torch.tensor([[0.0, 0.0], [0.0, 0.0], [torch.nan, 0.0]])
    assert worth_writing(planes, places, 0.85)[0].tolist() == [True, False, False]
    assert worth_writing(-response(), torch.zeros(1, 2), 0.85)[0].tolist() == [False]
