"""Box heads without anchors: class, centre-ness and four distances at every cell (STMTrack's, FCOS style).

All distances are in pixels of the search crop; cell (i, j) of an n x n map lies at ((j, i) - (n-1)/2) * stride from
the crop's centre.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from trackers.nets.pointwise import Pointwise


@dataclass(frozen=True)
class HeadMaps:
    """What a head says of every cell of N maps."""

    classes: Tensor
    """(N, h, w) logit of lying inside the target's box."""
    centreness: Tensor
    """(N, h, w) logit of lying near its centre."""
    distances: Tensor
    """(N, 4, h, w) from the cell to the box's left, top, right and bottom side, in crop pixels, > 0."""

    def scores(self) -> Tensor:
        """Return (N, h, w), class times centre-ness, in (0, 1)."""
        return torch.sigmoid(self.classes) * torch.sigmoid(self.centreness)

    def boxes(self, stride: int) -> Tensor:
        """Return (N, 4, h, w), the box of every cell: centre x, y from the crop's centre, width, height, in pixels."""
        height, width = self.distances.shape[-2:]
        device = self.distances.device
        x = (torch.arange(width, device=device) - (width - 1) / 2) * stride
        y = (torch.arange(height, device=device) - (height - 1) / 2) * stride
        left, top, right, bottom = self.distances.unbind(1)
        return torch.stack([x + (right - left) / 2, y[:, None] + (bottom - top) / 2, left + right, top + bottom], dim=1)


def _layer(channels_in: int, channels_out: int, separable: bool) -> nn.Module:
    if not separable:
        return nn.Conv2d(channels_in, channels_out, 3, padding=1)
    return nn.Sequential(
        nn.Conv2d(channels_in, channels_in, 3, padding=1, groups=channels_in, bias=False),
        Pointwise(channels_in, channels_out),
    )


def _tower(channels_in: int, channels: int, depth: int, separable: bool) -> nn.Sequential:
    layers: list[nn.Module] = []
    for index in range(depth):
        layers.append(_layer(channels_in if index == 0 else channels, channels, separable))
        if index < depth - 1:
            layers.append(nn.ReLU())
    return nn.Sequential(*layers)


def _output(channels: int, outputs: int, normalised: bool) -> nn.Sequential:
    layers: list[nn.Module] = [Pointwise(channels, outputs)]
    return nn.Sequential(*layers, *([nn.BatchNorm2d(outputs)] if normalised else []))  # not the trunk's epsilon


class AnchorFreeHead(nn.Module):
    """Two towers, one for class and centre-ness, one for the box.

    Args:
        channels_in: Of the input.
        channels: Of the towers.
        depth: Convolutions a tower: 7 in the paper preset.
        stride: Crop pixels a cell: distances are exp(s o + b) times it.
        separable: Compact: depthwise and pointwise convolutions, and no batch norm at the outputs, where it would undo
            the class bias that says how rare the target is. Else STMTrack's: full convolutions, batch norm at the
            outputs alone, its initial values.
    """

    def __init__(self, channels_in: int, channels: int, depth: int, stride: int, separable: bool) -> None:
        super().__init__()
        self.stride = stride
        self.class_tower = _tower(channels_in, channels, depth, separable)
        self.box_tower = _tower(channels_in, channels, depth, separable)
        self.classes = _output(channels, 1, normalised=not separable)
        self.centreness = _output(channels, 1, normalised=not separable)
        self.offsets = _output(channels, 4, normalised=not separable)
        self.scale = nn.Parameter(torch.ones(()))
        self.shift = nn.Parameter(torch.zeros(()))
        if not separable:
            for module in self.modules():
                if isinstance(module, nn.Conv2d):
                    nn.init.normal_(module.weight, std=1e-4)
        rare = self.classes[0].bias
        assert isinstance(rare, Tensor)
        nn.init.constant_(rare, -math.log(99))

    def forward(self, features: Tensor, of_box: Tensor | None = None) -> HeadMaps:
        """Return the maps of features (N, C, h, w); the box tower looks at `of_box` instead, where that is given."""
        of_class = self.class_tower(features)
        offsets = self.offsets(self.box_tower(features if of_box is None else of_box))
        distances = torch.exp((self.scale * offsets + self.shift).clamp(max=8)) * self.stride
        return HeadMaps(self.classes(of_class)[:, 0], self.centreness(of_class)[:, 0], distances)


@dataclass(frozen=True)
class Chosen:
    """The cell a head's box is taken from, in each of B lanes."""

    box: Tensor
    """(B, 4) centre x, y from the crop's centre, width and height, in crop pixels."""
    score: Tensor
    """(B,) class times centre-ness there, in (0, 1)."""
    penalised: Tensor
    """(B,) the same times the penalty of a changed size: what size smoothing goes by."""
    ranked: Tensor
    """(B,) the same with the window mixed in: what the cell was chosen by."""
    margin: Tensor
    """(B,) relative lead of the chosen cell over the next."""


def choose_box(
    scores: Tensor, boxes: Tensor, size: Tensor, *, penalty: float, window_weight: float, window: Tensor
) -> Chosen:
    """Choose each lane's cell as SiamRPN and STMTrack do: penalty on changed size and shape, then a cosine window.

    Args:
        scores: (B, h, w) class times centre-ness.
        boxes: (B, 4, h, w) centre and size in crop pixels.
        size: (B, 2) the target's present width and height in crop pixels.
        penalty: Strength k in exp(-k (r s - 1)), r and s the changes of shape and of size, both >= 1.
        window_weight: Weight of the window.
        window: (h, w), 1 at the centre, or (B, h, w).
    """
    width, height = boxes[:, 2], boxes[:, 3]
    now_width, now_height = size[:, 0, None, None], size[:, 1, None, None]
    change = _ratio(_context_side(width, height) / _context_side(now_width, now_height))
    shape = _ratio((width / height) / (now_width / now_height))
    factor = torch.exp(-(change * shape - 1) * penalty)
    penalised = factor * scores
    ranked = (penalised * (1 - window_weight) + window * window_weight).flatten(1)
    best = ranked.argmax(1)
    lane = torch.arange(len(best), device=best.device)
    top = ranked.topk(2, dim=1).values
    return Chosen(
        boxes.flatten(2)[lane, :, best],
        scores.flatten(1)[lane, best],
        penalised.flatten(1)[lane, best],
        top[:, 0],
        (top[:, 0] - top[:, 1]) / top[:, 0].abs().clamp_min(1e-12),
    )


def _ratio(value: Tensor) -> Tensor:
    return torch.maximum(value, 1 / value)


def _context_side(width: Tensor, height: Tensor) -> Tensor:
    padding = (width + height) / 2
    return ((width + padding) * (height + padding)).sqrt()
