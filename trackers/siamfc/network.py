"""SiamFC's two trunks behind one face: crops in, template or search features out."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from trackers.nets.alexnet import AlexNet
from trackers.nets.correlation import correlate
from trackers.nets.lanes import see_lanes
from trackers.nets.lite_features import LiteFeatures
from trackers.siamfc.config import SiamFCConfig


class SiamFCNet(nn.Module):
    """The shared trunk, a neck that begins as the identity, and the scale and shift of the response."""

    response_shift: Tensor | None

    def __init__(self, config: SiamFCConfig) -> None:
        super().__init__()
        self.cells = config.template_cells
        self.backbone: nn.Module
        self.neck: nn.Module
        if config.trunk == "lite0":
            self.backbone = lite = LiteFeatures(config.last_block)
            self.neck = nn.Conv2d(lite.channels, lite.channels, 1, bias=False)
            nn.init.eye_(self.neck.weight[:, :, 0, 0])
            self.gain = 1 / (config.template_cells**2 * lite.power)  # the mean over cells of a cosine in [-1, 1]
        else:
            self.backbone, self.neck = AlexNet(groups=2), nn.Identity()
            self.gain = 1e-3  # the authors' constant (docs/siamfc.md)
        # MatConvNet's adjust_b, where the network is the authors'
        self.register_buffer("response_shift", torch.zeros(()) if config.trunk == "alexnet" else None)

    def features(self, crops: Tensor) -> Tensor:
        """Return (B, S, C, h, w) features of crops (B, S, 3, H, W)."""
        return see_lanes(self.backbone, crops.float())

    def templates(self, crops: Tensor) -> tuple[Tensor, Tensor]:
        """Return the (B, T, C, cells, cells) templates of crops (B, T, 3, H, W), and their own responses (B, T).

        A template is the inner cells of its crop's features, ready to be correlated with. Its own response is that to
        itself.
        """
        features = self.features(crops)
        border = (features.shape[-1] - self.cells) // 2
        inner = features[..., border : border + self.cells, border : border + self.cells].contiguous()
        ready = self.ready(inner.flatten(0, 1)).reshape(inner.shape)
        return ready, (inner * ready).sum((2, 3, 4))

    def response(self, search: Tensor, template: Tensor) -> Tensor:
        """Return the (B, S, m, m) response of search features (B, S, C, h, w) to templates (B, C, cells, cells).

        The shift counts where off-centre scales are penalised: the penalty multiplies it too.
        """
        response = correlate(search, template) * self.gain
        return response if self.response_shift is None else response + self.response_shift

    def ready(self, template: Tensor) -> Tensor:
        """Return the template (B, C, cells, cells) that search features as they are can be correlated with.

        With a neck W the response is <W x, W z> = <x, W'W z>: applied twice to the template, once transposed, it costs
        nothing in the search region.
        """
        if not isinstance(self.neck, nn.Conv2d):
            return template
        return F.conv2d(self.neck(template), self.neck.weight.transpose(0, 1))
