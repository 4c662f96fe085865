"""Lane by lane: which lanes are sound, and a state made of some lanes of one and the rest of another."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import TypeVar

import torch
from torch import Tensor

Tree = TypeVar("Tree")


def finite_lanes(values: Tensor) -> Tensor:
    """Return (B,), whether all of a lane's values (B, ...) are finite."""
    return torch.isfinite(values).flatten(1).all(1)


def choose_lanes(mask: Tensor, kept: Tree, other: Tree) -> Tree:
    """Return a tree of tensors (B, ...) with the lanes of `kept` where `mask` (B,) holds, else those of `other`."""
    if isinstance(kept, Tensor):
        return torch.where(mask.reshape(-1, *(1,) * (kept.dim() - 1)), kept, other)  # type: ignore
    chosen = {f.name: choose_lanes(mask, getattr(kept, f.name), getattr(other, f.name)) for f in fields(kept)}  # type: ignore
    return replace(kept, **chosen)  # type: ignore
