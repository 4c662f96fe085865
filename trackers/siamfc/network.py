"""SiamFC's two trunks behind one face: crops in, template or search features out."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from trackers.nets.alexnet import AlexNet
from trackers.nets.lite0 import Lite0
from trackers.siamfc.config import SiamFCConfig

LITE0_TAPS = {7: 0.5, 10: 1.0}
"""Block: weight of its L2-normalised features (docs/siamfc.md)."""


class LiteFeatures(nn.Module):
    """Lite0 features at stride 8, each tap L2-normalised at every cell, weighted and concatenated: 192 channels."""

    def __init__(self) -> None:
        super().__init__()
        self.trunk = Lite0(tuple(LITE0_TAPS), deep_stride=8)

    def forward(self, image: Tensor) -> Tensor:
        """Return the (N, 192, H/8, W/8) features of image (N, 3, H, W) in 0..255."""
        taps = self.trunk(image)
        return torch.cat([F.normalize(t, dim=1) * w for t, w in zip(taps, LITE0_TAPS.values(), strict=True)], dim=1)


class SiamFCNet(nn.Module):
    """The shared trunk and the scale of the response."""

    def __init__(self, config: SiamFCConfig) -> None:
        super().__init__()
        self.backbone: nn.Module = LiteFeatures() if config.trunk == "lite0" else AlexNet(groups=2)
        self.cells = config.template_cells
        # lite0: the mean over cells of a cosine in [-1, 1]; alexnet: the authors' constant (docs/siamfc.md).
        weights = sum(w * w for w in LITE0_TAPS.values())
        self.gain = 1 / (config.template_cells**2 * weights) if config.trunk == "lite0" else 1e-3

    def features(self, crops: Tensor) -> Tensor:
        """Return (B, S, C, h, w) features of crops (B, S, 3, H, W)."""
        flat = self.backbone(crops.flatten(0, 1).float())
        return flat.reshape(*crops.shape[:2], *flat.shape[1:])  # type: ignore[no-any-return]

    def template(self, crops: Tensor) -> Tensor:
        """Return the (B, C, cells, cells) template of crops (B, 1, 3, H, W): the inner cells of its features."""
        features = self.features(crops)[:, 0]
        border = (features.shape[-1] - self.cells) // 2
        return features[..., border : border + self.cells, border : border + self.cells].contiguous()
