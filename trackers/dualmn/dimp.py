"""DiMP's tracker as the short branch: where its filter points, the box that climbs there, what is learnt of it.

The rules are DiMP's (docs/dualmn.md): no enlargement of the map, flags from its two highest cells, ten boxes bettered
by their overlap, the mean of the best three. Places count from the middle of the search crop, in its pixels.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from trackers.api import Frame
from trackers.dualmn import samples
from trackers.dualmn.augment import drop_channels, generators
from trackers.dualmn.config import DualMNConfig
from trackers.dualmn.dimp_first import first_views
from trackers.dualmn.dimp_network import DimpNet, DimpSeen
from trackers.dualmn.refiner import Climb
from trackers.dualmn.search import NEIGHBOURHOOD, Flag, Flags, Peaks, flags
from trackers.dualmn.short import Lesson, ShortBranch, ShortState, ShortView
from trackers.dualmn.sight import sampled_cut
from trackers.nets.lanes import finite_lanes
from trackers.nets.localise import relative_lead
from trackers.nets.target import Target
from trackers.nets.transfer import Frames

STEP = 0x1E3779B97F4A7C15
MIXERS = (0x3F58476D1CE4E5B9, 0x14D049BB133111EB, 0x2545F4914F6CDD1D)
"""Odd numbers that mix bits."""
STARTS = 9
"""Boxes at random beside the one found."""
PLACE_JITTER, SIZE_JITTER = 0.1, 0.5
"""Widths of their shares of sqrt(wh)."""
BEST = 3
WIDEST = 6.0
"""Sides' ratio from which on a box is none."""
INSIDE = 0.2
"""Share of a side that must stay in the frame."""


@dataclass(frozen=True)
class DimpState(ShortState):
    """What the branch carries from frame to frame."""

    modulation: tuple[Tensor, Tensor]
    """Twice (B, 256), what the first frame's target is like to the refiner."""
    seeds: Tensor
    """(B,) int64, a lane's source of chance."""


@dataclass(frozen=True)
class DimpSight:
    """What the branch sees in B search crops."""

    seen: DimpSeen
    limits: Tensor
    """(B, 2, 2) lowest and highest x, y of the target from the crop's middle, in crop pixels."""


