"""Losses on response maps that families share: balanced logistic, and the peak as a choice among all cells."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor


def cell_offsets(cells: int, stride: float, device: torch.device) -> Tensor:
    """Return (m,), the pixels from the search crop's middle at which the cells of a response of side m stand."""
    return (torch.arange(cells, device=device) - (cells - 1) / 2) * stride


def squared_distance(positions: Tensor, cells: int, stride: float) -> Tensor:
    """Return (N, m, m), squared pixels from each cell to the target at positions (N, 2), x and y from the middle."""
    offsets = cell_offsets(cells, stride, positions.device)
    across = (offsets[None] - positions[:, :1]).square()
    down = (offsets[None] - positions[:, 1:]).square()
    return down[:, :, None] + across[:, None, :]


def balanced_logistic(logits: Tensor, positive: Tensor) -> Tensor:
    """Return (N,), the logistic loss of maps (N, m, m) in which both classes weigh a half (docs/siamfc.md).

    `positive` (N, m, m) is true where the target is. A map without positives is all negative, at a weight of one half.
    """
    loss = F.binary_cross_entropy_with_logits(logits, positive.to(logits.dtype), reduction="none")
    negative = ~positive

    def mean(mask: Tensor) -> Tensor:
        return (loss * mask).sum((1, 2)) / mask.sum((1, 2)).clamp_min(1)

    return 0.5 * (mean(positive) + mean(negative))


def peak_choice(logits: Tensor, distance: Tensor, spread: float, others: Tensor | None = None) -> Tensor:
    """Return (N,), the cross-entropy of choosing the target's cell among all cells.

    Args:
        logits: (N, m, m).
        distance: (N, m, m) squared pixels from each cell to the target.
        spread: Standard deviation in pixels of the Gaussian that is the wanted choice.
        others: (N, K) logits of cells in other places that must not be chosen either.
    """
    wanted = (-distance / (2 * spread**2)).flatten(1).softmax(1)
    rivals = logits.flatten(1)
    if others is not None:
        rivals = torch.cat([rivals, others], dim=1)
    return rivals.logsumexp(1) - (wanted * logits.flatten(1)).sum(1)
