"""The affinity read worked out by hand, and the votes against a plain loop."""

from __future__ import annotations

import math

import pytest
import torch

from trackers.dualmn.read import affinity, foreground, read, votes


def test_the_read_is_a_softmax_over_all_memory_cells() -> None:
    # One query cell, two memory frames of one cell each, C = 4: logits are dot products over sqrt(4) = 2.
    query = torch.tensor([2.0, 0, 0, 0]).reshape(1, 4, 1, 1)
    memory = torch.tensor([[1.0, 1, 0, 0], [0, 0, 3, 0]]).reshape(1, 2, 4, 1, 1)
    shares = affinity(query, memory, torch.ones(1, 2, dtype=torch.bool))
    first = math.e / (math.e + 1)  # exp(2 / 2) against exp(0)
    assert shares.flatten().tolist() == pytest.approx([first, 1 - first])
    assert read(shares, memory, 1).flatten().tolist() == pytest.approx([first, first, 3 * (1 - first), 0])


def test_frames_that_do_not_count_get_nothing() -> None:
    generator = torch.Generator().manual_seed(0)
    query = torch.randn(2, 4, 3, 3, generator=generator)
    memory = torch.randn(2, 3, 4, 2, 2, generator=generator)
    valid = torch.tensor([[True, False, True], [False, False, False]])
    shares = affinity(query, memory, valid)
    assert (shares[0, :, 1] == 0).all()
    assert torch.allclose(shares[0].sum((1, 2)), torch.ones(9))
    assert (shares[1] == 0).all()
    part = affinity(query[:1], memory[:1, [0, 2]], torch.ones(1, 2, dtype=torch.bool))
    torch.testing.assert_close(shares[:1, :, [0, 2]], part)


@pytest.mark.parametrize(("height", "side"), [(6, 4), (5, 3)])
def test_votes_fall_on_the_centre_that_follows_from_each_match(height: int, side: int) -> None:
    generator = torch.Generator().manual_seed(1)
    shares = torch.rand(2, height * height, 3, side * side, generator=generator)
    labels = torch.rand(2, 3, side, side, generator=generator)
    out = votes(shares, labels, height)
    grid = out.shape[-1]
    assert grid == height + (side - 1) % 2
    for lane in range(2):
        expected: dict[tuple[float, float], float] = {}
        for cell in range(height * height):
            row, column = cell // height - (height - 1) / 2, cell % height - (height - 1) / 2
            for frame in range(3):
                for other in range(side * side):
                    down, across = other // side - (side - 1) / 2, other % side - (side - 1) / 2
                    at = (row - down, column - across)
                    vote = shares[lane, cell, frame, other] * labels[lane, frame, other // side, other % side]
                    expected[at] = expected.get(at, 0.0) + float(vote)
        most = labels[lane].sum((1, 2)).max().item()
        for row in range(grid):
            for column in range(grid):
                at = (row - (grid - 1) / 2, column - (grid - 1) / 2)
                assert out[lane, row, column].item() == pytest.approx(expected[at] / most, rel=1e-4)


def test_a_target_found_whole_gets_all_votes_at_its_place() -> None:
    # Every cell has a feature of its own, so that each query cell finds its memory cell; shifted by (2, -1) cells.
    side, height, channels = 4, 12, 16
    memory = (40 * torch.eye(channels)).reshape(1, 1, channels, side, side)
    query = torch.zeros(1, channels, height, height)
    top, left = 4 - 1, 4 + 2
    query[:, :, top : top + side, left : left + side] = memory[:, 0]
    shares = affinity(query, memory, torch.ones(1, 1, dtype=torch.bool))
    out = votes(shares, torch.ones(1, 1, side, side), height)
    row, column = divmod(int(out[0].argmax()), out.shape[-1])
    assert (column - 6, row - 6) == (2, -1)
    assert out.max().item() == pytest.approx(1, abs=0.05)


def test_foreground_is_the_share_of_target_cells() -> None:
    shares = torch.tensor([0.1, 0.2, 0.3, 0.4]).reshape(1, 1, 1, 4)
    labels = torch.tensor([[1.0, 0.0], [0.5, 0.0]]).reshape(1, 1, 2, 2)
    assert foreground(shares, labels).item() == pytest.approx(0.25)