class DimpBranch(ShortBranch):
    """Applies and learns the filter of every lane."""

    net: DimpNet  # type: ignore[assignment]

    def __init__(self, net: DimpNet, config: DualMNConfig) -> None:
        super().__init__(net, config, net.stride)  # type: ignore[arg-type]
        self.climb = Climb(config.climb_steps, config.climb_length, config.climb_relative)

    def sight(self, frames: Frames, target: Target) -> tuple[DimpSight, Tensor, Tensor, Tensor]:
        """Return what is seen around the targets; and size (B, 2), scale (B,) and offset (B, 2) as of a `Cut`."""
        config = self.config
        cut = sampled_cut(frames, target, config.short_area, config.short_size, config.short_inside)
        reach = (INSIDE - 0.5) * target.size
        ends = torch.stack([reach, target.frame_size - reach], 1) + 0.5 - target.centre[:, None] - cut.offset[:, None]
        limits = (ends / cut.scale[:, None, None]).float()
        return DimpSight(self.net.see(cut.crops), limits), cut.size, cut.scale, cut.offset

    def begin(self, frames: Sequence[Frame], target: Target, seeds: Sequence[int]) -> DimpState:
        """Learn each lane's filter from its first frame, shifted, mirrored and so on."""
        config, random = self.config, generators(seeds)
        first = first_views(frames, target, config, random)
        count = first.crops.shape[1]
        device = target.centre.device
        seen = [self.net.see(crops.to(device)) for crops in first.crops]
        encoded = torch.stack([one.encoded for one in seen])
        # the samples whose channels are dropped show the first crop
        encoded = torch.cat([encoded, encoded[:, :1].expand(-1, config.augmentations - count, -1, -1, -1)], 1)
        encoded = drop_channels(encoded, random)
        places = torch.cat([first.places, first.places[:, :1].expand(-1, config.augmentations - count, -1)], 1)
        places, sizes = places.to(device), first.sizes.to(device)
        boxes = corner_boxes(places, sizes[:, None].expand_as(places), config.short_size)
        memory = samples.begin(encoded, places / self.stride, config.samples)
        learnt = self.net.optimiser(self.net.initial(encoded, boxes), [memory.groups()[0]], config.start_steps)
        middle, last = (torch.stack([getattr(one, name)[0] for one in seen]) for name in ("middle", "last"))
        ones = torch.ones_like(sizes)
        return DimpState(
            memory, learnt.filters, learnt.filters, learnt.losses[:, -1], learnt.lengths[:, -1], ones, ones,
            self.net.refiner.modulation(middle, last, boxes[:, 0]),
            torch.tensor([seed % 2**62 for seed in seeds], device=device),
        )  # fmt: skip

    def look(self, features: DimpSight, state: ShortState, size: Tensor, age: Tensor) -> ShortView:  # type: ignore[override]
        """Search for targets of size (B, 2) in crop pixels; chance is drawn by a lane's seed and age (B,)."""
        config, seen = self.config, features.seen
        assert isinstance(state, DimpState)
        scores = self.net.raw_score(seen.encoded, state.filters)
        peaks, said = locate(scores, size / self.stride, config)
        place = torch.minimum(torch.maximum(said.place * self.stride, features.limits[:, 0]), features.limits[:, 1])
        sound = finite_lanes(scores)
        place, new_size = self._refined(seen, state, torch.where(sound[:, None], place, 0.0), size, age)
        usable = sound & (said.flag != Flag.NOT_FOUND)
        height = said.height.clamp(0, 1)
        return ShortView(scores, peaks, place, new_size, height, sound, usable, said.margin, said.flag)

    def _refined(
        self, seen: DimpSeen, state: DimpState, place: Tensor, size: Tensor, age: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Return place and size (B, 2) of the boxes that the refiner makes of those given."""
        first = corner_boxes(place[:, None], size[:, None], self.config.short_size)
        boxes = torch.cat([first, _shaken(first, drawn(state.seeds, age).to(first))], 1)
        features = self.net.refiner.features(seen.middle, seen.last)
        boxes, overlap = self.net.refiner.climbed(state.modulation, features, boxes, self.climb)
        sizes = boxes[..., 2:].clamp_min(1)
        shape = sizes[..., 0] / sizes[..., 1]
        fit = (shape < WIDEST) & (shape > 1 / WIDEST) & torch.isfinite(boxes).all(-1)
        best = overlap.masked_fill(~fit, -torch.inf).topk(BEST, 1).indices
        counts = fit.gather(1, best).float()
        share = (counts / counts.sum(1, keepdim=True).clamp_min(1))[..., None]
        rows = torch.arange(len(best), device=best.device)[:, None]
        mean = torch.cat([torch.where(fit[..., None], boxes[..., :2], 0), sizes], 2)[rows, best].nan_to_num(0) * share
        corner, found = mean.sum(1)[:, :2], mean.sum(1)[:, 2:]
        middle = corner + found / 2 - (self.config.short_size - 1) / 2
        none = ~fit.any(1, keepdim=True)
        return torch.where(none, place, middle), torch.where(none, size, found)

    def steps(self, lesson: Lesson) -> Tensor:
        """Return (B,), how many steps each lane's filter is to take; one with a distractor in sight takes its own."""
        steps = super().steps(lesson)
        return torch.where(lesson.hard & lesson.stored, torch.full_like(steps, self.config.hard_steps), steps)

    def sample(self, lesson: Lesson) -> Tensor:
        """Return (B, C, h, w), what a frame is remembered by: it was encoded when it was searched."""
        return lesson.features.seen.encoded  # type: ignore[no-any-return]


def drawn(seeds: Tensor, age: Tensor) -> Tensor:
    """Return (B, 9, 4) numbers in [-1/2, 1/2) that depend on a lane's seed and age (B,) alone, on any device.

    Numbers of a sequence with a fixed step, their bits mixed (SplitMix64, but for the sign's shifts).
    """
    place = torch.arange(STARTS * 4, device=seeds.device)
    mixed = seeds[:, None] * STEP + age.to(seeds.dtype)[:, None] * (STEP >> 7 | 1) + (place + 1) * (STEP >> 13 | 1)
    for shift, factor in zip((30, 27, 31), MIXERS, strict=True):
        mixed = (mixed ^ ((mixed >> shift) & ((1 << (64 - shift)) - 1))) * factor
    bits = (mixed >> 20) & ((1 << 24) - 1)
    return (bits.float() / (1 << 24) - 0.5).reshape(len(seeds), STARTS, 4)


def corner_boxes(places: Tensor, sizes: Tensor, side: int) -> Tensor:
    """Return (..., 4) left, top, width, height of boxes whose middle pixels lie at places from the crop's middle."""
    return torch.cat([places + (side - 1) / 2 - (sizes - 1) / 2, sizes], -1)


def _shaken(first: Tensor, chance: Tensor) -> Tensor:
    """Return (B, 9, 4) boxes around the first ones (B, 1, 4), by numbers (B, 9, 4) in [-1/2, 1/2)."""
    size = first[..., 2:]
    unit = size.prod(-1, keepdim=True).sqrt()
    sizes = torch.maximum(size + chance[..., 2:] * unit * SIZE_JITTER, size.amin(-1, keepdim=True) / 3)
    middle = first[..., :2] + size / 2 + chance[..., :2] * unit * PLACE_JITTER
    return torch.cat([middle - sizes / 2, sizes], -1)


def locate(scores: Tensor, size: Tensor, config: DualMNConfig) -> tuple[Peaks, Flags]:
    """Return the two highest cells of maps (B, n, n) of targets of size (B, 2) in cells, and what they mean."""
    cells = scores.shape[-1]
    flat = scores.flatten(1)
    row = torch.arange(len(flat), device=flat.device)
    best = flat.argmax(1)
    place = torch.stack([best % cells, best // cells], 1).float()
    low, high = (place - size * (NEIGHBOURHOOD / 2)).round(), (place + size * (NEIGHBOURHOOD / 2) + 1).round()
    line = torch.arange(cells, device=flat.device)
    near = (line >= low[..., None]) & (line < high[..., None])
    masked = scores.masked_fill(near[:, 1, :, None] & near[:, 0, None, :], 0.0).flatten(1)
    second = masked.argmax(1)
    other = torch.stack([second % cells, second // cells], 1).float()
    middle = (cells - 1) / 2
    peaks = Peaks(place - middle, other - middle, flat[row, best], masked[row, second], relative_lead(flat))
    how = {"not_found": config.not_found, "distractor": config.distractor, "hard": config.hard_negative}
    return peaks, flags(peaks, cells, **how)
