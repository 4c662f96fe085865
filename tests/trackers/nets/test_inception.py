from __future__ import annotations

import pytest
import torch

from trackers.nets.inception import Inception


@pytest.fixture(scope="module")
def trunk() -> Inception:
    return Inception(labelled=True).eval()


def test_the_trunk_is_inception_v3_to_mixed_6e(trunk: Inception) -> None:
    # 8,965,856 in the first eleven modules of the common PyTorch model, and 3 x 3 x 32 for the label map.
    assert sum(p.numel() for p in trunk.parameters()) == 8_965_856 + 288
    shapes = {name: tuple(value.shape) for name, value in trunk.state_dict().items() if name.endswith("conv.weight")}
    assert shapes["Conv2d_1a_3x3.conv.weight"] == (32, 3, 3, 3)
    assert shapes["Mixed_5b.branch5x5_2.conv.weight"] == (64, 48, 5, 5)
    assert shapes["Mixed_6a.branch3x3.conv.weight"] == (384, 288, 3, 3)
    assert shapes["Mixed_6c.branch7x7_2.conv.weight"] == (160, 160, 1, 7)
    assert shapes["Mixed_6e.branch7x7dbl_5.conv.weight"] == (192, 192, 1, 7)


def test_289_pixels_become_25_cells_at_stride_8(trunk: Inception) -> None:
    with torch.inference_mode():
        image = torch.zeros(1, 3, 289, 289, dtype=torch.uint8)
        assert trunk(image, torch.zeros(1, 1, 289, 289)).shape == (1, 768, 25, 25)
        assert trunk(image[..., 8:, 8:]).shape[-2:] == (24, 24)


def test_the_label_map_matters_and_only_where_it_is(trunk: Inception) -> None:
    image = torch.randint(0, 256, (1, 3, 145, 145), generator=torch.Generator().manual_seed(0))
    label = torch.zeros(1, 1, 145, 145)
    with torch.inference_mode():
        none, blank = trunk(image), trunk(image, label)
        label[..., 60:80, 60:80] = 1
        assert torch.equal(none, blank)
        assert not torch.equal(none, trunk(image, label))
