from __future__ import annotations

import torch

from trackers.dualmn.view import MOST_BIASED, HeadRules, head_box, size_bias, unbiased


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


def test_the_new_size_takes_over_as_much_of_the_heads_as_its_score_says() -> None:
    scores = torch.zeros(1, 5, 5)
    scores[0, 2, 3] = 0.5
    maps = torch.full((1, 4, 5, 5), 40.0)
    maps[0, :, 2, 3] = torch.tensor([8.0, -4.0, 50.0, 40.0])
    rules = HeadRules(penalty=0.0, window_weight=0.0, rate=0.4)
    chosen, size = head_box(scores, maps, torch.tensor([[40.0, 40.0]]), torch.ones(5, 5), rules)
    assert chosen.box[0].tolist() == [8.0, -4.0, 50.0, 40.0]
    assert size[0].tolist() == [42.0, 40.0]
