from __future__ import annotations

import pytest
import torch

from trackers.nets.alexnet import AlexNet


def count(net: torch.nn.Module) -> int:
    return sum(p.numel() for p in net.parameters())


def test_siamfcs_trunk_has_the_published_number_of_parameters() -> None:
    assert count(AlexNet(groups=2)) == 2_336_320


@pytest.mark.parametrize(
    ("pixels", "sizes"),
    [(127, (29, 12, 10, 8, 6)), (255, (61, 28, 26, 24, 22)), (239, (57, 26, 24, 22, 20))],
)
def test_every_layer_has_the_published_size(pixels: int, sizes: tuple[int, ...]) -> None:
    net = AlexNet().eval()
    x = torch.zeros(1, 3, pixels, pixels)
    with torch.inference_mode():
        for layer, size in zip((net.conv1, net.conv2, net.conv3, net.conv4, net.conv5), sizes, strict=True):
            x = layer(x)
            assert x.shape[-2:] == (size, size)
    assert x.shape[1] == 256


def test_the_last_layer_has_neither_norm_nor_rectifier() -> None:
    assert [type(layer).__name__ for layer in AlexNet().conv5] == ["Conv2d"]
