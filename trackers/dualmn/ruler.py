"""How large the target is: a scale search on votes for its first look, where no head says so, and to check one.

Crops of the memory's geometry, at a few scales around the place found, are asked by affinity for the first frame's
target, cell by cell; the scale and the place with most votes win. The first frame alone is asked: a later one was cut
by a measured box, and its error would be measured into the next (docs/dualmn.md).
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from trackers.dualmn.config import DualMNConfig
from trackers.dualmn.network import DualMNNet
from trackers.dualmn.read import affinity, votes
from trackers.nets.crops import context_side, square_crops
from trackers.nets.label_maps import label_maps
from trackers.nets.localise import Peak, scale_search
from trackers.nets.target import Target
from trackers.nets.transfer import Frames, precise

REACH = 2
"""Cells around the middle in which the ruler may move the target."""


@dataclass(frozen=True)
class FirstLook:
    """The first frame's target as the ruler knows it."""

    features: Tensor
    """(B, 1, C', m, m) trunk features, of length 1 at every cell."""
    label: Tensor
    """(B, 1, m, m)."""


@dataclass(frozen=True)
class Measured:
    """What measuring found in R lanes."""

    target: Target
    margin: Tensor
    """(R,) smallest relative lead of scale and place."""


class Ruler:
    """Measures targets against their first look."""

    def __init__(self, net: DualMNNet, config: DualMNConfig, device: torch.device) -> None:
        self.net, self.config, self.device = net, config, device
        half = config.scales // 2
        factors = config.scale_step ** torch.arange(-half, half + 1, dtype=torch.float64)
        self.factors = factors.to(precise(device)).to(device)

    def crops(self, frames: Frames, target: Target, factors: Tensor, colour: Tensor) -> tuple[Tensor, Tensor]:
        """Return (B, S, 3, size, size) crops of the memory's geometry and their sides (B, S) in pixels."""
        config = self.config
        area = config.search_area * config.memory_size / config.search_size
        sides = context_side(target.size, config.context)[:, None] * area * factors
        crops = square_crops(frames, target.centre, sides, config.memory_size, colour)
        return crops, sides

    def first_look(self, frames: Frames, target: Target, colour: Tensor) -> FirstLook:
        """Return what there is to compare with."""
        crops, sides = self.crops(frames, target, target.size.new_ones(1), colour)
        features = self.net.features(crops)[:, 0]
        pixels = (target.size / sides * self.config.memory_size).float()
        label = label_maps(torch.zeros_like(pixels), pixels, features.shape[-1], float(self.net.stride))
        return FirstLook(F.normalize(features, dim=1)[:, None], label.to(features)[:, None])

    def measure(self, frames: Frames, target: Target, first: FirstLook, colour: Tensor) -> Measured:
        """Return the targets with the size, and the place to a fraction of a cell, that has most votes."""
        config = self.config
        crops, sides = self.crops(frames, target, self.factors, colour)
        lanes, scales = crops.shape[:2]
        seen = F.normalize(self.net.features(crops), dim=2)
        cells = seen.shape[-1]
        # One query map a lane, its scales below each other; logits are `sharpness` for equal cells.
        query = seen.transpose(1, 2).flatten(2, 3) * (config.sharpness * seen.shape[2] ** 0.5)
        shares = affinity(query, first.features, torch.ones(lanes, 1, dtype=torch.bool, device=self.device))
        labels = first.label.repeat_interleave(scales, 0)
        counted = votes(shares.reshape(lanes * scales, cells * cells, 1, -1), labels, cells)
        border = (counted.shape[-1] - 1) // 2 - REACH
        inner = counted[:, border : counted.shape[-1] - border, border : counted.shape[-1] - border]
        peak: Peak = scale_search(
            inner.reshape(lanes, scales, *inner.shape[1:]),
            penalty=config.scale_penalty,
            window_weight=config.ruler_window,
            upsampling=config.ruler_upsampling,
        )
        factor = self.factors[peak.scale]
        side = sides.gather(1, peak.scale[:, None])
        moved = target.moved(
            peak.shift * self.net.stride * side / config.memory_size,
            target.size * (1 - config.scale_damping + config.scale_damping * factor)[:, None],
            config.scale_limits,
        )
        return Measured(moved, peak.margin.to(sides.dtype))
