"""DualMN's branches at the papers' sizes in training, trunks included: STMTrack's network, and DiMP's.

Both look at search crops alone, which is how they see what they remember (docs/training.md).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from benchmark.training.batches import Batch
from benchmark.training.learners.common import highest
from benchmark.training.learners.dualmn import BranchLearner, LongLearner, by_clip, shaken
from benchmark.training.recipe import Recipe
from trackers.dualmn.config import DualMNConfig
from trackers.dualmn.dimp import corner_boxes
from trackers.dualmn.dimp_network import DimpNet
from trackers.dualmn.filters import apply_filter
from trackers.dualmn.losses import filter_loss
from trackers.dualmn.network import DualMNNet
from trackers.dualmn.online import Samples
from trackers.dualmn.refiner import Climb
from trackers.errors import InputError
from trackers.names import TrackerSpec
from trackers.weights.formats.reading import read_tensors

FREE = ("label_map.", "num_batches_tracked")
"""Beginnings and ends of names that a trunk's ImageNet weights lack."""


def take_trunk(net: DualMNNet, start: str) -> bool:
    """Fill a network's trunks from a file of the trunk's ImageNet weights; return whether it is one.

    That is a file with all of the trunk's tensors under the names that the common PyTorch checkpoints give them.
    """
    if not (path := Path(start).expanduser()).is_file():
        return False
    tensors = read_tensors(path)
    trunks = [net.short.backbone] if isinstance(net.short, DimpNet) else [net.backbone, net.memory_backbone]
    for trunk in trunks:
        assert trunk is not None
        own = trunk.state_dict()
        if any(name not in tensors for name in own if not (name.startswith(FREE) or name.endswith(FREE))):
            return False
        trunk.load_state_dict({name: tensors.get(name, value) for name, value in own.items()})
    return True


class _WholeNetwork(BranchLearner):
    """A learner whose trunk learns too."""

    def see(self, batch: Batch) -> Batch:
        """Return the batch as it is."""
        return batch

    def begin(self, spec: TrackerSpec, recipe: Recipe) -> None:
        """Take the weights to start from, or those of the trunk alone."""
        if not take_trunk(self.net, recipe.start):
            super().begin(spec, recipe)


class PaperLongLearner(_WholeNetwork, LongLearner):
    """STMTrack's: three search crops remembered by the second trunk, which sees where the target is in them."""

    def remembered(self, batch: Batch, whose: Tensor, read: Tensor, shake: Tensor) -> tuple[Tensor, Tensor]:
        """Return the same; in place of the template before search t it is search t - 1, which shows the same frame."""
        crops, centres, sizes = (values[whose, read - 1] for values in (batch.searches, batch.positions, batch.sizes))
        memory = self.net.remember(crops.flatten(0, 1), *shaken(centres, sizes, shake))
        return by_clip(memory.features, read), by_clip(memory.ballots, read)

    def query(self, batch: Batch, search: Tensor) -> Tensor:
        """Return the searches (B,) of a batch of crops as they are asked."""
        assert self.net.long is not None
        crops = batch.searches[torch.arange(len(search)), search]
        query: Tensor = self.net.long.query(self.net.backbone(crops.float()))
        return query


@dataclass(frozen=True)
class _Shown:
    """What B clips show in K of their search crops."""

    middle: Tensor
    """(B, K, 512, 2 h, 2 h)."""
    last: Tensor
    """(B, K, 1024, h, h)."""
    encoded: Tensor
    """(B, K, 512, h, h)."""
    places: Tensor
    """(B, K, 2) of the targets, pixels from the crop's middle."""
    sizes: Tensor
    """(B, K, 2) pixels."""
    weight: Tensor
    """(B, K)."""
    boxes: Tensor
    """(B, K, 4) of the targets: left, top, width, height, as the refiner counts pixels."""

    def part(self, first: int, end: int) -> _Shown:
        """Return crops `first` to `end` of every clip."""
        return _Shown(*(values[:, first:end] for values in vars(self).values()))


