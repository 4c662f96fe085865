from __future__ import annotations

import torch

from trackers.dualmn.view import MOST_BIASED, PARTS, HeadRules, head_box, size_bias, unbiased


def boxes(width: float, height: float, cells: int) -> torch.Tensor:
    """Return (1, 4, n, n): every cell says a box of that size, in the middle cells alone of a size twice that."""
    maps = torch.zeros(1, 4, cells, cells)
    maps[:, 2], maps[:, 3] = width / 2, height / 2
    low, high = (cells - 1) // 2, cells // 2 + 1
    maps[:, 2, low:high, low:high], maps[:, 3, low:high, low:high] = width, height
    return maps


def test_the_bias_is_what_makes_the_middle_cells_say_the_first_box() -> None:
    for cells in (8, 9):
        said = boxes(40.0, 20.0, cells)
        bias = size_bias(said, torch.tensor([[50.0, 18.0]]))
        torch.testing.assert_close(bias, torch.tensor([[1.25, 0.9]]))
        corrected = unbiased(said, bias)
        assert corrected[0, 2:, 4, 4].tolist() == [50.0, 18.0]
        torch.testing.assert_close(corrected[:, :2], said[:, :2])


def test_a_head_that_knows_nothing_of_the_target_is_not_believed() -> None:
    bias = size_bias(boxes(400.0, 2.0, 8), torch.tensor([[40.0, 40.0]]))
    assert bias.tolist() == [[1 / MOST_BIASED, MOST_BIASED]]


def test_another_order_of_sums_gives_the_same_box_or_a_small_margin() -> None:
    generator = torch.Generator().manual_seed(0)
    scores = torch.rand(64, 5, 5, generator=generator)
    maps = 20 + 40 * torch.rand(64, 4, 5, 5, generator=generator)
    size, window, rules = torch.full((64, 2), 40.0), torch.ones(5, 5), HeadRules(0.1, 0.1, 0.3)
    first, first_size = head_box(scores, maps, size, window, rules)
    second, second_size = head_box(scores, maps * (1 + 2e-7), size, window, rules)
    assert torch.equal(first.box[:, :2] * PARTS, (first.box[:, :2] * PARTS).round())
    assert torch.equal(first_size * PARTS, (first_size * PARTS).round())
    same = (first.box[:, :2] == second.box[:, :2]).all(1) & (first_size == second_size).all(1)
    assert same.float().mean() > 0.9
    assert (first.margin[~same] < 1e-4).all()
