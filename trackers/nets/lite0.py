"""The compact trunk: EfficientNet-Lite0 up to block 10, ImageNet weights from a Python package (no download).

MBConv blocks with ReLU6 and no squeeze-and-excitation, TensorFlow's "same" padding, batch norm folded into the
convolutions. Blocks 5-10 run at stride 16, or at stride 8 with dilation.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import torch.nn.functional as F
from torch import Tensor, nn

from trackers.nets.pointwise import Pointwise

BATCH_NORM_EPS = 1e-3


@dataclass(frozen=True)
class _Block:
    channels_in: int
    channels_out: int
    expand: int
    kernel: int
    stride: int


_STAGES = ((16, 1, 3, 1, 1), (24, 6, 3, 2, 2), (40, 6, 5, 2, 2), (80, 6, 3, 2, 3), (112, 6, 5, 1, 3))
"""Output channels, expansion, kernel, stride of the first block, number of blocks (EfficientNet-Lite0, blocks 0-10)."""


def _blocks() -> tuple[_Block, ...]:
    blocks, channels = [], 32
    for out, expand, kernel, stride, repeat in _STAGES:
        for index in range(repeat):
            blocks.append(_Block(channels, out, expand, kernel, stride if index == 0 else 1))
            channels = out
    return tuple(blocks)


BLOCKS = _blocks()
CHANNELS = tuple(block.channels_out for block in BLOCKS)
"""Output channels of blocks 0-10."""


class SameConv(nn.Conv2d):
    """A convolution with TensorFlow's "same" padding: the odd pixel goes to the right and the bottom."""

    def forward(self, x: Tensor) -> Tensor:
        """Return the (N, C', ceil(H/stride), ceil(W/stride)) convolution of x (N, C, H, W)."""
        pads: list[int] = []
        for size, kernel, stride, dilation in zip(
            (x.shape[3], x.shape[2]), self.kernel_size, self.stride, self.dilation, strict=True
        ):
            need = max((-(-size // stride) - 1) * stride + (kernel - 1) * dilation + 1 - size, 0)
            pads += [need // 2, need - need // 2]
        if pads[0] == pads[1] and pads[2] == pads[3]:
            return F.conv2d(x, self.weight, self.bias, self.stride, (pads[2], pads[0]), self.dilation, self.groups)
        if x.device.type == "cpu" and pads[1] - pads[0] == pads[3] - pads[2] == 1 and self.dilation == (1, 1):
            # A kernel with a row and a column of zeros before it does what a padded copy of x does, without the copy.
            grown = F.pad(self.weight, (1, 0, 1, 0))
            return F.conv2d(x, grown, self.bias, self.stride, (pads[3], pads[1]), 1, self.groups)
        return F.conv2d(F.pad(x, pads), self.weight, self.bias, self.stride, 0, self.dilation, self.groups)


class MBConv(nn.Module):
    """Inverted residual: expand 1x1, depthwise, project 1x1; a shortcut where shapes allow."""

    def __init__(self, block: _Block, stride: int, dilation: int) -> None:
        super().__init__()
        width = block.channels_in * block.expand
        self.expand: Pointwise | None = Pointwise(block.channels_in, width) if block.expand > 1 else None
        self.depthwise = SameConv(width, width, block.kernel, stride, dilation=dilation, groups=width)
        self.project = Pointwise(width, block.channels_out)
        self.shortcut = block.stride == 1 and block.channels_in == block.channels_out

    def forward(self, x: Tensor) -> Tensor:
        """Return the block's output of x (N, C, H, W)."""
        y = x if self.expand is None else F.relu6(self.expand(x), inplace=not self.training)
        y = F.relu6(self.depthwise(y), inplace=not self.training)
        out: Tensor = self.project(y)
        return x + out if self.shortcut else out


class Lite0(nn.Module):
    """Blocks 0 to `last` of EfficientNet-Lite0 on uint8 or float RGB in 0..255.

    Args:
        taps: Which blocks' outputs `forward` returns, ascending; the trunk ends at the last.
        deep_stride: 8 (block 5 unstrided, blocks 6-10 dilated by 2) or 16 (as trained).
    """

    def __init__(self, taps: tuple[int, ...], deep_stride: int = 8) -> None:
        super().__init__()
        if deep_stride not in (8, 16):
            raise ValueError(f"deep_stride is 8 or 16, not {deep_stride}")
        self.taps = taps
        self.stem = SameConv(3, 32, 3, 2)
        dilated = deep_stride == 8
        self.blocks = nn.ModuleList(
            MBConv(
                block,
                stride=1 if dilated and index == 5 else block.stride,
                dilation=2 if dilated and index > 5 else 1,
            )
            for index, block in enumerate(BLOCKS[: max(taps) + 1])
        )

    def forward(self, image: Tensor) -> list[Tensor]:
        """Return the tapped blocks' outputs, each (N, C, h, w), of image (N, 3, H, W) in 0..255."""
        x = image.float().sub(127.0).mul_(1 / 128)
        x = F.relu6(self.stem(x), inplace=not self.training)
        outputs = []
        for index, block in enumerate(self.blocks):
            x = block(x)
            if index in self.taps:
                outputs.append(x)
        return outputs

    def load_imagenet(self, tensors: Mapping[str, Tensor]) -> None:
        """Take ImageNet weights under the names of the published checkpoint, folding batch norm into them.

        Raises:
            KeyError: where a tensor is missing; RuntimeError: where a shape differs.
        """
        self._fold(self.stem, tensors, "_conv_stem", "_bn0")
        for index, block in enumerate(self.blocks):
            assert isinstance(block, MBConv)
            at = f"_blocks.{index}"
            if block.expand is not None:
                self._fold(block.expand, tensors, f"{at}._expand_conv", f"{at}._bn0")
            self._fold(block.depthwise, tensors, f"{at}._depthwise_conv", f"{at}._bn1")
            self._fold(block.project, tensors, f"{at}._project_conv", f"{at}._bn2")

    @staticmethod
    def _fold(conv: nn.Conv2d, tensors: Mapping[str, Tensor], name: str, norm: str) -> None:
        gain = tensors[f"{norm}.weight"] / (tensors[f"{norm}.running_var"] + BATCH_NORM_EPS).sqrt()
        weight = tensors[f"{name}.weight"] * gain[:, None, None, None]
        bias = tensors[f"{norm}.bias"] - tensors[f"{norm}.running_mean"] * gain
        conv.load_state_dict({"weight": weight, "bias": bias})
