"""What learners share: their face, and small tools on batches."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Protocol

import torch
from torch import Tensor, nn

from benchmark.training.batches import Batch
from benchmark.training.recipe import Recipe
from trackers.memtrack.network import MemTrackNet
from trackers.siamfc.network import SiamFCNet

STRIDE = 8
"""Pixels of the search crop a response cell, in all trunks."""
NEAR = 12.0
"""Pixels of the search crop within which a target counts as found."""


class Learner(Protocol):
    """One family in training."""

    @property
    def net(self) -> nn.Module:
        """What ships; it keeps its trunk under ``backbone``."""

    @property
    def stays(self) -> tuple[str, ...]:
        """Beginnings of the names of what `see` goes through, where training leaves it as it is; else none.

        What is seen of a clip can then be computed once and kept.
        """

    @property
    def extra(self) -> nn.Module:
        """What is trained beside it and does not ship."""

    def see(self, batch: Batch) -> Batch:
        """Return the batch as the trunk sees it, or the part of the trunk that stays as it is."""

    def loss(
        self, batch: Batch, generator: torch.Generator | None, along: float = 1.0
    ) -> tuple[Tensor, Mapping[str, Tensor]]:
        """Return the loss of a seen batch and what to show of it; a generator draws pairs, None takes fixed ones.

        `along`, in [0, 1], is how much of the schedule is done.
        """

    def correct(self, batch: Batch) -> tuple[Tensor, Tensor]:
        """Return (B, T), how right the search is, in [0, 1]; and the maps' weights.

        Right is a highest cell within `NEAR` pixels of the target; with a box head, the overlap of its box.
        """

    def prepare(self, batch: Batch) -> None:
        """Fit to a seen batch what is not learnt by steps, once before the first."""

    def shipped(self) -> dict[str, Tensor]:
        """Return the network's tensors as they are to be used."""


def fixed_trunk(recipe: Recipe) -> tuple[str, ...]:
    """Return what stays of a trunk that is trained as a whole or not at all."""
    return ("backbone",) if recipe.trunk_is_fixed else ()


def hits(logits: Tensor, positions: Tensor) -> Tensor:
    """Return (N,), whether the highest cell of (N, m, m) lies within `NEAR` pixels of positions (N, 2)."""
    cell = highest(logits) - (logits.shape[-1] - 1) / 2
    gap: Tensor = cell * STRIDE - positions
    return gap.square().sum(1) <= NEAR**2


def highest(logits: Tensor) -> Tensor:
    """Return (N, 2), column and row of the highest cell of (N, m, m)."""
    side = logits.shape[-1]
    best = logits.flatten(1).argmax(1)
    return torch.stack([best % side, best // side], dim=1)


def window_overlap(logits: Tensor, positions: Tensor, sizes: Tensor) -> Tensor:
    """Return (B,), the IoU of the target's box with one of its size where logits (B, m, m) are highest."""
    place = (highest(logits) - (logits.shape[-1] - 1) / 2) * STRIDE
    shared = (sizes - (place - positions).abs()).clamp_min(0).prod(1)
    return shared / (2 * sizes.prod(1) - shared)


def see_crops(net: SiamFCNet | MemTrackNet, batch: Batch) -> Batch:
    """Return a batch of crops as the trunk's features; templates are its inner cells."""
    if batch.seen:
        return batch

    def trunk(crops: Tensor) -> Tensor:
        image = crops.flatten(0, 1).float()
        if isinstance(net, MemTrackNet) and net.config.trunk == "alexnet":
            image = image / 255  # the authors' input
        flat: Tensor = net.backbone(image)
        return flat.reshape(*crops.shape[:2], *flat.shape[1:])

    cells = net.cells if isinstance(net, SiamFCNet) else net.config.template_cells
    templates = trunk(batch.templates)
    border = (templates.shape[-1] - cells) // 2
    inner = templates[..., border : border + cells, border : border + cells]
    return replace(batch, templates=inner, searches=trunk(batch.searches), seen=True)
