"""How large the target is, where no head says so, and to check one: two rulers.

Both ask the first frame alone: a later one was cut by a measured box, and its error would be measured into the next
(docs/dualmn.md).
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from trackers.dualmn.config import DualMNConfig
from trackers.dualmn.network import DualMNNet
from trackers.dualmn.read import affinity, votes
from trackers.dualmn.sight import Sight
from trackers.nets.correlation import correlate_all
from trackers.nets.crops import context_side, square_crops
from trackers.nets.label_maps import label_maps
from trackers.nets.localise import Peak, scale_search
from trackers.nets.sizing import scale_factors, size_change
from trackers.nets.target import Target
from trackers.nets.transfer import Frames

REACH = 2
"""Cells around the middle in which a ruler of crops may move the target."""
CELLS = 8
"""Side of a template: the inner cells of a crop of the memory's geometry."""


@dataclass(frozen=True)
class Scene:
    """What R lanes' targets are measured in."""

    frames: Frames
    colour: Tensor
    """(R, 3) beyond the border."""
    sight: Sight
    """Of the search region; its features are the trunk's, (R, C', h, h)."""
    before: Target
    """What that was cut around."""
    target: Target
    """As it was decided on."""


@dataclass(frozen=True)
class FirstLook:
    """The first frame's target as a ruler of crops knows it."""

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


def memory_crops(
    config: DualMNConfig, frames: Frames, target: Target, factors: Tensor, colour: Tensor
) -> tuple[Tensor, Tensor]:
    """Return (B, S, 3, size, size) crops of the memory's geometry, `factors` (S,) as wide, and their sides."""
    area = config.search_area * config.memory_size / config.search_size
    sides = context_side(target.size, config.context)[:, None] * area * factors
    return square_crops(frames, target.centre, sides, config.memory_size, colour), sides


class TemplateRuler:
    """Measures by the first target, shown at several sizes, correlated with the search region that is there already."""

    def __init__(self, net: DualMNNet, config: DualMNConfig, device: torch.device) -> None:
        self.net, self.config = net, config
        self.shown = scale_factors(config.scales, config.size_step, device)

    def first_look(self, frames: Frames, target: Target, colour: Tensor) -> Tensor:
        """Return (B, T, C', n, n) templates that show the targets at T sizes; 1 is the middle one's own response."""
        crops, _ = memory_crops(self.config, frames, target, 1 / self.shown, colour)
        features = self.net.features(crops)
        border = (features.shape[-1] - CELLS) // 2
        templates = features[..., border : border + CELLS, border : border + CELLS]
        own = templates[:, len(self.shown) // 2].square().sum((1, 2, 3)).clamp_min(1e-6)
        return templates / own[:, None, None, None, None]

    def measure(self, scene: Scene, first: Tensor) -> Measured:
        """Return the targets with the sizes seen, where they were decided to be."""
        config, sight, before, target = self.config, scene.sight, scene.before, scene.target
        place = (target.centre - before.centre - sight.offset) / sight.scale[:, None] / self.net.stride
        held = (target.size.prod(1) / before.size.prod(1)).log() / 2
        responses = correlate_all(sight.features, first)
        growth = size_change(
            responses, place.to(responses), self.shown, config.ruler_upsampling, config, held.to(responses)
        )  # fmt: skip
        moved = target.moved(torch.zeros_like(target.centre), target.size * growth[:, None], config.scale_limits)
        return Measured(moved, torch.ones_like(sight.scale))


class CropRuler:
    """Measures by a scale search on votes for the first look.

    Crops of the memory's geometry, at a few scales around the place decided on, are asked by affinity for the first
    frame's target, cell by cell; the scale and the place with most votes win.
    """

    def __init__(self, net: DualMNNet, config: DualMNConfig, device: torch.device) -> None:
        self.net, self.config, self.device = net, config, device
        self.factors = scale_factors(config.scales, config.scale_step, device)

    def first_look(self, frames: Frames, target: Target, colour: Tensor) -> FirstLook:
        """Return what there is to compare with."""
        crops, sides = memory_crops(self.config, frames, target, target.size.new_ones(1), colour)
        features = self.net.features(crops)[:, 0]
        pixels = (target.size / sides * self.config.memory_size).float()
        label = label_maps(torch.zeros_like(pixels), pixels, features.shape[-1], float(self.net.stride))
        return FirstLook(F.normalize(features, dim=1)[:, None], label.to(features)[:, None])

    def measure(self, scene: Scene, first: FirstLook) -> Measured:
        """Return the targets with the size, and the place to a fraction of a cell, that has most votes."""
        config, target = self.config, scene.target
        crops, sides = memory_crops(config, scene.frames, target, self.factors, scene.colour)
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