class DimpLearner(_WholeNetwork):
    """DiMP's: a filter learnt in 5 steps on three crops of a clip and scored on three others; and box overlaps.

    Gradients run through the filter's steps. The start, the steps on the way and the last filter count alike. How much
    a box overlaps the target is learnt on the true box, shaken, by the first crop's target.
    """

    STEPS = 5
    BY_FILTER, BY_OVERLAP = 100.0, 1.0
    BOXES = 8
    """Shaken boxes a crop."""
    SPREADS = (0.01, 0.05, 0.1, 0.2, 0.3)
    """One of these, in sqrt(wh), is the standard deviation of a box's centre and sides."""
    LEAST = 0.1
    """What overlaps the target by less does not count."""

    def __init__(self, config: DualMNConfig, spec: TrackerSpec, recipe: Recipe) -> None:
        if recipe.schedule.batch < 2:
            raise InputError(f"recipe {recipe.name}: DiMP's batch norms are over clips, so that batch is at least 2")
        super().__init__(config, spec, recipe)

    def loss(
        self, batch: Batch, generator: torch.Generator | None, along: float = 1.0
    ) -> tuple[Tensor, Mapping[str, Tensor]]:
        """Return the loss of up to three crops a clip that the filter was not learnt on."""
        clips, frames = batch.weight.shape
        order = torch.arange(frames).expand(clips, -1)
        if generator is not None:
            order = torch.rand(clips, frames, generator=generator).argsort(1)
        shown = self._shown(batch, order[:, : 2 * self.READ])
        asked = shown.part(self.READ, 2 * self.READ)
        weight, places = asked.weight.flatten(), asked.places.flatten(0, 1)
        own = torch.zeros(len(weight), dtype=torch.bool, device=weight.device)
        errors = []
        for filters in self._learnt(shown):
            scores = apply_filter(asked.encoded, filters).flatten(0, 1)
            error = filter_loss(scores, places / DimpNet.stride, self.config.label_sigma, own)
            errors.append((error * weight).mean() / scores[0].numel())
        by_filter = torch.stack(errors).sum()
        boxes, true = self._shaken(asked, generator)
        said = self._net.refiner.overlap(self._likeness(shown, asked), self._refined(asked), boxes)
        counted = (true >= self.LEAST) * weight[:, None]
        # overlaps of 0 to 1 are -1 to 1 to the network, as steep as the tracker's climb has them
        by_overlap = ((said - (2 * true - 1)).square() * counted).sum() / counted.sum().clamp_min(1)
        total = self.BY_FILTER * by_filter + self.BY_OVERLAP * by_overlap
        off = (_peaks(scores.detach()) * DimpNet.stride - places).norm(dim=1)
        found = ((off < DimpNet.stride) * weight).mean()
        return total, {"filter": errors[-1], "start": errors[0], "overlap": by_overlap, "found": found}

    def correct(self, batch: Batch) -> tuple[Tensor, Tensor]:
        """Return (B, T): the overlap of the box that tracking climbs to; and weights, 0 for what is learnt from."""
        clips, frames = batch.weight.shape
        weight = batch.weight.clone()
        weight[:, : self.READ] = 0
        shown = self._shown(batch, torch.arange(frames).expand(clips, -1))
        asked = shown.part(self.READ, frames)
        *_, filters = self._learnt(shown)
        places = _peaks(apply_filter(asked.encoded, filters).flatten(0, 1)) * DimpNet.stride
        sizes = shown.sizes[:, :1].expand_as(asked.sizes).flatten(0, 1)
        climb = Climb(self.config.climb_steps, self.config.climb_length, self.config.climb_relative)
        start = corner_boxes(places, sizes, batch.searches.shape[-1])[:, None]
        boxes, _ = self._net.refiner.climbed(self._likeness(shown, asked), self._refined(asked), start, climb)
        found = torch.zeros_like(weight)
        found[:, self.READ :] = corner_overlap(boxes[:, 0], asked.boxes.flatten(0, 1)).reshape(clips, -1)
        return found, weight

    @property
    def _net(self) -> DimpNet:
        assert isinstance(self.net.short, DimpNet)
        return self.net.short

    def _shown(self, batch: Batch, chosen: Tensor) -> _Shown:
        """Return what the network makes of the searches `chosen` (B, K)."""
        lane = torch.arange(len(chosen))[:, None]
        crops, places, sizes, weight = (
            values[lane, chosen] for values in (batch.searches, batch.positions, batch.sizes, batch.weight)
        )
        middle, last = self._net.backbone(crops.flatten(0, 1).float())
        middle, last, encoded = (by_clip(one, chosen) for one in (middle, last, self._net.encode(last)))
        return _Shown(middle, last, encoded, places, sizes, weight, corner_boxes(places, sizes, crops.shape[-1]))

    def _learnt(self, shown: _Shown) -> tuple[Tensor, ...]:
        """Return the filters (B, C, k, k) learnt on each clip's first crops: the start, and after each step."""
        read = shown.part(0, self.READ)
        weights = read.weight.clamp_min(1e-3)
        samples = Samples(read.encoded, read.places / DimpNet.stride, weights / weights.sum(1, keepdim=True))
        first = self._net.initial(read.encoded, read.boxes)
        return (first, *self._net.optimiser(first, [samples], self.STEPS, keep_path=True).path)

    def _likeness(self, shown: _Shown, asked: _Shown) -> tuple[Tensor, Tensor]:
        """Return what each clip's first target is like to the refiner, twice (N, 256), a row for each crop asked."""
        like = self._net.refiner.modulation(shown.middle[:, 0], shown.last[:, 0], shown.boxes[:, 0])
        count = asked.weight.shape[1]
        return like[0].repeat_interleave(count, 0), like[1].repeat_interleave(count, 0)

    def _refined(self, asked: _Shown) -> tuple[Tensor, Tensor]:
        maps: tuple[Tensor, Tensor] = self._net.refiner.features(asked.middle.flatten(0, 1), asked.last.flatten(0, 1))
        return maps

    def _shaken(self, asked: _Shown, generator: torch.Generator | None) -> tuple[Tensor, Tensor]:
        """Return boxes (N, P, 4) around the crops' targets, left, top, width, height; and their overlaps (N, P)."""
        true = asked.boxes.flatten(0, 1)[:, None]
        shape = (len(true), self.BOXES)
        spread = torch.tensor(self.SPREADS)[torch.randint(len(self.SPREADS), shape, generator=generator)]
        noise = (torch.randn(*shape, 4, generator=generator) * spread[..., None]).to(true)
        noise = noise * true[..., 2:].prod(-1, keepdim=True).sqrt()
        sizes = torch.maximum(true[..., 2:] + noise[..., 2:], true[..., 2:] / 4)
        corners = true[..., :2] + true[..., 2:] / 2 + noise[..., :2] - sizes / 2
        boxes = torch.cat([corners, sizes], -1)
        return boxes, corner_overlap(boxes, true)


def _peaks(scores: Tensor) -> Tensor:
    """Return (N, 2), x and y of the highest cell of (N, m, m), from the middle, in cells."""
    return highest(scores) - (scores.shape[-1] - 1) / 2


def corner_overlap(first: Tensor, second: Tensor) -> Tensor:
    """Return (...), the IoU of boxes (..., 4): left, top, width, height."""
    low = torch.maximum(first[..., :2], second[..., :2])
    high = torch.minimum(first[..., :2] + first[..., 2:], second[..., :2] + second[..., 2:])
    shared = (high - low).clamp_min(0).prod(-1)
    return shared / (first[..., 2:].prod(-1) + second[..., 2:].prod(-1) - shared).clamp_min(1e-6)
