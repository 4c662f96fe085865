"""The compact presets' features: two blocks of the Lite0 trunk, normalised and side by side."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from trackers.nets.lite0 import CHANNELS, Lite0

LITE0_TAPS = {7: 0.5, 10: 1.0}
"""Block: weight of its L2-normalised features (docs/siamfc.md)."""


class LiteFeatures(nn.Module):
    """Lite0 features at stride 8, each tap L2-normalised at every cell, weighted and concatenated: 192 channels."""

    stride = 8
    channels = sum(CHANNELS[tap] for tap in LITE0_TAPS)

    def __init__(self) -> None:
        super().__init__()
        self.trunk = Lite0(tuple(LITE0_TAPS), deep_stride=8)

    def forward(self, image: Tensor) -> Tensor:
        """Return the (N, 192, H/8, W/8) features of image (N, 3, H, W) in 0..255."""
        taps = self.trunk(image)
        return torch.cat([F.normalize(t, dim=1) * w for t, w in zip(taps, LITE0_TAPS.values(), strict=True)], dim=1)
