"""DualMN's branches in training, one at a time: the long one reads a clip's templates, the short one its searches."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import torch
from torch import Tensor, nn

from benchmark.training.batches import Batch
from benchmark.training.learners.common import STRIDE, fixed_trunk
from benchmark.training.recipe import Recipe
from trackers.dualmn.config import DualMNConfig
from trackers.dualmn.head import HeadMaps
from trackers.dualmn.losses import filter_loss, head_loss
from trackers.dualmn.network import DualMNNet, ShortNet
from trackers.dualmn.online import Samples
from trackers.dualmn.short import around
from trackers.names import TrackerSpec
from trackers.nets.crops import context_side
from trackers.nets.pretrained import load_weights
from trackers.weights.catalog import find_weights


class BranchLearner:
    """What both branches' learners share."""

    READ = 3
    """Frames of a clip that the branch remembers."""

    def __init__(self, config: DualMNConfig, spec: TrackerSpec, recipe: Recipe) -> None:
        self.config = config
        self.net = DualMNNet(config)
        self.begin(spec, recipe)
        self.extra = nn.Identity()
        self.foreign = recipe.options.get("foreign", 1 / 3)
        self.stays = fixed_trunk(recipe)

    def begin(self, spec: TrackerSpec, recipe: Recipe) -> None:
        """Take the weights to start from."""
        load_weights(self.net, find_weights(spec.family.name, spec.preset, recipe.start))

    def see(self, batch: Batch) -> Batch:
        """Return the batch as the trunk sees it; templates keep all of their cells."""
        if batch.seen:
            return batch
        templates, searches = self.net.features(batch.templates), self.net.features(batch.searches)
        return replace(batch, templates=templates, searches=searches, seen=True)

    def prepare(self, batch: Batch) -> None:
        """Nothing is to be fitted."""

    def shipped(self) -> dict[str, Tensor]:
        """Return the network's tensors."""
        return self.net.state_dict()

    def strangers(self, clips: int, generator: torch.Generator | None) -> Tensor:
        """Return (B,), whether a clip is searched for another clip's target; without a generator none is."""
        if generator is None or clips == 1:
            return torch.zeros(clips, dtype=torch.bool)
        return torch.rand(clips, generator=generator) < self.foreign


