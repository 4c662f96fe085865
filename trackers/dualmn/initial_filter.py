"""Where the online filter starts: the target's own features, averaged over the samples (DiMP's initialiser).

The box is read with precise region pooling (arXiv 1807.11590): the exact mean of the bilinearly interpolated map over
each bin. Bilinear interpolation separates, so a pooled map is two small matrix products.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn


class FilterInitialiser(nn.Module):
    """A 3x3 convolution, the identity at the start, then pooling of the box to k x k cells.

    Args:
        channels: C.
        size: k.
    """

    def __init__(self, channels: int, size: int) -> None:
        super().__init__()
        self.size = size
        self.conv = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        nn.init.dirac_(self.conv.weight)
        self.gain = nn.Parameter(torch.ones(()))

    def forward(self, features: Tensor, boxes: Tensor) -> Tensor:
        """Return the (B, C, k, k) filter, the mean over samples, of length `gain`.

        Args:
            features: (B, N, C, h, w).
            boxes: (B, N, 4) left, top, right and bottom side from the map's centre, in cells.
        """
        lanes, samples = features.shape[:2]
        mapped = self.conv(features.flatten(0, 1))
        pooled = region_pool(mapped, boxes.flatten(0, 1).to(mapped.dtype), self.size)
        mean = pooled.reshape(lanes, samples, *pooled.shape[1:]).mean(1)
        length = mean.flatten(1).norm(dim=1).clamp_min(1e-12)
        filters: Tensor = self.gain * mean / length[:, None, None, None]
        return filters


def region_pool(features: Tensor, boxes: Tensor, bins: int) -> Tensor:
    """Return (N, C, bins, bins), the exact means of maps (N, C, h, w), interpolated bilinearly, over the boxes' bins.

    Args:
        features: Outside the map it is taken as 0.
        boxes: (N, 4) left, top, right, bottom from the map's centre, in cells.
        bins: Bins a side.
    """
    height, width = features.shape[-2:]
    across = bin_weights(boxes[:, 0], boxes[:, 2], bins, width)
    down = bin_weights(boxes[:, 1], boxes[:, 3], bins, height)
    return torch.einsum("nyh,nchw,nxw->ncyx", down, features, across)


def bin_weights(low: Tensor, high: Tensor, bins: int, cells: int) -> Tensor:
    """Return (N, bins, cells), how much each cell counts in the mean over each bin of [low, high]."""
    share = torch.linspace(0, 1, bins + 1, device=low.device, dtype=low.dtype)
    edges = low[:, None] + (high - low).clamp_min(1e-3)[:, None] * share
    place = torch.arange(cells, device=low.device, dtype=low.dtype) - (cells - 1) / 2
    area = _hat_integral(edges[:, :, None] - place)
    return (area[:, 1:] - area[:, :-1]) / (edges[:, 1:] - edges[:, :-1])[:, :, None]


def _hat_integral(x: Tensor) -> Tensor:
    """Return the integral from -infinity to x of the hat function max(0, 1 - |t|)."""
    x = x.clamp(-1, 1)
    return torch.where(x < 0, (1 + x) ** 2 / 2, 1 - (1 - x) ** 2 / 2)
