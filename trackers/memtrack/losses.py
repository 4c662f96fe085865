"""What MemTrack is trained by: the balanced logistic loss on cells that overlap the target (docs/memtrack.md)."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor

from trackers.nets.response_losses import balanced_logistic, cell_offsets, peak_choice, squared_distance

OVERLAP = 0.7
"""A cell is positive where a box of the target's size, centred on it, overlaps the target's by more than this."""
SPREAD = 6.0
"""Pixels; of the wanted choice."""


@dataclass(frozen=True)
class MemTrackLoss:
    """A loss and what it is made of, each a scalar."""

    total: Tensor
    logistic: Tensor
    choice: Tensor


def overlap_labels(positions: Tensor, sizes: Tensor, cells: int, stride: float) -> Tensor:
    """Return (N, m, m) bool, the positive cells; where none is near enough, the nearest one.

    Args:
        positions: (N, 2) the target's centre in pixels from the search crop's middle.
        sizes: (N, 2) its width and height in pixels of the search crop.
        cells: m, the response's side.
        stride: Pixels a cell.
    """
    offsets = cell_offsets(cells, stride, positions.device)
    gaps = [(offsets[None] - positions[:, i, None]).abs() for i in (0, 1)]
    left = [(sizes[:, i, None] - gaps[i]).clamp_min(0) for i in (0, 1)]
    shared = left[1][:, :, None] * left[0][:, None, :]
    overlap = shared / (2 * sizes.prod(1)[:, None, None] - shared)
    distance = squared_distance(positions, cells, stride)
    return (overlap > OVERLAP) | (distance <= distance.amin((1, 2), keepdim=True))


def memtrack_loss(
    logits: Tensor, positions: Tensor, sizes: Tensor, weight: Tensor, stride: float, choice: float = 1.0
) -> MemTrackLoss:
    """Return the weighted mean loss over N maps.

    Args:
        logits: (N, m, m).
        positions: (N, 2), sizes: (N, 2); see `overlap_labels`.
        sizes: See there.
        weight: (N,), 0 for a map that does not count.
        stride: Pixels a cell.
        choice: Weight of the choice of one cell among all; the paper's loss has none.
    """
    cells = logits.shape[-1]
    logistic = balanced_logistic(logits, overlap_labels(positions, sizes, cells, stride))
    chosen = peak_choice(logits, squared_distance(positions, cells, stride), SPREAD)
    total = weight.sum().clamp_min(1e-6)
    parts = [(part * weight).sum() / total for part in (logistic, chosen)]
    return MemTrackLoss(parts[0] + choice * parts[1], *parts)
