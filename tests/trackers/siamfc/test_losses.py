from __future__ import annotations

import math

import pytest
import torch

from trackers.names import resolve
from trackers.nets.correlation import correlate
from trackers.nets.response_losses import balanced_logistic, peak_choice, squared_distance
from trackers.siamfc.losses import Calibration, siamfc_loss

CENTRE = torch.zeros(1, 2)
ONE = torch.ones(1)


def test_the_papers_labels_are_thirteen_cells_of_a_17x17_map() -> None:
    assert int((squared_distance(CENTRE, 17, 8) <= 16**2).sum()) == 13


def test_distances_are_taken_in_pixels_along_x_and_y() -> None:
    distance = squared_distance(torch.tensor([[8.0, -16.0]]), 5, 8)
    assert divmod(int(distance.argmin()), 5) == (0, 3)  # row, column
    assert float(distance[0, 2, 2]) == 8**2 + 16**2


def test_both_classes_weigh_a_half_whatever_their_number() -> None:
    positive = squared_distance(CENTRE, 17, 8) <= 16**2
    logits = torch.where(positive, 2.0, -1.0)
    expected = 0.5 * math.log1p(math.exp(-2)) + 0.5 * math.log1p(math.exp(-1))
    assert float(balanced_logistic(logits, positive)) == pytest.approx(expected, rel=1e-5)
    nothing = balanced_logistic(torch.zeros(1, 5, 5), torch.zeros(1, 5, 5, dtype=torch.bool))
    assert float(nothing) == pytest.approx(0.5 * math.log(2), rel=1e-5)


def test_the_choice_is_right_when_the_peak_is_and_rivals_cost() -> None:
    distance = squared_distance(CENTRE, 9, 8)
    right, wrong = -distance / 50, -squared_distance(torch.tensor([[24.0, 0.0]]), 9, 8) / 50
    assert peak_choice(right, distance, 5.0) < peak_choice(wrong, distance, 5.0)
    rivals = torch.full((1, 4), float(right.max()))
    assert peak_choice(right, distance, 5.0, rivals) > peak_choice(right, distance, 5.0)


def test_a_map_of_weight_0_does_not_count() -> None:
    logits = torch.randn(2, 9, 9, generator=torch.Generator().manual_seed(0))
    positions = torch.tensor([[0.0, 0.0], [8.0, 8.0]])
    both = siamfc_loss(logits, positions, torch.tensor([1.0, 0.0]), 8, None)
    alone = siamfc_loss(logits[:1], positions[:1], ONE, 8, None)
    assert float(both.total) == pytest.approx(float(alone.total), rel=1e-6)


def test_learning_from_the_loss_moves_the_peak_to_the_target() -> None:
    logits = torch.zeros(1, 17, 17, requires_grad=True)
    position = torch.tensor([[16.0, -24.0]])
    optimiser = torch.optim.Adam([logits], 0.1)
    for _ in range(100):
        optimiser.zero_grad()
        siamfc_loss(logits, position, ONE, 8, None).total.backward()
        optimiser.step()
    assert divmod(int(logits.argmax()), 17) == (8 - 3, 8 + 2)


def test_calibration_keeps_the_order() -> None:
    response = torch.tensor([0.1, 0.5, 0.3])
    assert torch.equal(Calibration(20.0, 0.4)(response).argsort(), response.argsort())


def test_the_neck_turned_into_the_template_gives_the_response_of_both_turned() -> None:
    net = resolve("siamfc@random").build("cpu").net  # type: ignore[attr-defined]
    torch.manual_seed(0)
    neck = net.neck
    before = neck.weight.clone()
    template, search = torch.randn(1, 192, 8, 8), torch.randn(1, 1, 192, 12, 12)
    torch.testing.assert_close(net.ready(template), template)  # the identity at first
    neck.weight.copy_(before + 0.1 * torch.randn_like(before))
    both = correlate(neck(search[:, 0])[:, None], neck(template))
    torch.testing.assert_close(correlate(search, net.ready(template)), both, rtol=1e-3, atol=1e-2)
