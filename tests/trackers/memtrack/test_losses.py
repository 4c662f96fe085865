from __future__ import annotations

import pytest
import torch

from trackers.memtrack.losses import memtrack_loss, overlap_labels

SIZE = torch.tensor([[64.0, 64.0]])


def test_positive_cells_overlap_the_target_by_more_than_seven_tenths() -> None:
    labels = overlap_labels(torch.zeros(1, 2), SIZE, 17, 8)[0]
    for row in range(17):
        for column in range(17):
            across, down = (max(64 - abs(8 * (index - 8)), 0) for index in (column, row))
            overlap = across * down / (2 * 64**2 - across * down)
            assert bool(labels[row, column]) is (overlap > 0.7)


def test_a_wide_target_is_positive_farther_across_than_down() -> None:
    labels = overlap_labels(torch.zeros(1, 2), torch.tensor([[120.0, 30.0]]), 17, 8)[0]
    assert labels.any(0).sum() > labels.any(1).sum()


def test_a_small_target_between_cells_still_has_one() -> None:
    labels = overlap_labels(torch.tensor([[3.5, -3.5]]), torch.tensor([[8.0, 8.0]]), 16, 8)[0]
    assert labels.sum() == 1
    assert labels[7, 8]  # row above the middle, column right of it


def test_learning_from_the_loss_moves_the_peak_to_the_target() -> None:
    logits = torch.zeros(1, 17, 17, requires_grad=True)
    optimiser = torch.optim.Adam([logits], 0.1)
    for _ in range(100):
        optimiser.zero_grad()
        memtrack_loss(logits, torch.tensor([[-16.0, 32.0]]), SIZE, torch.ones(1), 8).total.backward()
        optimiser.step()
    assert divmod(int(logits.argmax()), 17) == (8 + 4, 8 - 2)


def test_hidden_targets_do_not_count_and_the_parts_sum_up() -> None:
    logits = torch.randn(2, 9, 9, generator=torch.Generator().manual_seed(0))
    positions = torch.tensor([[0.0, 0.0], [8.0, 8.0]])
    sizes = SIZE.expand(2, 2)
    loss = memtrack_loss(logits, positions, sizes, torch.tensor([0.0, 1.0]), 8, choice=0.5)
    alone = memtrack_loss(logits[1:], positions[1:], sizes[1:], torch.ones(1), 8, choice=0.5)
    assert float(loss.total) == pytest.approx(float(alone.total), rel=1e-6)
    assert float(loss.total) == pytest.approx(float(loss.logistic + 0.5 * loss.choice), rel=1e-6)
