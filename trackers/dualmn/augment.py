"""What the short branch learns from before it has seen a second frame: the first frame, shifted, mirrored and so on.

DiMP's list (arXiv 1904.07220). Shifts at random come from the lane's own generator, so that a lane's samples depend on
its seed alone.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from trackers.api import Frame
from trackers.nets.crops import square_crops

RANDOM_SHIFT = 1 / 6
"""Largest random shift in crop sides."""
MARGIN = 1.5
"""Side of the patch from which samples are cut, in crop sides."""


@dataclass(frozen=True)
class Augmentation:
    """One change of the first crop."""

    shift: tuple[float, float] | None = None
    """Of the target, x, y in crop sides; None: at random, up to `RANDOM_SHIFT`."""
    mirrored: bool = False
    blur: tuple[float, float] | None = None
    """Standard deviations across and down, in pixels."""
    rotation: float = 0.0
    """Degrees."""
    dropout: float = 0.0
    """Share of feature channels set to 0; the others are scaled up."""


AUGMENTATIONS = (
    Augmentation(shift=(0.0, 0.0)),
    Augmentation(mirrored=True),
    Augmentation(blur=(2.0, 2.0)),
    Augmentation(rotation=10.0),
    Augmentation(rotation=-10.0),
    Augmentation(shift=(0.3, 0.3)),
    Augmentation(shift=(-0.3, 0.3)),
    Augmentation(shift=(0.3, -0.3)),
    Augmentation(shift=(-0.3, -0.3)),
    Augmentation(blur=(3.0, 1.0)),
    Augmentation(blur=(1.0, 3.0)),
    Augmentation(rotation=45.0),
    Augmentation(rotation=-45.0),
    Augmentation(shift=(0.0, 0.0), dropout=0.2),
    Augmentation(shift=(0.0, 0.0), dropout=0.2),
)
"""The first is the crop as it is."""


@dataclass(frozen=True)
class FirstCrops:
    """The augmented first crops of B lanes."""

    crops: Tensor
    """(B, F, 3, size, size) uint8."""
    shifts: Tensor
    """(B, F, 2) x, y of the target from the crop's centre, in pixels of the crop."""


def generators(seeds: Sequence[int]) -> list[torch.Generator]:
    """Return one generator a lane, on the host."""
    return [torch.Generator().manual_seed(seed % 2**63) for seed in seeds]


def first_crops(
    frames: Sequence[Frame],
    centres: Tensor,
    sides: Tensor,
    size: int,
    fill: Tensor,
    count: int,
    random: Sequence[torch.Generator],
) -> FirstCrops:
    """Cut the first `count` augmentations of each lane's first frame.

    Args:
        frames: B frames.
        centres: (B, 2) of the targets, in pixels.
        sides: (B,) of the search crop, in pixels.
        size: Side of the output in pixels.
        fill: (B, 3) colour beyond the border.
        count: F, at most ``len(AUGMENTATIONS)``.
        random: One generator a lane.
    """
    wide = math.ceil(size * MARGIN)
    patches = square_crops(frames, centres, sides[:, None] * (wide / size), wide, fill)[:, 0]
    plan = AUGMENTATIONS[:count]
    shifts = torch.stack([_shifts(plan, size, generator) for generator in random])
    crops = np.empty((len(frames), count, size, size, 3), np.uint8)
    for lane, patch in enumerate(patches.permute(0, 2, 3, 1).numpy()):
        patch = np.ascontiguousarray(patch)
        for index, change in enumerate(plan):
            crops[lane, index] = _changed(patch, change, shifts[lane, index].numpy(), size, fill[lane].tolist())
    return FirstCrops(torch.from_numpy(crops).permute(0, 1, 4, 2, 3), shifts)


def drop_channels(features: Tensor, random: Sequence[torch.Generator]) -> Tensor:
    """Return features (B, F, C, h, w) with the channels of the dropout samples set to 0 by each lane's generator."""
    out = features.clone()
    for index, change in enumerate(AUGMENTATIONS[: features.shape[1]]):
        if change.dropout > 0:
            for lane, generator in enumerate(random):
                kept = torch.rand(features.shape[2], generator=generator) >= change.dropout
                out[lane, index] *= (kept / (1 - change.dropout)).to(out)[:, None, None]
    return out


def _shifts(plan: Sequence[Augmentation], size: int, random: torch.Generator) -> Tensor:
    """Return (F, 2) in pixels."""
    drawn = (torch.rand(len(plan), 2, generator=random) * 2 - 1) * RANDOM_SHIFT
    shares = [drawn[i] if change.shift is None else torch.tensor(change.shift) for i, change in enumerate(plan)]
    return torch.stack(shares) * size


def _changed(
    patch: NDArray[np.uint8], change: Augmentation, shift: NDArray[np.float32], size: int, colour: list[float]
) -> NDArray[np.uint8]:
    """Return the (size, size, 3) crop of a patch (wide, wide, 3) whose centre is the target's."""
    angle = math.radians(change.rotation)
    turn = np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])
    if change.mirrored:
        turn = turn @ np.diag([-1.0, 1.0])
    middle, patch_middle = (size - 1) / 2 + shift.astype(np.float64), (len(patch) - 1) / 2
    matrix = np.column_stack([turn, patch_middle - turn @ middle])
    crop = cv2.warpAffine(
        patch,
        matrix,
        (size, size),
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_CONSTANT,
        borderValue=colour,
    )
    if change.blur is not None:
        crop = cv2.GaussianBlur(crop, (0, 0), change.blur[0], sigmaY=change.blur[1])
    return np.asarray(crop, np.uint8)
