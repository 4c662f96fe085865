"""DiMP's own network as the short branch: trunk, features, the filter's start, optimiser, box (docs/dualmn.md)."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from trackers.dualmn.config import DualMNConfig
from trackers.dualmn.filters import apply_filter
from trackers.dualmn.online import LabelShapes, OnlineOptimiser
from trackers.dualmn.refiner import Refiner, pooled
from trackers.nets.lanes import see_lanes
from trackers.nets.resnet import ResNet50, normalised

CHANNELS = 512
BINS, SPACING = 100, 0.1
"""Knots of the label's shapes, and cells between them."""
MASK_RADIUS = 2.0
"""Cells from the target's centre at which the initial mask is 1/2 in the middle of its slope."""


@dataclass(frozen=True)
class DimpSeen:
    """What the network makes of N crops."""

    middle: Tensor
    """(N, 512, 2 h, 2 h) at stride 8."""
    last: Tensor
    """(N, 1024, h, h) at stride 16."""
    encoded: Tensor
    """(N, 512, h, h) what filters are applied to."""


class _Start(nn.Module):
    """The filter's start: a convolution, and the mean over samples of the box's bins."""

    def __init__(self, size: int) -> None:
        super().__init__()
        self.size = size
        self.conv = nn.Conv2d(CHANNELS, CHANNELS, 3, padding=1)

    def forward(self, encoded: Tensor, boxes: Tensor) -> Tensor:
        """Return the (B, C, k, k) filter of encoded samples (B, N, C, h, w) with boxes (B, N, 4) in crop pixels."""
        lanes, samples = encoded.shape[:2]
        mapped = self.conv(encoded.flatten(0, 1))
        found = pooled(mapped, boxes.flatten(0, 1)[:, None], self.size, ResNet50.stride)
        return found.reshape(lanes, samples, *found.shape[2:]).mean(1)


class DimpNet(nn.Module):
    """DiMP-50's network; SuperDiMP's is the same."""

    stride = ResNet50.stride

    def __init__(self, config: DualMNConfig) -> None:
        super().__init__()
        self.backbone = ResNet50()
        self.neck = nn.Conv2d(ResNet50.channels, CHANNELS, 3, padding=1, bias=False)
        self.filter_size = config.filter_size
        self.initial = _Start(config.filter_size)
        shapes = LabelShapes(BINS, SPACING, config.label_sigma, target_radius=MASK_RADIUS)
        self.optimiser = OnlineOptimiser(shapes, config.regulariser, config.step)
        self.refiner = Refiner()

    def see(self, crops: Tensor) -> DimpSeen:
        """Return what is seen in crops (N, 3, H, W) in 0..255; on a CPU one at a time, as in `see_lanes`."""
        middle: list[Tensor] = []

        def last_of(lane: Tensor) -> Tensor:
            fine, coarse = self.backbone(lane)
            middle.append(fine)
            return coarse  # type: ignore[no-any-return]

        last = see_lanes(last_of, crops[:, None].float())[:, 0]
        return DimpSeen(torch.cat(middle), last, self.encode(last))

    def encode(self, last: Tensor) -> Tensor:
        """Return what filters are applied to, (N, 512, h, h), of the trunk's last features (N, 1024, h, h)."""
        return normalised(self.neck(last), (1 / (CHANNELS * self.filter_size**2)) ** 0.5)

    def raw_score(self, query: Tensor, filters: Tensor) -> Tensor:
        """Return the (B, h + 1, w + 1) scores of encoded crops (B, C, h, w) under filters (B, C, k, k), k even."""
        return apply_filter(query[:, None], filters)[:, 0]
