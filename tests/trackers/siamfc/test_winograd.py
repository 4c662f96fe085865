from __future__ import annotations

import pytest
import torch
from torch import nn

from trackers.names import resolve
from trackers.nets.alexnet import AlexNet
from trackers.siamfc.winograd import Winograd, quicken


@pytest.mark.parametrize(
    ("shape", "outputs", "groups"), [((3, 8, 28, 28), 12, 1), ((1, 8, 10, 13), 6, 2), ((2, 4, 3, 7), 4, 1)]
)
def test_a_convolution_is_what_it_was(shape: tuple[int, ...], outputs: int, groups: int) -> None:
    torch.manual_seed(1)
    conv = nn.Conv2d(shape[1], outputs, 3, groups=groups)
    quick = Winograd(conv)
    with torch.inference_mode():
        for _ in range(2):  # what was kept of the first call is not seen in the second
            x = torch.randn(shape)
            wanted = conv(x)
            torch.testing.assert_close(quick(x), wanted, atol=5e-6 * float(wanted.abs().max()), rtol=0)
            torch.testing.assert_close(quick(x.contiguous(memory_format=torch.channels_last)), quick(x), atol=0, rtol=0)


def test_answers_do_not_share_memory() -> None:
    quick = Winograd(nn.Conv2d(2, 2, 3))
    with torch.inference_mode():
        first = quick(torch.ones(1, 2, 6, 6))
        before = first.clone()
        quick(torch.zeros(1, 2, 6, 6))
    assert torch.equal(first, before)


def test_memory_is_kept_for_maps_of_one_shape() -> None:
    quick, fresh = (Winograd(nn.Conv2d(2, 2, 3)) for _ in range(2))
    with torch.inference_mode():
        for lanes in (3, 2, 1):  # as sequences end
            quick(torch.ones(lanes, 2, 6, 6))
        fresh(torch.ones(1, 2, 6, 6))
    assert [room.shape for room in quick.rooms] == [room.shape for room in fresh.rooms]


def test_a_trunk_gives_what_it_gave() -> None:
    torch.manual_seed(2)
    net = AlexNet(groups=2).eval()
    crop = 255 * torch.rand(1, 3, 127, 127)
    with torch.inference_mode():
        wanted = net(crop)
        quicken(net)
        assert [type(layer[0]) for layer in (net.conv2, net.conv3, net.conv4, net.conv5)] == [
            nn.Conv2d, Winograd, Winograd, nn.Conv2d,
        ]  # fmt: skip
        assert float((net(crop) - wanted).abs().max()) <= 1e-5 * float(wanted.abs().max())


def test_the_paper_preset_has_it_and_counts_its_parameters_as_before() -> None:
    tracker = resolve("siamfc:paper@random").build("cpu")
    assert isinstance(tracker.net.backbone.conv3[0], Winograd)
    assert tracker.parameters() == 2_336_320
