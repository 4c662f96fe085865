"""What DualMN is trained by (docs/dualmn.md).

A box head by STMTrack's focal, centre-ness and IoU losses; the online filter, and what it starts from, by DiMP's
hinge-type loss on the scores it gives in frames that it was not learnt on.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from trackers.dualmn.head import HeadMaps
from trackers.nets.response_losses import cell_offsets, squared_distance

ALPHA, GAMMA = 0.75, 2.0
"""Of the focal loss."""
BOX_WEIGHT = 3.0
ON_TARGET = 0.05
"""Label from which on a cell belongs to the target."""


@dataclass(frozen=True)
class HeadLoss:
    """A loss and what it is made of, each a scalar; and how well the boxes fit."""

    total: Tensor
    focal: Tensor
    centreness: Tensor
    box: Tensor
    overlap: Tensor
    """Mean IoU of the boxes of the positive cells."""


def side_distances(positions: Tensor, sizes: Tensor, cells: int, stride: float) -> Tensor:
    """Return (N, 4, n, n), from each cell to the box's left, top, right and bottom side; negative outside.

    Args:
        positions: (N, 2) the target's centre in pixels from the search crop's middle.
        sizes: (N, 2) its width and height in pixels of the search crop.
        cells: n.
        stride: Pixels a cell.
    """
    offsets = cell_offsets(cells, stride, positions.device)
    low, high = positions - sizes / 2, positions + sizes / 2
    shape = (len(positions), cells, cells)
    left = (offsets[None] - low[:, :1])[:, None, :].expand(shape)
    top = (offsets[None] - low[:, 1:])[:, :, None].expand(shape)
    right = (high[:, :1] - offsets[None])[:, None, :].expand(shape)
    bottom = (high[:, 1:] - offsets[None])[:, :, None].expand(shape)
    return torch.stack([left, top, right, bottom], dim=1)


def head_loss(
    maps: HeadMaps, positions: Tensor, sizes: Tensor, weight: Tensor, foreign: Tensor, stride: float
) -> HeadLoss:
    """Return the loss over N maps.

    Every cell in the target's box is positive. Where the memory is another target's, the cells in the box are negative
    and all others do not count: there the other target might be.

    Args:
        maps: Of N searches.
        positions: (N, 2), sizes: (N, 2); see `side_distances`.
        sizes: See there.
        weight: (N,), 0 for a map that does not count.
        foreign: (N,) whether the memory is another target's.
        stride: Pixels a cell.
    """
    wanted = side_distances(positions, sizes, maps.classes.shape[-1], stride)
    inside = wanted.amin(1) > 0
    each = weight[:, None, None]
    positive = inside & ~foreign[:, None, None]
    counted = inside | ~foreign[:, None, None]
    count = (positive * each).sum().clamp_min(1)
    # focal
    target = positive.to(maps.classes.dtype)
    entropy = F.binary_cross_entropy_with_logits(maps.classes, target, reduction="none")
    right = torch.exp(-entropy)  # the probability of the right class
    balance = torch.where(positive, ALPHA, 1 - ALPHA)
    focal = (balance * (1 - right) ** GAMMA * entropy * counted * each).sum() / count
    # centre-ness: its cross-entropy less its own entropy, so that the least is 0
    left, top, high, bottom = wanted.clamp_min(0).unbind(1)
    shares = torch.minimum(left, high) * torch.minimum(top, bottom)
    centre = (shares / (torch.maximum(left, high) * torch.maximum(top, bottom)).clamp_min(1e-6)).sqrt()
    excess = F.binary_cross_entropy_with_logits(maps.centreness, centre, reduction="none")
    excess = excess - F.binary_cross_entropy(centre, centre, reduction="none")
    centreness = (excess * inside * each).sum() / (inside * each).sum().clamp_min(1)
    # boxes
    overlap = box_overlap(maps.distances, wanted.clamp_min(0))
    box = (-overlap.clamp_min(1e-6).log() * positive * each).sum() / count
    fit = (overlap.detach() * positive * each).sum() / count
    return HeadLoss(focal + centreness + BOX_WEIGHT * box, focal, centreness, box, fit)


def filter_loss(scores: Tensor, centres: Tensor, sigma: float, foreign: Tensor) -> Tensor:
    """Return (N,), the hinge-type error of maps: on the target any, elsewhere only positive scores are errors.

    Args:
        scores: (N, h, h).
        centres: (N, 2) x, y of the target from the map's centre, in cells.
        sigma: Of the Gaussian that is wanted, in cells.
        foreign: (N,) whether the filter is another target's: then it is to find nothing.
    """
    label = torch.exp(-squared_distance(centres, scores.shape[-1], 1.0) / (2 * sigma**2))
    on_target = (label > ON_TARGET) & ~foreign[:, None, None]
    error = torch.where(on_target, scores - label, scores.clamp_min(0))
    return error.square().sum((1, 2))


def box_overlap(first: Tensor, second: Tensor) -> Tensor:
    """Return (N, n, n), the IoU of two boxes a cell, each (N, 4, n, n) distances to left, top, right, bottom."""
    shared = torch.minimum(first, second)
    inner = (shared[:, 0] + shared[:, 2]) * (shared[:, 1] + shared[:, 3])
    areas = [(one[:, 0] + one[:, 2]) * (one[:, 1] + one[:, 3]) for one in (first, second)]
    return inner / (areas[0] + areas[1] - inner).clamp_min(1e-6)