class LongLearner(BranchLearner):
    """Three frames remembered, another one searched; a share of the memories is another clip's.

    A clip's template before search t shows frame t, whose size is that of search t - 1: the first template, of which
    no size is known, is not used. In tracking only the first frame's box is true; so the others' are shaken in training
    (`shaken`, as a share of their sides), lest the head believes what it said itself.
    """

    def __init__(self, config: DualMNConfig, spec: TrackerSpec, recipe: Recipe) -> None:
        super().__init__(config, spec, recipe)
        self.shaken = recipe.options.get("shaken", 0.0)

    def loss(
        self, batch: Batch, generator: torch.Generator | None, along: float = 1.0
    ) -> tuple[Tensor, Mapping[str, Tensor]]:
        """Return the loss of one search a clip, with a memory of three other frames in any order of time."""
        clips, frames = batch.weight.shape
        lane = torch.arange(clips)
        order = torch.arange(1, frames).expand(clips, -1)
        if generator is not None:
            order = torch.rand(clips, frames - 1, generator=generator).argsort(1) + 1
        foreign = self.strangers(clips, generator)
        search = order[:, self.READ] - 1  # the search of the frame that this template would show
        shake = torch.zeros(clips, self.READ, 4)
        if generator is not None:
            shake[:, 1:] = self.shaken * torch.randn(clips, self.READ - 1, 4, generator=generator)
        whose = torch.where(foreign, (lane + 1) % clips, lane)[:, None]  # the next clip's memory, where it is foreign
        own = self._maps(batch, search, *self.remembered(batch, whose, order[:, : self.READ], shake))
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
        every = torch.arange(1, frames).expand(clips, -1)
        lane = torch.arange(clips, device=weight.device)
        memory = self.remembered(batch, torch.arange(clips)[:, None], every, torch.zeros(*every.shape, 4))
        for t in range(1, frames):
            read = [0, (1 + t) // 2 - 1, t - 1]
            maps = self._maps(batch, torch.full((clips,), t), memory[0][:, read], memory[1][:, read])
            best = maps.scores().flatten(1).argmax(1)
            boxes = maps.boxes(STRIDE).flatten(2)[lane, :, best]
            found[:, t] = _overlap(boxes, torch.cat([batch.positions[:, t], batch.sizes[:, t]], 1))
        return found, weight

    def remembered(self, batch: Batch, whose: Tensor, read: Tensor, shake: Tensor) -> tuple[Tensor, Tensor]:
        """Return what the templates `read` (B, R) of the clips `whose` (B, 1) are remembered as.

        Features (B, R, C, m, m) and ballots (B, R, m, m). `shake` (B, R, 4) moves their boxes: the centre by shares of
        the sides, the sides by powers of e. Sizes in a template are those of the search of the same frame, brought to
        the template's scale.
        """
        assert self.net.long is not None
        seen = batch.sizes[whose, read - 1]
        sizes = seen / context_side(seen, self.config.context)[..., None] * self.config.memory_size
        boxes = shaken(torch.zeros_like(sizes), sizes, shake)
        memory = self.net.long.remember(batch.templates[whose, read].flatten(0, 1), *boxes)
        return by_clip(memory.features, read), by_clip(memory.ballots, read)

    def query(self, batch: Batch, search: Tensor) -> Tensor:
        """Return the searches (B,) of a batch as they are asked, (B, C, h, h)."""
        assert self.net.long is not None
        query: Tensor = self.net.long.query(batch.searches[torch.arange(len(search)), search])
        return query

    def _maps(self, batch: Batch, search: Tensor, features: Tensor, ballots: Tensor) -> HeadMaps:
        """Return the head's maps for `search` (B,) with a memory."""
        assert self.net.long is not None
        valid = torch.ones(ballots.shape[:2], dtype=torch.bool, device=ballots.device)
        maps: HeadMaps = self.net.long(self.query(batch, search), features, ballots, valid)
        return maps


def shaken(centres: Tensor, sizes: Tensor, shake: Tensor) -> tuple[Tensor, Tensor]:
    """Return centres and sizes, each (B R, 2), of boxes (B, R, 2) moved by `shake` (B, R, 4), as in `remembered`."""
    shake = shake.to(sizes)
    moved = centres + shake[..., :2] * sizes, sizes * shake[..., 2:].exp()
    return moved[0].flatten(0, 1), moved[1].flatten(0, 1)


def by_clip(values: Tensor, chosen: Tensor) -> Tensor:
    """Return values (B R, ...) of the frames `chosen` (B, R) as (B, R, ...)."""
    return values.reshape(*chosen.shape, *values.shape[1:])


class ShortLearner(BranchLearner):
    """A filter learnt on three frames of a clip, and what it finds in another; a share is another clip's filter.

    Gradients run through the filter's steps, so that what it starts from, the labels, the mask, the regulariser and the
    length of a step are learnt with the necks and the head.
    """

    STEPS = 4
    BY_FILTER, BY_PATH = 1.0, 0.25

    def loss(
        self, batch: Batch, generator: torch.Generator | None, along: float = 1.0
    ) -> tuple[Tensor, Mapping[str, Tensor]]:
        """Return the loss of one search a clip, of its filter on the way and at the end, and of the box."""
        clips, frames = batch.weight.shape
        lane = torch.arange(clips)
        order = torch.arange(frames).expand(clips, -1)
        if generator is not None:
            order = torch.rand(clips, frames, generator=generator).argsort(1)
        foreign = self.strangers(clips, generator)
        path, first, target = self._learnt(batch, order[:, : self.READ])
        search = order[:, self.READ]
        if bool(foreign.any()):
            whose = torch.where(foreign, (lane + 1) % clips, lane)
            path, first, target = tuple(filters[whose] for filters in path), first[whose], target[whose]
        query = self._net.encode(batch.searches[lane, search], memory=False)
        positions, weight = batch.positions[lane, search], batch.weight[lane, search]
        stranger = foreign.to(weight.device)
        each = [
            filter_loss(self._net.score(query, filters), positions / STRIDE, self.config.label_sigma, stranger)
            for filters in (first, *path)
        ]
        final, way = (each[-1] * weight).mean(), (torch.stack(each[:-1]).mean(0) * weight).mean()
        maps = self._net.boxes(query, self._net.score(query, path[-1]), target)
        box = head_loss(maps, positions, batch.sizes[lane, search], weight, stranger, STRIDE)
        total = box.total + self.BY_FILTER * final + self.BY_PATH * way
        return total, {"filter": final, "way": way, "focal": box.focal, "box": box.box, "found": box.overlap}

    def correct(self, batch: Batch) -> tuple[Tensor, Tensor]:
        """Return (B, T): the overlap of the box that tracking would choose, and weights, 0 for what is learnt from."""
        clips, frames = batch.weight.shape
        weight = batch.weight.clone()
        weight[:, : self.READ] = 0
        found = torch.zeros_like(weight)
        path, _, target = self._learnt(batch, torch.arange(self.READ).expand(clips, -1))
        for t in range(self.READ, frames):
            query = self._net.encode(batch.searches[:, t], memory=False)
            scores = self._net.score(query, path[-1])
            cells = scores.shape[-1]
            best = scores.flatten(1).argmax(1)
            place = torch.stack([best % cells, best // cells], 1) - (cells - 1) / 2
            maps = self._net.boxes(query, scores, target)
            best = (maps.scores() * around(place, cells)).flatten(1).argmax(1)
            boxes = maps.boxes(STRIDE).flatten(2)[torch.arange(clips, device=best.device), :, best]
            found[:, t] = _overlap(boxes, torch.cat([batch.positions[:, t], batch.sizes[:, t]], 1))
        return found, weight

    @property
    def _net(self) -> ShortNet:
        assert isinstance(self.net.short, ShortNet)
        return self.net.short

    def _learnt(self, batch: Batch, read: Tensor) -> tuple[tuple[Tensor, ...], Tensor, Tensor]:
        """Return what is learnt of the searches `read` (B, R).

        The filters (B, C, k, k) after each step, the one begun with, and what the first one's target is like (B, C).
        """
        lane = torch.arange(len(read))[:, None]
        features = self._net.encode(batch.searches[lane, read], memory=True)
        centres, half = batch.positions[lane, read] / STRIDE, batch.sizes[lane, read] / STRIDE / 2
        weights = batch.weight[lane, read].clamp_min(1e-3)
        samples = Samples(features, centres, weights / weights.sum(1, keepdim=True))
        boxes = torch.cat([centres - half, centres + half], 2)
        target = self._net.target(features[:, 0], centres[:, 0], 2 * half[:, 0])
        return self._net.learn(samples, boxes, self.STEPS).path, self._net.initial(features, boxes), target


def _overlap(first: Tensor, second: Tensor) -> Tensor:
    """Return (N,), the IoU of boxes (N, 4): centre, size."""
    low = torch.maximum(first[:, :2] - first[:, 2:] / 2, second[:, :2] - second[:, 2:] / 2)
    high = torch.minimum(first[:, :2] + first[:, 2:] / 2, second[:, :2] + second[:, 2:] / 2)
    shared = (high - low).clamp_min(0).prod(1)
    return shared / (first[:, 2:].prod(1) + second[:, 2:].prod(1) - shared).clamp_min(1e-6)
