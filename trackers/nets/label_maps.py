"""Foreground-background label maps: which cells of a crop a target's box covers."""

from __future__ import annotations

import torch
from torch import Tensor


def label_maps(centres: Tensor, sizes: Tensor, cells: int, stride: float) -> Tensor:
    """Return (..., cells, cells), the share in [0, 1] of each cell's area that a box covers.

    Args:
        centres: (..., 2) x, y of the boxes from the crop's centre, in pixels of the crop.
        sizes: (..., 2) width and height in pixels of the crop.
        cells: Side of the map, whose centre is the crop's.
        stride: Pixels a cell.
    """
    edges = (torch.arange(cells, device=centres.device, dtype=centres.dtype) - cells / 2) * stride

    def covered(axis: int) -> Tensor:
        low = (centres[..., axis] - sizes[..., axis] / 2)[..., None]
        high = (centres[..., axis] + sizes[..., axis] / 2)[..., None]
        return (torch.minimum(high, edges + stride) - torch.maximum(low, edges)).clamp_min(0) / stride

    return covered(1)[..., :, None] * covered(0)[..., None, :]


def whole_label_maps(centres: Tensor, sizes: Tensor, pixels: int) -> Tensor:
    """Return (..., pixels, pixels), true in a box whose ends are cut off to whole pixels and both count (STMTrack's).

    Args:
        centres: (..., 2) x, y of the boxes from the middle pixel.
        sizes: (..., 2) width and height in pixels.
        pixels: Side of the map.
    """
    place = torch.arange(pixels, device=centres.device)
    middle, reach = centres + (pixels - 1) / 2, (sizes - 1) / 2
    low, high = (middle - reach).trunc()[..., None], (middle + reach).trunc()[..., None]
    inside = (place >= low) & (place <= high)
    return inside[..., 1, :, None] & inside[..., 0, None, :]


def centreness_maps(centres: Tensor, sizes: Tensor, cells: int, stride: float) -> Tensor:
    """Return (..., cells, cells), the centre-ness in [0, 1] of each cell's middle: 1 in a box's middle, 0 outside.

    FCOS's: sqrt(min(l, r) / max(l, r) * min(t, b) / max(t, b)) of the distances to the box's sides. Arguments as in
    `label_maps`.
    """
    middles = (torch.arange(cells, device=centres.device, dtype=centres.dtype) - (cells - 1) / 2) * stride

    def ratio(axis: int) -> Tensor:
        off = (middles - centres[..., axis, None]).abs()
        half = sizes[..., axis, None] / 2
        return ((half - off) / (half + off)).clamp_min(0)

    return (ratio(1)[..., :, None] * ratio(0)[..., None, :]).sqrt()
