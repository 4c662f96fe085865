"""DualMN's long branch in training: necks, label-map encoder and head, on the templates of a clip as its memory."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor, nn

from benchmark.training.batches import Batch
from benchmark.training.learners.common import STRIDE
from benchmark.training.recipe import Recipe
from trackers.dualmn.config import DualMNConfig
from trackers.dualmn.head import HeadMaps
from trackers.dualmn.losses import head_loss
from trackers.dualmn.network import DualMNNet
from trackers.errors import InputError
from trackers.names import TrackerSpec
from trackers.nets.crops import context_side
from trackers.nets.label_maps import label_maps
from trackers.nets.pretrained import load_weights
from trackers.weights.catalog import find_weights


class DualMNLearner:
    """Three frames remembered, another one searched; a share of the memories is another clip's.

    A clip's template before search t shows frame t, whose size is that of search t - 1: the first template, of which
    no size is known, is not used.
    """

    READ = 3

    def __init__(self, config: DualMNConfig, spec: TrackerSpec, recipe: Recipe) -> None:
        if config.trunk != "lite0" or not recipe.trunk_is_fixed or config.branches == "short":
            raise InputError("of dualmn, the long branch of the compact preset can be trained, on its trunk as it is")
        if recipe.frames < self.READ + 2:
            raise InputError(f"dualmn's long branch reads {self.READ} frames of a clip: frames is at least 5")
        self.net = DualMNNet(config)
        load_weights(self.net, find_weights(spec.family.name, spec.preset, recipe.start))
        self.extra = nn.Identity()
        self.memory_size = config.memory_size
        self.context = config.context
        self.foreign = recipe.options.get("foreign", 1 / 3)

    def see(self, batch: Batch) -> Batch:
        """Return the batch as the trunk sees it; templates keep all of their cells."""
        if batch.seen:
            return batch
        templates, searches = self.net.features(batch.templates), self.net.features(batch.searches)
        return Batch(templates, searches, batch.positions, batch.sizes, batch.weight, seen=True)

    def loss(self, batch: Batch, generator: torch.Generator | None) -> tuple[Tensor, Mapping[str, Tensor]]:
        """Return the loss of one search a clip, with a memory of three other frames in any order of time."""
        clips, frames = batch.weight.shape
        lane = torch.arange(clips)
        if generator is None:
            order = torch.arange(1, frames).expand(clips, -1)
            foreign = torch.zeros(clips, dtype=torch.bool)
        else:
            order = torch.rand(clips, frames - 1, generator=generator).argsort(1) + 1
            foreign = torch.rand(clips, generator=generator) < self.foreign
        search = order[:, self.READ] - 1  # the search of the frame that this template would show
        own = self._maps(batch, order[:, : self.READ], search, foreign if clips > 1 else torch.zeros_like(foreign))
        device = batch.weight.device
        loss = head_loss(
            own, batch.positions[lane, search], batch.sizes[lane, search], batch.weight[lane, search],
            foreign.to(device), STRIDE,
        )  # fmt: skip
        return loss.total, {
            "focal": loss.focal, "centreness": loss.centreness, "box": loss.box, "found": loss.overlap,
        }  # fmt: skip

    def correct(self, batch: Batch) -> tuple[Tensor, Tensor]:
        """Return (B, T): the overlap of the box that tracking would choose; and weights, 0 before there is a memory."""
        clips, frames = batch.weight.shape
        weight = batch.weight.clone()
        weight[:, 0] = 0
        found = torch.zeros_like(weight)
        for t in range(1, frames):
            read = torch.tensor([1, (1 + t) // 2, t]).expand(clips, -1)
            maps = self._maps(batch, read, torch.full((clips,), t), torch.zeros(clips, dtype=torch.bool))
            best = maps.scores().flatten(1).argmax(1)
            lane = torch.arange(clips, device=best.device)
            boxes = maps.boxes(STRIDE).flatten(2)[lane, :, best]
            found[:, t] = _overlap(boxes, torch.cat([batch.positions[:, t], batch.sizes[:, t]], 1))
        return found, weight

    def prepare(self, batch: Batch) -> None:
        """Nothing is to be fitted."""

    def shipped(self) -> dict[str, Tensor]:
        """Return the network's tensors."""
        return self.net.state_dict()

    def _maps(self, batch: Batch, read: Tensor, search: Tensor, foreign: Tensor) -> HeadMaps:
        """Return the head's maps for `search` (B,) with the templates `read` (B, R); `foreign` (B,): the next clip's.

        Sizes in a template are those of the search of the same frame, brought to the template's scale.
        """
        assert self.net.long is not None
        clips, reads = read.shape
        whose = torch.where(foreign, (torch.arange(clips) + 1) % clips, torch.arange(clips))[:, None]
        features = batch.templates[whose, read]
        seen = batch.sizes[whose, read - 1]
        sizes = seen / context_side(seen, self.context)[..., None] * self.memory_size
        label = label_maps(torch.zeros_like(sizes), sizes, features.shape[-1], float(STRIDE))
        memory = self.net.long.remember(features.flatten(0, 1), label.flatten(0, 1))
        query = self.net.long.query(batch.searches[torch.arange(clips), search])
        valid = torch.ones(clips, reads, dtype=torch.bool, device=query.device)
        maps: HeadMaps = self.net.long(query, memory.reshape(clips, reads, *memory.shape[1:]), valid)
        return maps


def _overlap(first: Tensor, second: Tensor) -> Tensor:
    """Return (N,), the IoU of boxes (N, 4): centre, size."""
    low = torch.maximum(first[:, :2] - first[:, 2:] / 2, second[:, :2] - second[:, 2:] / 2)
    high = torch.minimum(first[:, :2] + first[:, 2:] / 2, second[:, :2] + second[:, 2:] / 2)
    shared = (high - low).clamp_min(0).prod(1)
    return shared / (first[:, 2:].prod(1) + second[:, 2:].prod(1) - shared).clamp_min(1e-6)
