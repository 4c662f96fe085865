from __future__ import annotations

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from trackers.dualmn.head import HeadMaps
from trackers.dualmn.losses import ALPHA, box_overlap, filter_loss, head_loss, side_distances

STRIDE = 8.0


def maps(positions: torch.Tensor, sizes: torch.Tensor, sure: float = 20.0) -> HeadMaps:
    """Return maps that say exactly what is wanted."""
    wanted = side_distances(positions, sizes, 9, STRIDE)
    inside = wanted.amin(1) > 0
    left, top, right, bottom = wanted.clamp_min(0).unbind(1)
    centre = torch.minimum(left, right) * torch.minimum(top, bottom)
    centre = (centre / (torch.maximum(left, right) * torch.maximum(top, bottom)).clamp_min(1e-6)).sqrt()
    return HeadMaps(torch.where(inside, sure, -sure), torch.logit(centre.clamp(1e-7, 1 - 1e-7)), wanted.clamp_min(1e-3))


def test_distances_are_those_to_the_sides() -> None:
    found = side_distances(torch.tensor([[4.0, -8.0]]), torch.tensor([[20.0, 30.0]]), 9, STRIDE)[0]
    # the cell in the middle stands at 0, 0; the box spans -6 .. 14 and -23 .. 7
    assert found[:, 4, 4].tolist() == [6.0, 23.0, 14.0, 7.0]
    assert found[:, 4, 5].tolist() == [14.0, 23.0, 6.0, 7.0]
    assert found[:, 5, 4].tolist() == [6.0, 31.0, 14.0, -1.0]


@given(
    x=st.floats(-10, 10), y=st.floats(-10, 10), w=st.floats(17, 50), h=st.floats(17, 50),
)  # fmt: skip
@settings(max_examples=40, deadline=None)
def test_who_says_what_is_wanted_loses_nothing(x: float, y: float, w: float, h: float) -> None:
    positions, sizes = torch.tensor([[x, y]]), torch.tensor([[w, h]])
    loss = head_loss(maps(positions, sizes), positions, sizes, torch.ones(1), torch.zeros(1, dtype=torch.bool), STRIDE)
    assert float(loss.total) == pytest.approx(0, abs=1e-3)
    assert float(loss.overlap) == pytest.approx(1, abs=1e-3)


def test_each_part_by_hand() -> None:
    positions, sizes = torch.zeros(1, 2), torch.tensor([[10.0, 10.0]])  # one cell lies inside: the middle one
    logits = torch.zeros(1, 9, 9)
    found = HeadMaps(logits, logits, torch.full((1, 4, 9, 9), 10.0))
    loss = head_loss(found, positions, sizes, torch.ones(1), torch.zeros(1, dtype=torch.bool), STRIDE)
    focal = (ALPHA + 80 * (1 - ALPHA)) * 0.25 * math.log(2)
    assert float(loss.focal) == pytest.approx(focal, rel=1e-5)
    assert float(loss.centreness) == pytest.approx(math.log(2), rel=1e-4)  # the middle's centre-ness is 1
    assert float(loss.box) == pytest.approx(math.log(4), rel=1e-4)  # 10 x 10 within 20 x 20
    assert float(loss.total) == pytest.approx(focal + math.log(2) + 3 * math.log(4), rel=1e-4)


def test_with_a_foreign_memory_only_the_cells_in_the_box_count_and_none_is_positive() -> None:
    positions, sizes = torch.zeros(1, 2), torch.tensor([[10.0, 10.0]])
    found = HeadMaps(torch.zeros(1, 9, 9), torch.zeros(1, 9, 9), torch.full((1, 4, 9, 9), 10.0))
    loss = head_loss(found, positions, sizes, torch.ones(1), torch.ones(1, dtype=torch.bool), STRIDE)
    assert float(loss.focal) == pytest.approx((1 - ALPHA) * 0.25 * math.log(2), rel=1e-5)
    assert float(loss.box) == 0


def test_a_map_without_weight_changes_nothing() -> None:
    positions, sizes = torch.zeros(2, 2), torch.full((2, 2), 30.0)
    found = maps(positions, sizes, sure=1.0)
    whole = HeadMaps(found.classes[:1], found.centreness[:1], found.distances[:1])
    nobody = torch.zeros(2, dtype=torch.bool)
    both = head_loss(found, positions, sizes, torch.tensor([1.0, 0.0]), nobody, STRIDE)
    alone = head_loss(whole, positions[:1], sizes[:1], torch.ones(1), nobody[:1], STRIDE)
    assert float(both.total) == pytest.approx(float(alone.total), rel=1e-5)


def test_overlap_of_boxes_around_one_cell() -> None:
    first, second = torch.tensor([1.0, 1, 1, 1]), torch.tensor([2.0, 1, 0, 1])
    found = box_overlap(first[None, :, None, None], second[None, :, None, None])
    assert float(found) == pytest.approx(2 / 6)


def test_a_filter_errs_by_any_score_on_the_target_and_by_positive_ones_elsewhere() -> None:
    scores = torch.full((2, 5, 5), -0.5)
    scores[:, 0, 4] = 0.3  # far from the target, sqrt(8) cells: label exp(-4), below the threshold
    scores[:, 2, 2] = 0.9
    centres, foreign = torch.zeros(2, 2), torch.tensor([False, True])
    own, other = filter_loss(scores, centres, 1.0, foreign).tolist()
    near = (
        4 * (0.5 + math.exp(-0.5)) ** 2 + 4 * (0.5 + math.exp(-1)) ** 2
    )  # the eight neighbours; the next have exp(-2)
    next_ = 4 * (0.5 + math.exp(-2)) ** 2 + 8 * (0.5 + math.exp(-2.5)) ** 2
    assert own == pytest.approx(0.1**2 + near + next_ + 0.3**2, rel=1e-5)
    assert other == pytest.approx(0.9**2 + 0.3**2, rel=1e-5)
