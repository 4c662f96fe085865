"""The short-term branch at work: what its filter finds in a frame, and what it learns of it (docs/dualmn.md)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor

from trackers.dualmn import samples
from trackers.dualmn.augment import drop_channels
from trackers.dualmn.config import DualMNConfig
from trackers.dualmn.network import ShortNet
from trackers.dualmn.online import Samples
from trackers.dualmn.samples import ShortMemory
from trackers.dualmn.search import Flag, enlarged, find_peaks, flags
from trackers.dualmn.view import HeadRules, View, head_box, size_bias, unbiased
from trackers.nets.lanes import choose_lanes, finite_lanes, surely_all


@dataclass(frozen=True)
class ShortState:
    """What the short branch carries from frame to frame."""

    memory: ShortMemory
    filters: Tensor
    """(B, C, k, k)."""
    first_filters: Tensor
    """(B, C, k, k) as learnt on the first frame: what a lane falls back to."""
    loss: Tensor
    """(B,) before the last step taken."""
    length: Tensor
    """(B,) exact length of the last step taken."""
    target: Tensor
    """(B, C) what the first frame's target is like: what the head goes by."""
    size_bias: Tensor
    """(B, 2) width and height of the first frame's box over what the branch's head says of that frame."""


@dataclass(frozen=True)
class ShortView(View):
    """What the short branch sees."""

    flag: Tensor
    """(B,) of `Flag`."""


@dataclass(frozen=True)
class Lesson:
    """What there is to learn from a frame, in each of B lanes."""

    features: Any
    """What was seen in the search crop: (B, C', h, h) trunk features."""
    centres: Tensor
    """(B, 2) x, y of the target from the crop's centre, in cells."""
    stored: Tensor
    """(B,), true where the frame becomes a sample."""
    hard: Tensor
    """(B,), true where a distractor shows."""
    restarted: Tensor
    """(B,), true where the filter begins afresh, because it followed something else."""
    age: Tensor
    """(B,) the lane's age in frames."""


