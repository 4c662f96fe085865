"""The alternative to a decision: one map from both branches' (``soft``), as SiamFC++-online fuses its two."""

from __future__ import annotations

import torch
from torch import Tensor

from trackers.dualmn.config import DualMNConfig
from trackers.dualmn.search import find_peaks
from trackers.dualmn.view import View


def fused_view(config: DualMNConfig, long: View, short: View, size: Tensor, stride: int) -> View:
    """Return what the weighted sum of both maps, each brought to [0, 1] first, shows; the cosine window comes after.

    Args:
        config: Weights.
        long: The long branch's view; the size is taken from it.
        short: The short branch's view.
        size: (B, 2) the targets' last size in crop pixels.
        stride: Crop pixels a cell.
    """
    weight = config.soft_weight
    fine = (1 - weight) * _unit(long.fine) + weight * _unit(short.fine)
    peaks = find_peaks(fine, size / stride, window_weight=config.window_weight, upsampling=config.upsampling)
    sure = torch.stack([long.confidence * long.usable, short.confidence * short.usable])
    confidence = (1 - weight) * sure[0] + weight * sure[1]
    return View(
        fine,
        peaks,
        peaks.first * stride,
        long.size,
        confidence,
        long.sound | short.sound,
        long.usable | short.usable,
        peaks.margin,
    )


def _unit(fine: Tensor) -> Tensor:
    """Return maps (B, F, F) scaled to [0, 1]; a flat one, or one that is not finite, becomes 0."""
    flat = torch.where(torch.isfinite(fine), fine, torch.zeros_like(fine)).flatten(1)
    low, high = flat.amin(1, keepdim=True), flat.amax(1, keepdim=True)
    return ((flat - low) / (high - low).clamp_min(1e-12)).reshape(fine.shape)
