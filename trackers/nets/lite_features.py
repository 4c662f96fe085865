"""The compact presets' features: two blocks of the Lite0 trunk, normalised and side by side."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from trackers.errors import InputError
from trackers.nets.lite0 import CHANNELS, Lite0

LITE0_TAPS = {7: 0.5, 10: 1.0}
"""Block: weight of its L2-normalised features (docs/siamfc.md)."""


class LiteFeatures(nn.Module):
    """Lite0 features at stride 8, each tap L2-normalised at every cell, weighted and concatenated.

    Args:
        last_block: Where the trunk is cut: 10 (both taps, 192 channels) or 7 (the first tap alone, 80 channels).
    """

    stride = 8

    def __init__(self, last_block: int = 10) -> None:
        super().__init__()
        if last_block not in LITE0_TAPS:
            raise InputError(f"the trunk ends at block {' or '.join(map(str, LITE0_TAPS))}, not {last_block}")
        self.taps = {block: weight for block, weight in LITE0_TAPS.items() if block <= last_block}
        self.channels = sum(CHANNELS[block] for block in self.taps)
        self.power = sum(weight**2 for weight in self.taps.values())
        """Squared length of the features at every cell."""
        self.trunk = Lite0(tuple(self.taps), deep_stride=8)

    def forward(self, image: Tensor) -> Tensor:
        """Return the (N, C, H/8, W/8) features of image (N, 3, H, W) in 0..255."""
        taps = self.trunk(image)
        return torch.cat([F.normalize(t, dim=1) * w for t, w in zip(taps, self.taps.values(), strict=True)], dim=1)
