from __future__ import annotations

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from trackers.nets.checkpoint import load_tensors
from trackers.nets.lite0 import BLOCKS, CHANNELS, Lite0
from trackers.weights.catalog import imagenet_file


@pytest.fixture(scope="module")
def tensors() -> dict[str, Tensor]:
    return load_tensors(imagenet_file())


def same(x: Tensor, weight: Tensor, stride: int, dilation: int, groups: int) -> Tensor:
    need = (-(-x.shape[-1] // stride) - 1) * stride + (weight.shape[-1] - 1) * dilation + 1 - x.shape[-1]
    low = max(need, 0) // 2
    return F.conv2d(F.pad(x, (low, max(need, 0) - low) * 2), weight, None, stride, 0, dilation, groups)


def plain(image: Tensor, tensors: dict[str, Tensor], dilated: bool) -> dict[int, Tensor]:
    """Blocks 0-10 written out with batch norm as it stands in the checkpoint."""

    def norm(x: Tensor, name: str) -> Tensor:
        p = [tensors[f"{name}.{part}"] for part in ("running_mean", "running_var", "weight", "bias")]
        return F.batch_norm(x, *p, eps=1e-3)

    x = F.relu6(norm(same((image - 127) / 128, tensors["_conv_stem.weight"], 2, 1, 1), "_bn0"))
    outputs = {}
    for index, block in enumerate(BLOCKS):
        at, y = f"_blocks.{index}", x
        if block.expand > 1:
            y = F.relu6(norm(same(y, tensors[f"{at}._expand_conv.weight"], 1, 1, 1), f"{at}._bn0"))
        stride, dilation = (1 if dilated and index == 5 else block.stride), (2 if dilated and index > 5 else 1)
        y = F.relu6(norm(same(y, tensors[f"{at}._depthwise_conv.weight"], stride, dilation, y.shape[1]), f"{at}._bn1"))
        y = norm(same(y, tensors[f"{at}._project_conv.weight"], 1, 1, 1), f"{at}._bn2")
        x = x + y if block.stride == 1 and block.channels_in == block.channels_out else y
        outputs[index] = x
    return outputs


@pytest.mark.parametrize("stride", [8, 16])
def test_folding_batch_norm_changes_nothing(tensors: dict[str, Tensor], stride: int) -> None:
    trunk = Lite0((4, 7, 10), deep_stride=stride).eval()
    trunk.load_imagenet(tensors)
    image = torch.randint(0, 256, (2, 3, 64, 64), generator=torch.Generator().manual_seed(0)).float()
    with torch.inference_mode():
        found = trunk(image)
        expected = plain(image, tensors, dilated=stride == 8)
    for tap, features in zip((4, 7, 10), found, strict=True):
        assert features.shape == (2, CHANNELS[tap], *((64 // (8 if tap < 5 else stride),) * 2))
        torch.testing.assert_close(features, expected[tap], rtol=1e-4, atol=1e-4)


def test_another_stride_is_refused() -> None:
    with pytest.raises(ValueError, match="8 or 16"):
        Lite0((10,), deep_stride=4)
