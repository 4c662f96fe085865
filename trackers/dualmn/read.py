"""The long branch's read: every query cell asks every memory cell how alike they are (STMTrack's, docs/dualmn.md).

Besides the features that a head goes by, the same affinity says where the target is without any training: a query cell
that resembles a memory cell lying at some place of the target votes for the centre that follows from it.
"""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor

from trackers.nets.lanes import surely_all


def affinity(query: Tensor, memory: Tensor, valid: Tensor) -> Tensor:
    """Return (B, h w, R, m m): softmax over all valid memory cells of the dot products divided by sqrt(C).

    Every query cell's shares sum to 1, or are all 0 where no frame is valid.

    Args:
        query: (B, C, h, w).
        memory: (B, R, C, m, m), R frames.
        valid: (B, R), which frames count.
    """
    frames, channels = memory.shape[1:3]
    keys = memory.flatten(3).transpose(1, 2).flatten(2)
    logits = query.flatten(2).transpose(1, 2) @ (keys / math.sqrt(channels))
    shape = (*logits.shape[:2], frames, logits.shape[2] // frames)
    if surely_all(valid):
        return torch.softmax(logits, 2).reshape(shape)
    usable = valid[:, None, :, None]
    logits = logits.reshape(shape).masked_fill(~usable, torch.finfo(logits.dtype).min)
    return torch.softmax(logits.flatten(2), 2).reshape(shape) * usable


def read(shares: Tensor, memory: Tensor, height: int) -> Tensor:
    """Return (B, C, h, w), what each query cell reads: memory (B, R, C, m, m) summed by shares (B, h w, R, m m)."""
    values = memory.flatten(3).transpose(1, 2).flatten(2)
    mixed = values @ shares.flatten(2).transpose(1, 2)
    return mixed.reshape(*mixed.shape[:2], height, -1)


def votes(shares: Tensor, ballots: Tensor, height: int) -> Tensor:
    """Return (B, h', h') votes for the target's centre, in [0, 1]; 1 where all of the target is found in its place.

    A query cell at p that has a share of the memory cell at q from a target's centre votes by it for the centre p - q.
    The map is as large as the query's, or a cell larger where m is even: its cells then lie on the query's corners.
    Both maps are centred on the query's.

    Args:
        shares: (B, h h, R, m m) affinity.
        ballots: (B, R, m, m) how much each memory cell's vote counts, in [0, 1]; centred on the target.
        height: h.
    """
    side = ballots.shape[-1]
    cast = (shares * ballots.flatten(2)[:, None]).sum(2).transpose(1, 2)
    whole = height + side - 1
    # fold adds what lies at p + j, j = 0 .. m-1; a vote goes to p - q, so that memory cells are taken backwards.
    counted = F.fold(cast.flip(1), (whole, whole), side)[:, 0]
    border = (side - 1) // 2
    counted = counted[:, border : whole - border, border : whole - border]
    # Of a target that is found whole every frame's copy may get the votes: no more than the largest copy can.
    most = ballots.sum((2, 3)).amax(1).clamp_min(1e-6)
    return counted / most[:, None, None]


def foreground(shares: Tensor, ballots: Tensor) -> Tensor:
    """Return (B, h w) in [0, 1], each query cell's share of memory cells that count, by ballots (B, R, m, m)."""
    return (shares * ballots.flatten(2)[:, None]).sum((2, 3))
