from __future__ import annotations

import torch

from trackers.nets.label_maps import centreness_maps, label_maps


def test_cells_hold_the_share_of_their_area_that_the_box_covers() -> None:
    # 4 cells of 8 pixels; a box 12 wide and 8 high, centred 2 pixels right of the middle and 4 above it.
    label = label_maps(torch.tensor([2.0, -4.0]), torch.tensor([12.0, 8.0]), 4, 8.0)
    across = torch.tensor([0, 4 / 8, 1, 0])  # x from -4 to 8
    down = torch.tensor([0, 1.0, 0, 0])  # y from -8 to 0
    torch.testing.assert_close(label, down[:, None] * across[None])


def test_the_covered_area_is_the_boxs_own() -> None:
    sizes = torch.tensor([[20.0, 13.0], [7.0, 30.0]])
    centres = torch.tensor([[3.3, -1.7], [0.0, 0.0]])
    assert torch.allclose(label_maps(centres, sizes, 16, 8.0).sum((1, 2)) * 64, sizes.prod(1))


def test_what_lies_beyond_the_crop_is_not_counted() -> None:
    label = label_maps(torch.tensor([16.0, 0.0]), torch.tensor([8.0, 8.0]), 4, 8.0)
    assert label.sum().item() * 64 == 32
    assert label_maps(torch.tensor([90.0, 0.0]), torch.tensor([8.0, 8.0]), 4, 8.0).sum() == 0


def test_centreness_falls_from_the_middle_to_the_sides() -> None:
    centreness = centreness_maps(torch.zeros(2), torch.tensor([40.0, 24.0]), 5, 8.0)
    across = torch.tensor([4 / 36, 12 / 28, 1, 12 / 28, 4 / 36])  # l, r of cells 16, 8, 0 pixels off, half 20
    down = torch.tensor([0, 4 / 20, 1, 4 / 20, 0])  # half 12
    torch.testing.assert_close(centreness, (down[:, None] * across[None]).sqrt())
    moved = centreness_maps(torch.tensor([8.0, 0.0]), torch.tensor([40.0, 24.0]), 5, 8.0)
    torch.testing.assert_close(moved[:, 1:], centreness[:, :-1])
