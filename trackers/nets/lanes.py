"""Lane by lane: a network on each lane's crops, which lanes are sound, a state made of some lanes of two."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace
from typing import Any, TypeVar

import torch
from torch import Tensor

from trackers.api import take_lanes

Tree = TypeVar("Tree")


def see_lanes(network: Callable[[Tensor], Tensor], crops: Tensor) -> Tensor:
    """Return the (B, S, C, h, w) output of a network for crops (B, S, 3, H, W).

    On a CPU a lane at a time: one lane's crops fill its cores, those of many no longer fit into its caches; and what
    a lane sees is, to the bit, what it sees alone.
    """
    if crops.device.type == "cpu" and len(crops) > 1:
        flat = torch.cat([network(lane) for lane in crops])
    else:
        flat = network(crops.flatten(0, 1))
    return flat.reshape(*crops.shape[:2], *flat.shape[1:])


def finite_lanes(values: Tensor) -> Tensor:
    """Return (B,), whether all of a lane's values (B, ...) are finite."""
    return torch.isfinite(values).flatten(1).all(1)


def surely_all(mask: Tensor) -> bool:
    """Tell whether a mask holds everywhere, as far as the host knows without waiting for a device: False there.

    Work that only some lanes need is done for all on a device; on a CPU, where it would cost, it is left out.
    """
    return mask.device.type == "cpu" and bool(mask.all())


def where_needed(mask: Tensor, work: Callable[[Callable[[Any], Any]], Tree], otherwise: Tree) -> Tree:
    """Return what `work` gives for the lanes of a mask (B,), and `otherwise`, a tree of tensors (B, ...), for the rest.

    `work` is handed a function that picks, of anything with lanes, those to work for: the mask's on a CPU, where each
    costs its time, and all of them on a device, whose host cannot know which they are without waiting.
    """
    if mask.device.type != "cpu":
        return choose_lanes(mask, work(lambda tree: tree), otherwise)
    rows = mask.nonzero()[:, 0].tolist()
    return _put(otherwise, rows, work(lambda tree: take_lanes(tree, rows))) if rows else otherwise


def _put(whole: Tree, rows: list[int], part: Tree) -> Tree:
    """Return a tree of tensors (B, ...) with the lanes `rows` replaced by those of `part`."""
    if isinstance(whole, Tensor):
        filled = whole.clone()
        filled[rows] = part  # type: ignore[assignment]
        return filled  # type: ignore[return-value]
    filled_fields = {f.name: _put(getattr(whole, f.name), rows, getattr(part, f.name)) for f in fields(whole)}  # type: ignore
    return replace(whole, **filled_fields)  # type: ignore


def choose_lanes(mask: Tensor, kept: Tree, other: Tree) -> Tree:
    """Return a tree of tensors (B, ...) with the lanes of `kept` where `mask` (B,) holds, else those of `other`."""
    if isinstance(kept, Tensor):
        return torch.where(mask.reshape(-1, *(1,) * (kept.dim() - 1)), kept, other)  # type: ignore
    chosen = {f.name: choose_lanes(mask, getattr(kept, f.name), getattr(other, f.name)) for f in fields(kept)}  # type: ignore
    return replace(kept, **chosen)  # type: ignore
