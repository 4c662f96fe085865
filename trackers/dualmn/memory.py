"""The long branch's memory: bounded slots in the order of time, and which of them are read.

STMTrack keeps every frame; here a lane's memory is bounded. Slots are filled at an interval that doubles each time all
are full: then every other slot is dropped, never the first, and what is left is as evenly spread over the past as
before (docs/dualmn.md).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import torch
from torch import Tensor

from trackers.nets.lanes import choose_lanes, surely_all


@dataclass(frozen=True)
class Stored:
    """What is remembered of a frame, in each of B lanes (or in slots: B, S, ...)."""

    features: Tensor
    """(B, C, m, m) memory features of the crop around the target."""
    ballots: Tensor
    """(B, m, m) how much each cell's vote for the target's centre counts, in [0, 1]; 0 off the target."""
    born: Tensor
    """(B,) the lane's age in frames when it was stored; -1 where there is nothing."""


@dataclass(frozen=True)
class LongMemory:
    """S slots and the newest accepted frame, in each of B lanes."""

    slots: Stored
    """(B, S, ...); the first `count` slots hold frames in the order of time, the first frame first."""
    newest: Stored
    """The last accepted frame; it may also be in a slot."""
    newest_score: Tensor
    """(B,) how sure the tracker was of it, in [0, 1]."""
    count: Tensor
    """(B,) slots in use."""
    accepted: Tensor
    """(B,) frames accepted so far, the first one not counted."""
    interval: Tensor
    """(B,) every so many accepted frames one goes into a slot."""
    first: Stored
    """The first frame, whatever becomes of the slots: what a lane that has lost its memory begins afresh from."""
    size_bias: Tensor
    """(B, 2) width and height of the first frame's box over what the branch's head says of that frame."""

    @property
    def capacity(self) -> int:
        """S."""
        return self.slots.born.shape[1]


def begin(first: Stored, capacity: int, size_bias: Tensor) -> LongMemory:
    """Return the memory of lanes that have seen their first frame; size_bias (B, 2), see `LongMemory`."""
    lanes = len(first.born)

    def slots(value: Tensor, empty: float) -> Tensor:
        room = value.new_full((lanes, capacity, *value.shape[1:]), empty)
        room[:, 0] = value
        return room

    ones = torch.ones_like(first.born)
    return LongMemory(
        Stored(slots(first.features, 0), slots(first.ballots, 0), slots(first.born, -1)),
        first,
        first.features.new_ones(lanes),
        ones,
        torch.zeros_like(ones),
        ones.clone(),
        first,
        size_bias,
    )


def written(memory: LongMemory, lanes: Tensor, new: Stored, score: Tensor, keep_first: bool = True) -> LongMemory:
    """Return the memory after some lanes, a mask (B,), accepted a frame.

    Args:
        memory: The memory.
        lanes: (B,), true where the frame is accepted.
        new: The frame.
        score: (B,) how sure the tracker is of it.
        keep_first: Whether the first frame is never dropped.
    """
    accepted = memory.accepted + lanes
    due = lanes & (accepted % memory.interval == 0)
    memory = _thinned(memory, due & (memory.count == memory.capacity), keep_first)
    due = due & (accepted % memory.interval == 0)
    slots, count = memory.slots, memory.count
    if not surely_all(~due):
        row = torch.arange(len(due), device=due.device)
        place = count.clamp(max=memory.capacity - 1)

        def put(room: Tensor, value: Tensor) -> Tensor:
            room = room.clone()
            room[row, place] = choose_lanes(due, value.to(room.dtype), room[row, place])
            return room

        slots = _map(put, slots, new)
        count = count + due

    def newest(old: Tensor, value: Tensor) -> Tensor:
        return torch.where(lanes.reshape(-1, *(1,) * (old.dim() - 1)), value.to(old.dtype), old)

    return replace(
        memory,
        slots=slots,
        newest=_map(newest, memory.newest, new),
        newest_score=newest(memory.newest_score, score),
        count=count,
        accepted=accepted,
    )


def _thinned(memory: LongMemory, lanes: Tensor, keep_first: bool) -> LongMemory:
    """Return the memory with every other slot of some full lanes dropped and their interval doubled."""
    if surely_all(~lanes):
        return memory
    capacity = memory.capacity
    every = torch.arange(capacity, device=lanes.device)
    kept = torch.arange(0 if keep_first else 1, capacity, 2, device=lanes.device)
    order = torch.where(lanes[:, None], torch.cat([kept, every[len(kept) :]]), every)
    row = torch.arange(len(lanes), device=lanes.device)[:, None]
    slots = _map(lambda room, _: room[row, order], memory.slots, memory.slots)
    count = torch.where(lanes, len(kept), memory.count)
    empty = torch.arange(capacity, device=lanes.device) >= count[:, None]
    slots = replace(slots, born=slots.born.masked_fill(empty, -1))
    return replace(memory, slots=slots, count=count, interval=torch.where(lanes, 2 * memory.interval, memory.interval))


def _map(change, first: Stored, second: Stored) -> Stored:  # type: ignore[no-untyped-def]
    return Stored(
        change(first.features, second.features), change(first.ballots, second.ballots), change(first.born, second.born)
    )


def segments(count: Tensor, number: int) -> tuple[Tensor, Tensor]:
    """Return which of n frames are read, as 0-based indices (B, N + 1) and whether each counts (B, N + 1).

    STMTrack's rule: all where n <= N; else the first and the middle one of each of N equal segments,
    {1} with {k d + d // 2 + 1, k = 0 .. N-1}, d = n // N, 1-based. A frame that comes up twice counts once.

    Args:
        count: (B,) n.
        number: N, the number of segments.
    """
    k = torch.arange(number, device=count.device)
    length = (count // number)[:, None]
    middle = k * length + length // 2
    indices = torch.cat([torch.zeros_like(count)[:, None], middle], 1)
    every = torch.arange(number + 1, device=count.device).expand(len(count), -1)
    few = (count <= number)[:, None]
    indices = torch.where(few, every, indices)
    once = torch.ones_like(indices, dtype=torch.bool)
    once[:, 1:] = few | (indices[:, 1:] != 0)
    return indices, once & (indices < count[:, None])


@dataclass(frozen=True)
class Reading:
    """The R = N + 2 frames that are read, in each of B lanes: first, segments, newest."""

    frames: Stored
    """(B, R, ...)."""
    valid: Tensor
    """(B, R)."""
    slot: Tensor
    """(B, R) index of the slot, S for the newest frame."""


def reading(memory: LongMemory, number: int, newest_score: float, twice: bool = False) -> Reading:
    """Return the frames to read: those of `segments`, and the newest one if its score exceeds `newest_score`.

    Where it is also in a slot that is read it is not read a second time, or by config `twice`, as STMTrack does, yet
    never where there are no more than N frames.
    """
    indices, valid = segments(memory.count, number)
    row = torch.arange(len(indices), device=indices.device)[:, None]
    picked = _map(lambda room, _: room[row, indices.clamp(max=memory.capacity - 1)], memory.slots, memory.slots)
    again = ((picked.born == memory.newest.born[:, None]) & valid).any(1)
    if twice:
        again = again & (memory.count <= number)
    fresh = (memory.newest_score > newest_score) & (memory.newest.born >= 0) & ~again
    frames = _map(lambda several, one: torch.cat([several, one[:, None]], 1), picked, memory.newest)
    return Reading(
        frames,
        torch.cat([valid, fresh[:, None]], 1),
        torch.cat([indices, torch.full_like(indices[:, :1], memory.capacity)], 1),
    )