class ShortBranch:
    """Applies and learns the filter of every lane."""

    def __init__(self, net: ShortNet, config: DualMNConfig, stride: int) -> None:
        self.net, self.config, self.stride = net, config, stride
        self.rules = HeadRules(config.size_penalty, 0.0, config.size_rate)

    def start(self, features: Tensor, centres: Tensor, sizes: Tensor, random: Sequence[torch.Generator]) -> ShortState:
        """Learn each lane's filter from its first frame's samples.

        Args:
            features: (B, F, C', h, h) trunk features of the augmented crops.
            centres: (B, F, 2) x, y of the target from the crop's centre, in cells.
            sizes: (B, 2) the target's width and height in cells.
            random: One generator a lane.
        """
        encoded = drop_channels(self.net.encode(features, memory=True), random)
        half = sizes[:, None].to(centres) / 2
        filters = self.net.initial(encoded, torch.cat([centres - half, centres + half], 2))
        memory = samples.begin(encoded, centres, self.config.samples)
        learnt = self.net.optimiser(filters, [memory.groups()[0]], self.config.start_steps)
        target, bias = self.net.target(encoded[:, 0], centres[:, 0], sizes), torch.ones_like(sizes)
        if self.config.short_head:
            query = self.net.encode(features[:, 0], memory=False)
            maps = self.net.boxes(query, self.net.score(query, learnt.filters), target)
            bias = size_bias(maps.boxes(self.stride), sizes * self.stride)
        return ShortState(
            memory, learnt.filters, learnt.filters, learnt.losses[:, -1], learnt.lengths[:, -1], target, bias
        )

    def look(self, features: Tensor, state: ShortState, size: Tensor, age: Tensor) -> ShortView:
        """Search trunk features (B, C', h, h) for targets of size (B, 2) in crop pixels; age (B,) is for chance."""
        config = self.config
        query = self.net.encode(features, memory=False)
        scores = self.net.raw_score(query, state.filters)
        cells = query.shape[-1]
        fine = enlarged(scores, cells, config.upsampling)
        peaks = find_peaks(fine, size / self.stride, window_weight=config.short_window, upsampling=config.upsampling)
        said = flags(peaks, cells, not_found=config.not_found, distractor=config.distractor, hard=config.hard_negative)
        place, new_size, margin = said.place * self.stride, size, said.margin
        if config.short_head:
            maps = self.net.boxes(query, self.net.score(query, state.filters), state.target)
            nearby = maps.scores() * around(said.place, cells)
            boxes = unbiased(maps.boxes(self.stride), state.size_bias)
            chosen, new_size = head_box(nearby, boxes, size, nearby[0], self.rules)
            place, margin = chosen.box[:, :2], torch.minimum(margin, chosen.margin)
        sound = finite_lanes(fine) & finite_lanes(new_size)
        usable = sound & (said.flag != Flag.NOT_FOUND)
        return ShortView(fine, peaks, place, new_size, said.height.clamp(0, 1), sound, usable, margin, said.flag)

    def steps(self, lesson: Lesson) -> Tensor:
        """Return (B,), how many steps each lane's filter is to take."""
        config = self.config
        due = (lesson.age % config.update_every == 0) | (lesson.age <= config.early_frames)
        steps = torch.where(lesson.hard, config.hard_steps, 0)
        steps = torch.where(due, torch.full_like(steps, config.update_steps), steps)
        steps = torch.where(lesson.restarted, torch.full_like(steps, config.restart_steps), steps)
        return torch.where(lesson.stored, steps, 0)

    def sample(self, lesson: Lesson) -> Tensor:
        """Return (B, C, h, w), what a frame is remembered by."""
        return self.net.encode(lesson.features, memory=True)

    def learn(self, state: ShortState, lesson: Lesson, steps: Tensor, most: int) -> ShortState:
        """Return the state after a frame: the sample stored, the filter moved where its time has come.

        Args:
            state: The state before.
            lesson: At least one lane stores its frame.
            steps: (B,) what `steps` says.
            most: The largest of them.
        """
        config = self.config
        if not surely_all(~lesson.restarted):
            filters = choose_lanes(lesson.restarted, state.first_filters, state.filters)
            state = replace(state, memory=samples.emptied(state.memory, lesson.restarted), filters=filters)
        rate = torch.where(lesson.hard, config.hard_rate, config.sample_rate).to(state.filters)
        state = replace(
            state,
            memory=samples.written(
                state.memory,
                lesson.stored,
                self.sample(lesson),
                lesson.centres,
                lesson.age,
                rate=rate if config.weighting == "decay" else None,
                first_mass=config.first_mass if config.keep_first else 0.0,
            ),
        )
        return self._moved(state, steps, most)

    def _moved(self, state: ShortState, steps: Tensor, most: int) -> ShortState:
        """Return the state with each lane's filter moved by its own number of steps (B,), `most` at most."""
        if most == 0:
            return state
        if steps.device.type == "cpu":
            return self._moved_by_count(state, steps)
        learnt = self.net.optimiser(state.filters, list(state.memory.groups()), most, keep_path=True)
        row, last = torch.arange(len(steps), device=steps.device), (steps - 1).clamp_min(0)
        moved, found = steps > 0, (torch.stack(learnt.path, 1), learnt.losses, learnt.lengths)
        filters, loss, length = (
            choose_lanes(moved, after[row, last], before)
            for after, before in zip(found, (state.filters, state.loss, state.length), strict=True)
        )
        return replace(state, filters=filters, loss=loss, length=length)

    def _moved_by_count(self, state: ShortState, steps: Tensor) -> ShortState:
        """Return the same, with no step taken that a lane does not need."""
        for count in sorted({int(n) for n in steps.tolist()} - {0}):
            rows = (steps == count).nonzero()[:, 0]
            whole = len(rows) == len(steps)
            groups = [
                group if whole else Samples(group.features[rows], group.centres[rows], group.weights[rows])
                for group in state.memory.groups()
            ]
            learnt = self.net.optimiser(state.filters[rows], groups, count)
            filters, loss, length = state.filters.clone(), state.loss.clone(), state.length.clone()
            filters[rows], loss[rows], length[rows] = learnt.filters, learnt.losses[:, -1], learnt.lengths[:, -1]
            state = replace(state, filters=filters, loss=loss, length=length)
        return state

    def recovered(self, state: ShortState, sound: Tensor) -> ShortState:
        """Return the state of lanes that are not sound (B,) as the first frame left it.

        Such a lane also forgets its latest samples, one of which may be the cause.
        """
        memory = samples.emptied(state.memory, ~sound)
        latest = choose_lanes(sound, memory.latest, torch.zeros_like(memory.latest))
        return replace(
            state,
            memory=replace(memory, latest=latest),
            filters=choose_lanes(sound, state.filters, state.first_filters),
            loss=choose_lanes(sound, state.loss, torch.zeros_like(state.loss)),
            length=choose_lanes(sound, state.length, torch.zeros_like(state.length)),
        )


def around(place: Tensor, cells: int) -> Tensor:
    """Return (B, n, n), 1 at the cells within one of place (B, 2), in cells from the centre, and 0 elsewhere."""
    line = torch.arange(cells, device=place.device) - (cells - 1) / 2
    inner = place.clamp(-(cells - 1) / 2, (cells - 1) / 2)
    across = (line[None, None, :] - inner[:, 0, None, None]).abs() <= 1
    return (across & ((line[None, :, None] - inner[:, 1, None, None]).abs() <= 1)).to(place.dtype)
