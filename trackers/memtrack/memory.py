"""The memory of templates: writing, reading, allocating, in lanes.

"Memory Reading" and "Memory Writing" in the paper; steps 1, 3 and 5 to 7 in docs/memtrack.md.

``B`` lanes, ``S`` scales, ``N`` slots; a template is (C, h, w). Everything is differentiable but the choice of the
slot to allocate and, in a hard read, the choice of the slot to read.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from trackers.nets.lanes import choose_lanes

COSINE_EPS = 1e-6
"""Added below the roots and to the product of norms, as in the authors' code."""
EMPTY = 1e-6
"""A slot of which less than this was ever written counts as empty."""


@dataclass(frozen=True)
class Memory:
    """What the slots of B lanes hold."""

    slots: Tensor
    """(B, N, C, h, w), zero where nothing was written."""
    occupancy: Tensor
    """(B, N) in [0, 1]: the share of a slot's content that came from templates, not from the zeros it began with."""
    age: Tensor
    """(B, N) frames since what a slot holds was seen, in the mean over its content; 0 for an empty slot."""


def empty_memory(template: Tensor, slots: int) -> Memory:
    """Return memories of `slots` empty slots for templates (B, C, h, w)."""
    nothing = template.new_zeros(len(template), slots)
    return Memory(template.new_zeros(len(template), slots, *template.shape[1:]), nothing, nothing)


def write(memory: Memory, template: Tensor, amount: Tensor) -> Memory:
    """Write the last frame's template (B, C, h, w) into every slot by its `amount` (B, N) in [0, 1].

    A slot keeps ``1 - amount`` of what it held.
    """
    keep = 1 - amount
    fresh = amount[:, :, None, None, None] * template[:, None]
    kept = keep * memory.occupancy
    occupancy = kept + amount
    age = (kept * (memory.age + 1) + amount) / occupancy.clamp_min(EMPTY)
    return Memory(memory.slots * keep[:, :, None, None, None] + fresh, occupancy, age)


def enqueue(memory: Memory, template: Tensor, wanted: Tensor) -> Memory:
    """Put the last frame's template (B, C, h, w) into the first slot, move the others on and drop the last.

    Lanes that are not `wanted` (B,) keep what they have, a frame older.
    """
    new = template.new_ones(len(template), 1)
    older = memory.age + memory.occupancy
    moved = Memory(
        torch.cat([template[:, None], memory.slots[:, :-1]], dim=1),
        torch.cat([new, memory.occupancy[:, :-1]], dim=1),
        torch.cat([new, older[:, :-1]], dim=1),
    )
    return choose_lanes(wanted, moved, Memory(memory.slots, memory.occupancy, older))


def write_amount(weight: Tensor, gates: Tensor, decay: Tensor) -> Tensor:
    """Return (B, N), what of each slot a write replaces.

    Args:
        weight: (B, N) write weights.
        gates: (B, 3) leave alone, refresh what was read, allocate.
        decay: (B, 1), how much of a refreshed slot is replaced.
    """
    return weight * (decay * gates[:, 1:2] + gates[:, 2:3])


def similarity(key: Tensor, slots: Tensor) -> Tensor:
    """Return the (B, S, N) cosine of read keys (B, S, C) and the spatial means of slots (B, N, C, h, w)."""
    means = slots.mean((-2, -1))
    norms = [(vectors.square().sum(-1) + COSINE_EPS).sqrt() for vectors in (key, means)]
    return key @ means.transpose(1, 2) / (norms[0][:, :, None] * norms[1][:, None] + COSINE_EPS)


def read_weights(scores: Tensor, occupancy: Tensor | None, *, hard: bool) -> Tensor:
    """Return the (B, S, N) weights of slots with the given scores (B, S, N), summing to 1.

    Args:
        scores: Similarity times read strength.
        occupancy: (B, N): a slot counts by what of it was written, an empty one not at all; None: all count, so that
            an empty slot, whose similarity is 0, takes a share too (the authors' code).
        hard: All weight to the slot with most; gradients pass as if the weights were soft.
    """
    if occupancy is None:
        weights = scores.softmax(-1)
    else:
        mass = (scores - scores.amax(-1, keepdim=True)).exp() * occupancy[:, None]
        weights = mass / mass.sum(-1, keepdim=True).clamp_min(EMPTY)
    if not hard:
        return weights
    first = F.one_hot(weights.argmax(-1), weights.shape[-1]).to(weights.dtype)
    return first + weights - weights.detach() if weights.requires_grad else first


def retrieve(memory: Memory, weights: Tensor, *, whole: bool) -> Tensor:
    """Return the (B, S, C, h, w) sums of slots by `weights` (B, S, N).

    Args:
        memory: What is read.
        weights: Read weights.
        whole: Read a slot that is partly unwritten at its full strength; False: as it is, pulled towards zero.
    """
    if whole:
        weights = weights / memory.occupancy.clamp_min(EMPTY)[:, None]
    return (weights @ memory.slots.flatten(2)).reshape(*weights.shape[:2], *memory.slots.shape[2:])


def allocation(usage: Tensor) -> Tensor:
    """Return the (B, N) one-hot choice of the slot used least, the first of equals; no gradient."""
    return F.one_hot(usage.detach().argmin(-1), usage.shape[-1]).to(usage.dtype)


def allocation_margin(usage: Tensor) -> Tensor:
    """Return (B,) in [0, 1], by how much the second least usage exceeds the least, relative to the largest.

    Exactly equal usages are no near-tie: they stay equal however lanes are grouped, and the first is taken.
    """
    above = usage - usage.amin(-1, keepdim=True)
    lead = torch.where(above > 0, above, torch.inf).amin(-1)
    return (lead / usage.amax(-1).clamp_min(EMPTY)).clamp_max(1)
