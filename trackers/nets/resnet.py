"""ResNet-50 up to its third group of blocks (arXiv 1512.03385), stride 16: DiMP's trunk (docs/dualmn.md).

Module names are those of the common PyTorch checkpoints.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

MEAN, SPREAD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
"""ImageNet's colours, by which an image in 0..1 is normalised."""
GROUPS = ((3, 64, 1), (4, 128, 2), (6, 256, 2))
"""Blocks, inner channels and stride of each group."""


class Bottleneck(nn.Sequential):
    """1x1, 3x3 and 1x1 convolutions beside what goes past them: (N, C, H, W) to (N, 4 c, h, w)."""

    def __init__(self, channels_in: int, channels: int, stride: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(channels_in, channels, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(channels)
        self.conv2 = nn.Conv2d(channels, channels, 3, stride, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(channels)
        self.conv3 = nn.Conv2d(channels, 4 * channels, 1, bias=False)
        self.bn3 = nn.BatchNorm2d(4 * channels)
        self.downsample: nn.Sequential | None = None
        if channels_in != 4 * channels:
            self.downsample = nn.Sequential(
                nn.Conv2d(channels_in, 4 * channels, 1, stride, bias=False), nn.BatchNorm2d(4 * channels)
            )

    def forward(self, x: Tensor) -> Tensor:
        """Return (N, 4 c, h, w) for x (N, C, H, W)."""
        inner = F.relu(self.bn1(self.conv1(x)))
        inner = F.relu(self.bn2(self.conv2(inner)))
        past = x if self.downsample is None else self.downsample(x)
        return F.relu(self.bn3(self.conv3(inner)) + past)


class ResNet50(nn.Sequential):
    """288 px -> (512, 36, 36) and (1024, 18, 18), from RGB in 0..255."""

    stride = 16
    channels = 1024
    mean: Tensor
    spread: Tensor

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(3, 64, 7, 2, 3, bias=False)
        self.bn1 = nn.BatchNorm2d(64)
        for name, colour in (("mean", MEAN), ("spread", SPREAD)):
            self.register_buffer(name, torch.tensor(colour)[:, None, None], persistent=False)
        channels_in = 64
        for number, (blocks, channels, stride) in enumerate(GROUPS, 1):
            made = []
            for index in range(blocks):
                made.append(Bottleneck(channels_in, channels, stride if index == 0 else 1))
                channels_in = 4 * channels
            self.add_module(f"layer{number}", nn.Sequential(*made))

    def forward(self, image: Tensor) -> tuple[Tensor, Tensor]:
        """Return the features of images (N, 3, H, W) in 0..255 at strides 8 and 16."""
        x = F.relu(self.bn1(self.conv1((image / 255 - self.mean) / self.spread)))
        x = F.max_pool2d(x, 3, 2, 1)
        middle: Tensor = self.get_submodule("layer2")(self.get_submodule("layer1")(x))
        last: Tensor = self.get_submodule("layer3")(middle)
        return middle, last


def normalised(features: Tensor, scale: float) -> Tensor:
    """Return maps (N, C, h, w), each of the root mean square `scale` over all of it."""
    size = features[0].numel()
    power = features.reshape(len(features), -1).square().sum(1)[:, None, None, None]
    return features * (scale * torch.sqrt(size / (power + 1e-5)))
