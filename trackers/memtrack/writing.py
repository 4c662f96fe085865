"""Whether what was found is still what the first frame showed: nothing else is written (docs/memtrack.md)."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from trackers.nets.localise import lead


def agreement(first: Tensor, shift: Tensor) -> Tensor:
    """Return (B,), the first template's response around a place, relative to its highest anywhere.

    A memory that drifts raises the response to what it drifted to; the first template's does not drift.

    Args:
        first: (B, m, m) response to the first template.
        shift: (B, 2) x, y of the place from the map's centre, in cells; it and the eight cells around it count.
    """
    side = first.shape[-1]
    column, row = (shift + (side - 1) / 2).round().long().clamp(0, side - 1).unbind(1)
    near = F.max_pool2d(first[:, None], 3, stride=1, padding=1)[:, 0]
    lane = torch.arange(len(first), device=first.device)
    return near[lane, row, column] / first.amax((1, 2)).clamp_min(1e-12)


def worth_writing(first: Tensor, shift: Tensor, least: float) -> tuple[Tensor, Tensor]:
    """Return (B,) whether the `agreement` is at least that much, and how near to it, relative to the larger, it is."""
    agreed = agreement(first, shift)
    return agreed >= least, lead(agreed, least)
