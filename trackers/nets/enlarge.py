"""Bicubic enlargement as two small matrix products: the whole map's, or only what lies around a place."""

from __future__ import annotations

from functools import lru_cache

import torch
import torch.nn.functional as F
from torch import Tensor


@lru_cache(maxsize=8)
def bicubic_matrix(size: int, upsampling: int, device: torch.device, corner_aligned: bool = False) -> Tensor:
    """Return (size upsampling, size): what `F.interpolate` does along one axis, where it enlarges bicubically."""
    unit = torch.eye(size, device=device)[None, None]
    return F.interpolate(unit, size=(size * upsampling, size), mode="bicubic", align_corners=corner_aligned)[0, 0]


def enlarge(maps: Tensor, upsampling: int, corner_aligned: bool = False) -> Tensor:
    """Return the enlargement (B, S, uh, uh) of square maps (B, S, h, h), u: upsampling.

    As `F.interpolate` gives it but for rounding, in a ninth of its time on a CPU at 25 cells and u = 8.
    """
    matrix = bicubic_matrix(maps.shape[-1], upsampling, maps.device, corner_aligned)
    return matrix @ maps @ matrix.T


def enlarge_near(maps: Tensor, shift: Tensor, upsampling: int) -> Tensor:
    """Return the enlargement (B, S, 2u+1, 2u+1) of maps (B, S, h, h) within a cell of each lane's place, u: upsampling.

    Beyond the border the enlarged map's edge is repeated.

    Args:
        maps: Of one size, square.
        shift: (B, 2) x, y of the places from the map's centre, in cells.
        upsampling: Fine cells a cell.
    """
    size = maps.shape[-1]
    side = size * upsampling
    middle = (shift * upsampling + (side - 1) / 2).round().long()
    around = torch.arange(-upsampling, upsampling + 1, device=maps.device)
    columns, rows = (middle[:, :, None] + around).clamp(0, side - 1).unbind(1)
    matrix = bicubic_matrix(size, upsampling, maps.device)
    return matrix[rows][:, None] @ maps @ matrix[columns][:, None].transpose(2, 3)
