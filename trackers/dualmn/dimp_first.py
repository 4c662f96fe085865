"""DiMP's views of the first frame: as it is, shifted, mirrored, blurred, turned (docs/dualmn.md)."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from trackers.api import Frame
from trackers.dualmn.config import DualMNConfig
from trackers.dualmn.sight import sampled
from trackers.nets.target import Target

SHIFTS = ((0.6, 0.6), (-0.6, 0.6), (0.6, -0.6), (-0.6, -0.6))
"""Down and right, in half crop sides."""
BLURS = ((3, 1), (1, 3), (2, 2))
"""Standard deviations down and across, in pixels."""
ANGLES = (10, -10, 45, -45)
"""Degrees."""
RANDOM_SHIFT = 1 / 3
"""Width in crop sides of the shift of what is mirrored, blurred or turned."""
PATCH = 2
"""Side of the patch that is changed, in crop sides."""


@dataclass(frozen=True)
class FirstViews:
    """What there is to learn from in B first frames, on the host."""

    crops: Tensor
    """(B, F, 3, size, size) float32."""
    places: Tensor
    """(B, F, 2) x, y of the target from the crop's middle, in pixels of the crop."""
    sizes: Tensor
    """(B, 2) of the target in pixels of the crop."""


def first_views(
    frames: Sequence[Frame], target: Target, config: DualMNConfig, random: Sequence[torch.Generator]
) -> FirstViews:
    """Return the views of each lane's first frame; shifts are drawn by a lane's own generator."""
    size = config.short_size
    centre, extent = target.centre.cpu() - 0.5, target.size.cpu()
    scale = extent.prod(1).sqrt() * config.short_area / size
    middle = centre.round()
    patches = sampled(frames, middle, scale * (PATCH * size), PATCH * size)[0]
    crops, places = [], []
    for lane, patch in enumerate(patches):
        views = [_view(patch, size, change, shift) for change, shift in _plan(size, random[lane])]
        crops.append(torch.cat([view for view, _ in views]))
        from_middle = (centre[lane] - middle[lane]) / scale[lane]
        places.append(torch.stack([from_middle.float() + shift for _, shift in views]))
    return FirstViews(torch.stack(crops), torch.stack(places), (extent / scale[:, None]).float())


Change = Callable[[Tensor], Tensor]


def _plan(size: int, random: torch.Generator) -> list[tuple[Change, tuple[int, int]]]:
    """Return the changes and the shifts (down, right) in whole pixels."""

    def drawn() -> tuple[int, int]:
        down, right = ((torch.rand(2, generator=random) - 0.5) * size * RANDOM_SHIFT).long().tolist()
        return down, right

    plan: list[tuple[Change, tuple[int, int]]] = [(lambda patch: patch, (0, 0))]
    plan += [(lambda patch: patch, (int(down * size / 2), int(right * size / 2))) for down, right in SHIFTS]
    plan.append((lambda patch: patch.flip(3), drawn()))
    plan += [(lambda patch, spread=spread: _blurred(patch, spread), drawn()) for spread in BLURS]  # type: ignore[misc]
    plan += [(lambda patch, angle=angle: _turned(patch, angle), drawn()) for angle in ANGLES]  # type: ignore[misc]
    return plan


def _view(patch: Tensor, size: int, change: Change, shift: tuple[int, int]) -> tuple[Tensor, Tensor]:
    """Return the (1, 3, size, size) middle of a changed patch (3, wide, wide), shifted, and the shift (2,) as x, y."""
    down, right = shift
    border = (size - patch.shape[-1]) // 2
    cut = F.pad(
        change(patch[None]), (border + right, border - right, border + down, border - down), "replicate"
    )  # fmt: skip
    return cut, torch.tensor([float(right), float(down)])


def _blurred(patch: Tensor, spread: tuple[int, int]) -> Tensor:
    blurred = patch.transpose(0, 1)
    for axis, sigma in enumerate(spread):
        reach = math.ceil(2 * sigma)
        line = torch.exp(-(torch.arange(-reach, reach + 1.0) ** 2) / (2 * sigma**2))
        shape, padding = ((1, 1, -1, 1), (reach, 0)) if axis == 0 else ((1, 1, 1, -1), (0, reach))
        blurred = F.conv2d(blurred, (line / line.sum()).reshape(shape), padding=padding)
    return blurred.transpose(0, 1)


def _turned(patch: Tensor, angle: float) -> Tensor:
    image = patch[0].permute(1, 2, 0).contiguous().numpy()
    radians = math.radians(angle)
    turn = np.array([[math.cos(radians), math.sin(radians)], [-math.sin(radians), math.cos(radians)]])
    middle = (np.array(image.shape[:2])[:, None] - 1) / 2
    matrix = np.concatenate([turn, middle - turn @ middle], 1)
    turned = cv2.warpAffine(image, matrix, image.shape[1::-1], borderMode=cv2.BORDER_REPLICATE)
    return torch.from_numpy(turned).permute(2, 0, 1)[None]
