"""SiamFC's trunk in training: features that tell a target from what is around it, in video."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import torch
from torch import Tensor

from benchmark.training.batches import Batch
from benchmark.training.learners.common import window_overlap
from benchmark.training.learners.siamfc import SiamFCLearner
from benchmark.training.recipe import Recipe
from benchmark.training.trunk_parts import deep, fixed_parts, shallow
from trackers.names import TrackerSpec
from trackers.nets.correlation import correlate
from trackers.nets.lite_features import LiteFeatures
from trackers.siamfc.config import SiamFCConfig


class TrunkLearner(SiamFCLearner):
    """The pairs of `SiamFCLearner`; what leads up to the first block that changes is computed once and kept.

    `anchor` of the recipe's options pulls what is trained of the trunk towards where it began.
    """

    def __init__(self, config: SiamFCConfig, spec: TrackerSpec, recipe: Recipe) -> None:
        super().__init__(config, spec, recipe)
        assert isinstance(self.net.backbone, LiteFeatures)
        self.backbone = self.net.backbone
        self.stays = fixed_parts(self.backbone, recipe)
        self.anchor = recipe.options.get("anchor", 0.0)
        self.began = {
            name: parameter.detach().clone()
            for name, parameter in self.backbone.named_parameters()
            if self.anchor and recipe.trains(f"backbone.{name}")
        }

    def see(self, batch: Batch) -> Batch:
        """Return the batch as the part of the trunk that stays sees it; crops where none does."""
        if batch.seen or not self.stays:
            return batch
        templates, searches = self._shallow(batch.templates), self._shallow(batch.searches)
        return replace(batch, templates=templates, searches=searches, seen=True)

    def loss(
        self, batch: Batch, generator: torch.Generator | None, along: float = 1.0
    ) -> tuple[Tensor, Mapping[str, Tensor]]:
        """Return SiamFC's loss, and what pulls the trunk back."""
        total, shown = super().loss(batch, generator, along)
        for name, parameter in self.backbone.named_parameters():
            if name in self.began:
                total = total + self.anchor * (parameter - self.began[name].to(parameter)).square().sum()
        return total, shown

    def correct(self, batch: Batch) -> tuple[Tensor, Tensor]:
        """Return (B, T): the overlap of the target's box at the highest cell with the true one; and the weights."""
        response = correlate(self.search(batch.searches), self.net.ready(self.template(batch.templates[:, 0])))
        overlap = window_overlap(response.flatten(0, 1), batch.positions.flatten(0, 1), batch.sizes.flatten(0, 1))
        return overlap.reshape(batch.weight.shape), batch.weight

    def template(self, seen: Tensor) -> Tensor:
        """Return (B, C, cells, cells) templates, the inner cells of what the trunk makes of (B, ...)."""
        features, cells = deep(self.backbone, seen, len(self.stays)), self.net.cells
        border = (features.shape[-1] - cells) // 2
        return features[..., border : border + cells, border : border + cells]

    def search(self, seen: Tensor) -> Tensor:
        """Return (B, S, C, h, w) features of searches (B, S, ...)."""
        features = deep(self.backbone, seen.flatten(0, 1), len(self.stays))
        return features.reshape(*seen.shape[:2], *features.shape[1:])

    def _shallow(self, crops: Tensor) -> Tensor:
        seen = shallow(self.backbone, crops.flatten(0, 1), len(self.stays))
        return seen.reshape(*crops.shape[:2], *seen.shape[1:])
