"""The short branch's memory: the first frame's samples, for good, and the latest frames', each with its weight.

DualMN's figure shows the latest two frames and no more. The first frame's samples and the weights that grow with the
sample's number are DiMP's (arXiv 1904.07220); which rule holds is a config value (docs/dualmn.md).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import torch
from torch import Tensor

from trackers.dualmn.online import Samples
from trackers.nets.lanes import choose_lanes


@dataclass(frozen=True)
class ShortMemory:
    """F samples of the first frame and room for K of the latest ones, in each of B lanes."""

    first: Tensor
    """(B, F, C, h, w)."""
    first_centres: Tensor
    """(B, F, 2) x, y of the target from the map's centre, in cells."""
    latest: Tensor
    """(B, K, C, h, w)."""
    latest_centres: Tensor
    """(B, K, 2)."""
    weights: Tensor
    """(B, F + K), summing to 1; 0 where a place is empty."""
    born: Tensor
    """(B, K) the lane's age in frames when the sample was written; -1 where a place is empty."""
    newest: Tensor
    """(B,) the place written last, counted over F + K; -1 before the first."""

    @property
    def initial(self) -> int:
        """F."""
        return self.first.shape[1]

    def groups(self) -> tuple[Samples, Samples]:
        """Return all samples with their weights."""
        first, latest = self.weights[:, : self.initial], self.weights[:, self.initial :]
        return Samples(self.first, self.first_centres, first), Samples(self.latest, self.latest_centres, latest)


def begin(first: Tensor, centres: Tensor, capacity: int) -> ShortMemory:
    """Return the memory of lanes that hold their first frame's samples (B, F, C, h, w) alone, equally weighted."""
    lanes, initial = first.shape[:2]
    weights = torch.cat([first.new_full((lanes, initial), 1 / initial), first.new_zeros(lanes, capacity)], 1)
    return ShortMemory(
        first,
        centres,
        first.new_zeros(lanes, capacity, *first.shape[2:]),
        centres.new_zeros(lanes, capacity, 2),
        weights,
        torch.full((lanes, capacity), -1, device=first.device),
        torch.full((lanes,), -1, device=first.device),
    )


def emptied(memory: ShortMemory, lanes: Tensor) -> ShortMemory:
    """Return the memory with the latest samples of some lanes, a mask (B,), forgotten."""
    initial = memory.initial
    fresh = torch.zeros_like(memory.weights)
    fresh[:, :initial] = 1 / initial
    return replace(
        memory,
        weights=torch.where(lanes[:, None], fresh, memory.weights),
        born=memory.born.masked_fill(lanes[:, None], -1),
        newest=memory.newest.masked_fill(lanes, -1),
    )


def written(
    memory: ShortMemory,
    lanes: Tensor,
    features: Tensor,
    centres: Tensor,
    age: Tensor,
    *,
    rate: Tensor | None,
    first_mass: float,
) -> ShortMemory:
    """Return the memory with one sample more in some lanes.

    A free place is taken, else that of the latest sample with the lowest weight, the older of equals; never one of
    the first frame.

    Args:
        memory: The memory.
        lanes: (B,), true where the lane's sample is written.
        features: (B, C, h, w) of the new sample.
        centres: (B, 2) its target's place in cells.
        age: (B,) the lane's age in frames.
        rate: (B,) learning rate, in (0, 1): the weight of the first new sample; each later one weighs 1 / (1 - rate)
            times the one before. None: the latest samples weigh the same.
        first_mass: Share of all weight that the first frame's samples keep: at least where `rate` is given, exactly
            where it is not.
    """
    initial = memory.initial
    row = torch.arange(len(lanes), device=lanes.device)
    place = _place(memory.weights[:, initial:], memory.born)

    def put(room: Tensor, value: Tensor) -> Tensor:
        room = room.clone()
        room[row, place] = choose_lanes(lanes, value.to(room.dtype), room[row, place])
        return room

    born = put(memory.born, age)
    if rate is None:
        stored = born >= 0
        share = (1 - first_mass) * stored / stored.sum(1, keepdim=True)
        first = memory.weights.new_full((len(lanes), initial), first_mass / initial)
        weights = torch.cat([first, share], 1).to(memory.weights)
    else:
        weights = _grown(memory.weights, place + initial, memory.newest, rate)
        weights = _protected(weights, initial, first_mass)
    return replace(
        memory,
        latest=put(memory.latest, features),
        latest_centres=put(memory.latest_centres, centres),
        weights=choose_lanes(lanes, weights, memory.weights),
        born=born,
        newest=choose_lanes(lanes, place + initial, memory.newest),
    )


def _place(weights: Tensor, born: Tensor) -> Tensor:
    """Return (R,) where to write: a free place, else the lowest weight, of equals the oldest."""
    lowest = weights.masked_fill(born < 0, -1.0)
    candidates = lowest <= lowest.amin(1, keepdim=True)
    return born.masked_fill(~candidates, torch.iinfo(born.dtype).max).argmin(1)


def _grown(weights: Tensor, place: Tensor, newest: Tensor, rate: Tensor) -> Tensor:
    """Return the weights (R, N), summing to 1, after a new sample at `place` (R,)."""
    row = torch.arange(len(weights), device=weights.device)
    begun = newest >= 0
    before = weights[row, newest.clamp_min(0)]
    weights = torch.where(begun[:, None], weights, weights / (1 - rate)[:, None])
    weights[row, place] = torch.where(begun, before / (1 - rate), rate)
    return weights / weights.sum(1, keepdim=True)


def _protected(weights: Tensor, initial: int, mass: float) -> Tensor:
    """Return weights (R, N) whose first `initial` places keep at least `mass` in all, evenly where they would not."""
    first, latest = weights[:, :initial], weights[:, initial:]
    evenly = torch.cat(
        [torch.full_like(first, mass / initial), latest * ((1 - mass) / latest.sum(1, keepdim=True).clamp_min(1e-12))],
        1,
    )
    return torch.where((first.sum(1) < mass)[:, None], evenly, weights)
