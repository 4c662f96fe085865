"""DualMN's published trunk: the GoogLeNet-type Inception-v3 up to Mixed_6e at stride 8 (docs/dualmn.md).

Written from the network's public description (arXiv 1512.00567) with the changes that STMTrack describes: the second
max-pool is left out, so that the stride is 8, and 4 cells at every border, which have seen padding, are cut off.
Module names are those of the common PyTorch checkpoints.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

BATCH_NORM_EPS = 1e-3
BORDER = 4
"""Cells cut off at every border."""


class BasicConv(nn.Sequential):
    """Convolution without bias, batch norm, ReLU: (N, C, H, W) to (N, C', h, w)."""

    def __init__(
        self,
        channels_in: int,
        channels_out: int,
        kernel: int | tuple[int, int],
        stride: int = 1,
        padding: int | tuple[int, int] = 0,
    ) -> None:
        super().__init__()
        self.conv = nn.Conv2d(channels_in, channels_out, kernel, stride, padding, bias=False)
        self.bn = nn.BatchNorm2d(channels_out, eps=BATCH_NORM_EPS)
        self.relu = nn.ReLU(inplace=True)


class MixedA(nn.Module):
    """Mixed_5b, 5c, 5d: 1x1, 5x5 and two 3x3 beside a pooled branch."""

    def __init__(self, channels_in: int, pooled: int) -> None:
        super().__init__()
        self.branch1x1 = BasicConv(channels_in, 64, 1)
        self.branch5x5_1 = BasicConv(channels_in, 48, 1)
        self.branch5x5_2 = BasicConv(48, 64, 5, padding=2)
        self.branch3x3dbl_1 = BasicConv(channels_in, 64, 1)
        self.branch3x3dbl_2 = BasicConv(64, 96, 3, padding=1)
        self.branch3x3dbl_3 = BasicConv(96, 96, 3, padding=1)
        self.branch_pool = BasicConv(channels_in, pooled, 1)

    def forward(self, x: Tensor) -> Tensor:
        """Return (N, 224 + pooled, h, w) for x (N, C, h, w)."""
        five = self.branch5x5_2(self.branch5x5_1(x))
        double = self.branch3x3dbl_3(self.branch3x3dbl_2(self.branch3x3dbl_1(x)))
        pool = self.branch_pool(F.avg_pool2d(x, 3, 1, 1))
        return torch.cat([self.branch1x1(x), five, double, pool], 1)


class MixedB(nn.Module):
    """Mixed_6a: halves the resolution."""

    def __init__(self, channels_in: int) -> None:
        super().__init__()
        self.branch3x3 = BasicConv(channels_in, 384, 3, stride=2)
        self.branch3x3dbl_1 = BasicConv(channels_in, 64, 1)
        self.branch3x3dbl_2 = BasicConv(64, 96, 3, padding=1)
        self.branch3x3dbl_3 = BasicConv(96, 96, 3, stride=2)

    def forward(self, x: Tensor) -> Tensor:
        """Return (N, C + 480, h', w'), h' = (h - 3) // 2 + 1, for x (N, C, h, w)."""
        double = self.branch3x3dbl_3(self.branch3x3dbl_2(self.branch3x3dbl_1(x)))
        return torch.cat([self.branch3x3(x), double, F.max_pool2d(x, 3, 2)], 1)


class MixedC(nn.Module):
    """Mixed_6b to 6e: convolutions of 7 split into 1x7 and 7x1."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.branch1x1 = BasicConv(768, 192, 1)
        self.branch7x7_1 = BasicConv(768, width, 1)
        self.branch7x7_2 = BasicConv(width, width, (1, 7), padding=(0, 3))
        self.branch7x7_3 = BasicConv(width, 192, (7, 1), padding=(3, 0))
        self.branch7x7dbl_1 = BasicConv(768, width, 1)
        self.branch7x7dbl_2 = BasicConv(width, width, (7, 1), padding=(3, 0))
        self.branch7x7dbl_3 = BasicConv(width, width, (1, 7), padding=(0, 3))
        self.branch7x7dbl_4 = BasicConv(width, width, (7, 1), padding=(3, 0))
        self.branch7x7dbl_5 = BasicConv(width, 192, (1, 7), padding=(0, 3))
        self.branch_pool = BasicConv(768, 192, 1)

    def forward(self, x: Tensor) -> Tensor:
        """Return (N, 768, h, w) for x (N, 768, h, w)."""
        seven = self.branch7x7_3(self.branch7x7_2(self.branch7x7_1(x)))
        double = self.branch7x7dbl_3(self.branch7x7dbl_2(self.branch7x7dbl_1(x)))
        double = self.branch7x7dbl_5(self.branch7x7dbl_4(double))
        pool = self.branch_pool(F.avg_pool2d(x, 3, 1, 1))
        return torch.cat([self.branch1x1(x), seven, double, pool], 1)


class Inception(nn.Module):
    """289 px -> (768, 25, 25), from RGB in 0..255.

    Args:
        labelled: Whether a foreground-background label map enters beside the image (the memory's copy of the trunk):
            a 3x3 convolution of it is added to the first convolution's output.
    """

    stride = 8
    channels = 768

    def __init__(self, labelled: bool = False) -> None:
        super().__init__()
        self.Conv2d_1a_3x3 = BasicConv(3, 32, 3, stride=2)
        self.label_map: nn.Conv2d | None = nn.Conv2d(1, 32, 3, stride=2, bias=False) if labelled else None
        self.Conv2d_2a_3x3 = BasicConv(32, 32, 3)
        self.Conv2d_2b_3x3 = BasicConv(32, 64, 3, padding=1)
        self.Conv2d_3b_1x1 = BasicConv(64, 80, 1)
        self.Conv2d_4a_3x3 = BasicConv(80, 192, 3)
        self.Mixed_5b = MixedA(192, 32)
        self.Mixed_5c = MixedA(256, 64)
        self.Mixed_5d = MixedA(288, 64)
        self.Mixed_6a = MixedB(288)
        self.Mixed_6b = MixedC(128)
        self.Mixed_6c = MixedC(160)
        self.Mixed_6d = MixedC(160)
        self.Mixed_6e = MixedC(192)
        if self.label_map is not None:
            nn.init.normal_(self.label_map.weight, std=0.01)

    def forward(self, image: Tensor, label: Tensor | None = None) -> Tensor:
        """Return the (N, 768, h, w) features of image (N, 3, H, W) in 0..255 with label (N, 1, H, W) in [0, 1]."""
        x = self.Conv2d_1a_3x3((image.float() - 127.5) / 127.5)
        if self.label_map is not None and label is not None:
            x = x + self.label_map(label)
        x = F.max_pool2d(self.Conv2d_2b_3x3(self.Conv2d_2a_3x3(x)), 3, 2)
        x = self.Conv2d_4a_3x3(self.Conv2d_3b_1x1(x))
        x = self.Mixed_5d(self.Mixed_5c(self.Mixed_5b(x)))
        x = self.Mixed_6e(self.Mixed_6d(self.Mixed_6c(self.Mixed_6b(self.Mixed_6a(x)))))
        inner: Tensor = x[..., BORDER:-BORDER, BORDER:-BORDER]
        return inner
