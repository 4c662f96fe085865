"""How large a target is, read off one search region: its first template, cut at several sizes, answers differently.

A template cut with a side divided by a factor shows the target larger by the factor. Where the target has grown, the
enlarged template answers more than the shrunk one. Over the logarithm of the size the answer falls off as a Gaussian of
a width that hardly differs by target, so that the answers of a few sizes, fixed for good, tell how far the size held is
from the one seen, in between those sizes and beyond (docs/siamfc.md).
"""

from __future__ import annotations

import torch
from torch import Tensor

from trackers.nets.enlarge import enlarge_near
from trackers.nets.size_rules import SizeRules
from trackers.nets.transfer import precise

LEAST = 0.02
"""What an answer above the mean counts at the least: its logarithm is taken."""


def scale_factors(count: int, step: float, device: torch.device) -> Tensor:
    """Return the (count,) factors of a pyramid: powers of `step`, 1 in the middle."""
    half = count // 2
    factors = step ** torch.arange(-half, half + 1, dtype=torch.float64)
    return factors.to(precise(device)).to(device)


def size_change(
    responses: Tensor,
    shift: Tensor,
    factors: Tensor,
    upsampling: int,
    rules: SizeRules,
    held: Tensor | None = None,
) -> Tensor:
    """Return (B,), by what every lane's size is to be multiplied.

    Args:
        responses: (B, T, h, h) to templates that show the target larger by `factors`; 1 is a template's to itself.
        shift: (B, 2) x, y of the target from the map's centre, in cells.
        factors: (T,), 1 in the middle.
        upsampling: Bicubic enlargement at which the answers are read, a cell around the target.
        rules: What is made of them.
        held: (B,) logarithm of the size held over that of the search crop, where something else changed it; None: 0.
    """
    if len(factors) == 1:
        return torch.ones_like(shift[:, 0])
    answers = enlarge_near(responses, shift, upsampling).flatten(2).amax(2) - responses.mean((2, 3))
    sizes = factors.log().to(answers)
    # least squares for the middle of a Gaussian of known width whose height is free; the sizes sum to 0
    seen = rules.size_width**2 * (answers.clamp_min(LEAST).log() @ sizes) / sizes.square().sum()
    if held is not None:
        seen = seen - held
    beyond = seen - seen.clamp(-rules.size_tolerance, rules.size_tolerance)
    sure = (answers[:, len(factors) // 2] / rules.size_sure).clamp(0, 1)
    return (rules.size_share * sure * beyond).clamp(-rules.size_most, rules.size_most).exp()
