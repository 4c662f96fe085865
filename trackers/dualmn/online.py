"""The short branch's "Optimizer": a filter learnt online, target against surroundings, by exact steepest descent.

The figure of DualMN shows the box alone; loss and optimiser are DiMP's (arXiv 1904.07220), docs/dualmn.md:

    L(f) = sum_j gamma_j | v_j (act(x_j * f) - y_j) |^2 + lambda^2 | f |^2

with act(s) = s on the target and max(0, s) on its surroundings, where only a positive response is an error. The step
along the descent direction is the exact minimiser of the Gauss-Newton model: of L itself where act is linear.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from trackers.dualmn.filters import apply_filter, filter_gradient

SMALLEST_REGULARISER = 1e-3
SMALLEST_CURVATURE = 1e-8
MASK_SLOPE = 3.0
"""Of the initial target mask, sigmoid(3 tanh(2 - d)), d in quarters of the mask's diameter."""


@dataclass(frozen=True)
class Samples:
    """N samples in each of B lanes."""

    features: Tensor
    """(B, N, C, h, w)."""
    centres: Tensor
    """(B, N, 2) x, y of the target from the map's centre, in cells."""
    weights: Tensor
    """(B, N), gamma in the loss; 0 where a place is empty. They sum to 1 over all groups that are learnt from."""


@dataclass(frozen=True)
class Learnt:
    """What optimising did in each of B lanes."""

    filters: Tensor
    """(B, C, k, k)."""
    losses: Tensor
    """(B, steps), before each step."""
    lengths: Tensor
    """(B, steps), the exact step lengths alpha."""
    path: tuple[Tensor, ...] = ()
    """The filter after each step: what training puts a loss on."""


class LabelShapes(nn.Module):
    """Label y, target mask and weight v as functions of the distance to the target's centre, learnt later.

    Piecewise linear over `bins` knots, constant beyond the last.

    Args:
        bins: Number of knots.
        spacing: Cells between knots.
        sigma: Of the initial Gaussian label, in cells.
        target_radius: Cells at which the initial mask is 1/2.
    """

    def __init__(self, bins: int, spacing: float, sigma: float, target_radius: float) -> None:
        super().__init__()
        self.spacing = spacing
        distance = torch.arange(bins) * spacing
        self.label = nn.Parameter(torch.exp(-(distance**2) / (2 * sigma**2)))
        self.mask = nn.Parameter(MASK_SLOPE * torch.tanh(2 - 2 * distance / target_radius))
        self.weight = nn.Parameter(torch.ones(bins))

    def forward(self, centres: Tensor, height: int, width: int) -> tuple[Tensor, Tensor, Tensor]:
        """Return label, mask in [0, 1] and weight, each (B, N, h, w), for targets at centres (B, N, 2)."""
        rows = torch.arange(height, device=centres.device) - (height - 1) / 2
        columns = torch.arange(width, device=centres.device) - (width - 1) / 2
        across = columns[None, None, None, :] - centres[:, :, 0, None, None]
        down = rows[None, None, :, None] - centres[:, :, 1, None, None]
        place = (across**2 + down**2).sqrt() / self.spacing
        last = len(self.label) - 1
        low = place.floor().clamp(max=last - 1).long()
        share = (place - low).clamp(0, 1)

        def read(knots: Tensor) -> Tensor:
            return knots[low] * (1 - share) + knots[low + 1] * share

        return read(self.label), torch.sigmoid(read(self.mask)), read(self.weight)


class OnlineOptimiser(nn.Module):
    """Steepest descent on the loss above, for every lane at once.

    Args:
        shapes: Label, mask and weight.
        regulariser: Initial lambda.
        step: Initial factor on the exact step length; 1 keeps it exact.
    """

    def __init__(self, shapes: LabelShapes, regulariser: float, step: float) -> None:
        super().__init__()
        self.shapes = shapes
        self.regulariser = nn.Parameter(torch.tensor(float(regulariser)))
        self.log_step = nn.Parameter(torch.tensor(math.log(step)))

    def forward(self, filters: Tensor, groups: Sequence[Samples], steps: int, keep_path: bool = False) -> Learnt:
        """Take `steps` steps from filters (B, C, k, k) on the samples of all groups.

        The scores are linear in the filter, so they are computed once and then follow its steps.
        """
        size = filters.shape[-1]
        ridge = self.regulariser.clamp_min(SMALLEST_REGULARISER) ** 2
        scores = [apply_filter(group.features, filters) for group in groups]
        shaped = [
            self.shapes(group.centres.to(filters.dtype), *score.shape[-2:])
            for group, score in zip(groups, scores, strict=True)
        ]
        roots = [group.weights.clamp_min(0).sqrt()[..., None, None] for group in groups]
        losses, lengths, path = [], [], []
        for _ in range(steps):
            gradient, loss = ridge * filters, ridge * _square(filters)
            slopes = []
            for group, score, (label, mask, weight), root in zip(groups, scores, shaped, roots, strict=True):
                scale = root * weight
                residual = scale * (activation(score, mask) - label)
                slope = scale * activation_slope(score, mask)
                gradient = gradient + filter_gradient(group.features, slope * residual, size)
                loss = loss + _square(residual)
                slopes.append(slope)
            moves = [apply_filter(group.features, gradient) for group in groups]
            squared = _square(gradient)
            curvature = ridge * squared
            for slope, move in zip(slopes, moves, strict=True):
                curvature = curvature + _square(slope * move)
            length = squared / curvature.clamp_min(SMALLEST_CURVATURE)
            taken = self.log_step.exp() * length
            filters = filters - taken * gradient
            scores = [score - taken * move for score, move in zip(scores, moves, strict=True)]
            losses.append(loss.flatten(1)[:, 0])
            lengths.append(length.flatten(1)[:, 0])
            if keep_path:
                path.append(filters)
        none = [filters.new_zeros(len(filters))] if steps == 0 else []
        return Learnt(filters, torch.stack(losses or none, 1), torch.stack(lengths or none, 1), tuple(path))


def activation(scores: Tensor, mask: Tensor) -> Tensor:
    """Return act(s): s where the mask is 1 (target), max(0, s) where it is 0 (surroundings), between in between."""
    return torch.where(scores > 0, scores, mask * scores)


def activation_slope(scores: Tensor, mask: Tensor) -> Tensor:
    """Return the derivative of `activation` by the scores; half way between its two sides at 0."""
    return (1 + mask) / 2 + (1 - mask) / 2 * scores.sign()


def _square(values: Tensor) -> Tensor:
    """Return (B, 1, 1, 1), the sum of squares of each lane's values (B, ...)."""
    return (values**2).flatten(1).sum(1)[:, None, None, None]
