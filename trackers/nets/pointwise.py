"""1x1 convolutions that are fast at any number of threads."""

from __future__ import annotations

import torch.nn.functional as F
from torch import Tensor, nn

SMALL = 20480
"""Numbers up to which torch keeps a dilated convolution of one image to itself, and is slow at it."""


class Pointwise(nn.Conv2d):
    """A 1x1 convolution.

    At one thread torch does these in a loop of its own, half as fast as oneDNN, which gets everything that is dilated.
    A kernel of one cell has no gaps: dilated or not, it does the same.
    """

    def __init__(self, channels_in: int, channels_out: int, bias: bool = True) -> None:
        super().__init__(channels_in, channels_out, 1, bias=bias)

    def forward(self, x: Tensor) -> Tensor:
        """Return the (N, C', h, w) convolution of x (N, C, h, w)."""
        dilation = 2 if x.device.type == "cpu" and x.numel() > SMALL else 1
        return F.conv2d(x, self.weight, self.bias, dilation=dilation)
