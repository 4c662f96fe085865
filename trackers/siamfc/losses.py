"""What SiamFC is trained by: the balanced logistic loss of the paper, and in compact a choice among all cells.

Training of the compact preset stands on a trunk that localises already; what it lacks is to tell the target from
what resembles it. So the softmax runs over the cells of the target's own search region and the strongest cells of
another target's (docs/training.md).
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from trackers.nets.response_losses import balanced_logistic, peak_choice, squared_distance

RADIUS = 16.0
"""Pixels around the target within which a cell is positive (docs/siamfc.md)."""
SPREAD = 6.0
"""Pixels; of the wanted choice."""
HARDEST = 32
"""Cells of another target's search region that a choice is made against."""


@dataclass(frozen=True)
class SiamFCLoss:
    """A loss and what it is made of, each a scalar."""

    total: Tensor
    logistic: Tensor
    choice: Tensor


class Calibration(nn.Module):
    """From responses to logits; the peak's place, all that tracking uses, does not depend on it."""

    def __init__(self, sharpness: float, shift: float) -> None:
        super().__init__()
        self.sharpness = nn.Parameter(torch.tensor(sharpness).log())
        self.shift = nn.Parameter(torch.tensor(shift))

    def forward(self, response: Tensor) -> Tensor:
        """Return the logits of responses of any shape."""
        return self.sharpness.exp() * (response - self.shift)


def siamfc_loss(
    logits: Tensor, positions: Tensor, weight: Tensor, stride: float, foreign: Tensor | None, choice: float = 1.0
) -> SiamFCLoss:
    """Return the weighted mean loss over N maps.

    Args:
        logits: (N, m, m).
        positions: (N, 2) the target's centre in pixels from the search crop's middle.
        weight: (N,), 0 for a map that does not count.
        stride: Pixels a cell.
        foreign: (N, m, m) logits of the same templates in search regions of other targets; None: without.
        choice: Weight of the choice against the logistic loss; the paper's is 0.
    """
    distance = squared_distance(positions, logits.shape[-1], stride)
    logistic = balanced_logistic(logits, distance <= RADIUS**2)
    others = None
    if foreign is not None:
        nowhere = torch.zeros_like(foreign, dtype=torch.bool)
        logistic = logistic + balanced_logistic(foreign, nowhere)
        others = foreign.flatten(1).topk(HARDEST, dim=1).values
    chosen = peak_choice(logits, distance, SPREAD, others)
    total = weight.sum().clamp_min(1e-6)
    parts = [(part * weight).sum() / total for part in (logistic, chosen)]
    return SiamFCLoss(parts[0] + choice * parts[1], *parts)
