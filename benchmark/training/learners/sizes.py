"""How far off a network tells sizes, as tracking reads them off the first template cut at several sizes."""

from __future__ import annotations

from dataclasses import replace

import torch
import torch.nn.functional as F
from torch import Tensor

from benchmark.training.clips import Cut
from benchmark.training.learners.common import STRIDE
from trackers.errors import InputError
from trackers.nets.correlation import correlate
from trackers.nets.crops import context_side
from trackers.nets.sizing import scale_factors, size_change
from trackers.siamfc.config import SiamFCConfig
from trackers.siamfc.network import SiamFCNet

SPREAD = 0.1
"""Logarithm of a size by which an error counts one half; larger errors count in proportion."""


class SizeLoss:
    """The Huber loss of the size that `trackers.nets.sizing` tells in the target's true place.

    Raises InputError where the clips' first templates are not cut at the sizes at which the tracker cuts them.
    """

    def __init__(self, config: SiamFCConfig, cut: Cut) -> None:
        self.factors = scale_factors(config.scales, config.size_step, torch.device("cpu")).float()
        others = [size for size in self.factors.tolist() if size != 1]
        if config.by_crops or [round(size, 3) for size in cut.sizes] != [round(size, 3) for size in others]:
            wanted = [round(size, 4) for size in others]
            raise InputError(f"sizing needs cut.sizes = {wanted}, at which the tracker cuts its first template")
        self.template_size = cut.template_size
        self.upsampling = config.upsampling
        # all of the difference that is seen, however small, large or unsure
        self.rules = replace(config, size_tolerance=0.0, size_share=1.0, size_sure=1e-6, size_most=10.0)

    def order(self, frames: int) -> list[int]:
        """Return where the first template lies among a clip's of T `frames`, from the smallest to the largest size."""
        half = len(self.factors) // 2
        others = range(frames, frames + 2 * half)
        return [*others[:half], 0, *others[half:]]

    def __call__(
        self, net: SiamFCNet, pyramid: Tensor, search: Tensor, positions: Tensor, sizes: Tensor, weight: Tensor
    ) -> Tensor:
        """Return the weighted mean loss.

        Args:
            net: Its neck makes templates ready.
            pyramid: (B, P, C, cells, cells) the first template at its sizes, in their order, before the neck.
            search: (B, S, C, h, w) features of searches.
            positions: (B, S, 2) the target's centre in pixels from the search crop's middle.
            sizes: (B, S, 2) its width and height in pixels of the search crop.
            weight: (B, S), 0 for a search that does not count.
        """
        ready = net.ready(pyramid.flatten(0, 1)).reshape(pyramid.shape)
        middle = pyramid.shape[1] // 2
        own = (pyramid[:, middle] * ready[:, middle]).sum((1, 2, 3)).clamp_min(1e-6)
        responses = torch.stack([correlate(search, one) for one in ready.unbind(1)], 2) / own[:, None, None, None, None]
        shift = positions.flatten(0, 1) / STRIDE
        told = size_change(responses.flatten(0, 1), shift, self.factors.to(search), self.upsampling, self.rules).log()
        true = (context_side(sizes) / self.template_size).log().flatten()
        error = F.huber_loss(told / SPREAD, true / SPREAD, reduction="none")
        return (error * weight.flatten()).sum() / weight.sum().clamp_min(1e-6)
