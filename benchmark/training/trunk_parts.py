"""The compact trunk in two parts: blocks that stay as they are, whose output is kept, and those that are trained."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from benchmark.training.recipe import Recipe
from trackers.nets.lite_features import LiteFeatures

TRUNK = "backbone.trunk."


def fixed_parts(backbone: LiteFeatures, recipe: Recipe) -> tuple[str, ...]:
    """Return how the names of the trunk's leading parts begin that a recipe leaves as they are: stem, then blocks.

    None where the stem is trained. All blocks that a search is tapped at, and those between, are left to the others.
    """
    names = [f"{TRUNK}stem.", *(f"{TRUNK}blocks.{i}." for i in range(min(backbone.taps)))]
    changed = [name for name, _ in backbone.named_parameters(prefix="backbone") if recipe.trains(name)]
    place = next((i for i, part in enumerate(names) if any(name.startswith(part) for name in changed)), len(names))
    return tuple(names[:place])


def shallow(backbone: LiteFeatures, image: Tensor, parts: int) -> Tensor:
    """Return what the first `parts` of stem and blocks make of images (N, 3, H, W) in 0..255; at least one."""
    trunk = backbone.trunk
    seen = F.relu6(trunk.stem(image.float().sub(127.0) / 128))
    for block in trunk.blocks[: parts - 1]:
        seen = block(seen)
    return seen


def deep(backbone: LiteFeatures, seen: Tensor, parts: int) -> Tensor:
    """Return the trunk's features (N, C, h, w) from what `shallow` gave, or from images where `parts` is 0."""
    if parts == 0:
        whole: Tensor = backbone(seen)
        return whole
    taps = []
    for index, block in enumerate(backbone.trunk.blocks[parts - 1 :], parts - 1):
        seen = block(seen)
        if index in backbone.taps:
            taps.append(F.normalize(seen, dim=1) * backbone.taps[index])
    return torch.cat(taps, dim=1)
