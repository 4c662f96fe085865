"""Square crops around targets: the only place where pixels leave a frame.

Coordinates are continuous (pixel i covers [i, i+1)): a crop of side ``s`` at centre ``c`` covers
``[c - s/2, c + s/2)`` and its output pixel j samples ``c - s/2 + (j + 1/2) s / size``, so that template and search
region are never half a pixel apart.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from trackers.api import Frame


def mean_colour(frames: Sequence[Frame]) -> Tensor:
    """Return (B, 3) float32, each frame's mean colour: what fills a crop beyond the border (docs/siamfc.md)."""
    return torch.tensor([cv2.mean(frame)[:3] for frame in frames], dtype=torch.float32)


def context_side(size: Tensor, context: float = 0.5) -> Tensor:
    """Return (B,), the side sqrt((w+p)(h+p)), p = context (w+h), of the square around targets of `size` (B, 2)."""
    padding = context * size.sum(-1)
    return ((size[..., 0] + padding) * (size[..., 1] + padding)).sqrt()


def square_crops(
    frames: Sequence[Frame],
    centres: Tensor,
    sides: Tensor,
    size: int,
    fill: Tensor,
    *,
    whole_pixels: bool = False,
) -> Tensor:
    """Cut S squares a lane and resize them bilinearly to `size` pixels.

    Args:
        frames: B frames (H, W, 3); their sizes may differ.
        centres: (B, 2) x, y in pixels.
        sides: (B, S) in pixels.
        size: Side of the output in pixels.
        fill: (B, 3) colour beyond the border.
        whole_pixels: Round side and corner to whole pixels first, as the authors' code does (paper presets).

    Returns:
        (B, S, 3, size, size) uint8 in channels-last memory.
    """
    lanes, count = sides.shape
    out = np.empty((lanes, count, size, size, 3), np.uint8)
    for lane, frame in enumerate(frames):
        colour = fill[lane].tolist()
        for index in range(count):
            corner, side = _square(centres[lane].numpy(), float(sides[lane, index]), whole_pixels)
            step = side / size
            # warpAffine speaks of pixel centres as whole numbers: shift by half a pixel on both sides.
            matrix = np.array([[step, 0, corner[0] + step / 2 - 0.5], [0, step, corner[1] + step / 2 - 0.5]])
            cv2.warpAffine(
                frame,
                matrix,
                (size, size),
                dst=out[lane, index],
                flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
                borderMode=cv2.BORDER_CONSTANT,
                borderValue=colour,
            )
    return torch.from_numpy(out).permute(0, 1, 4, 2, 3)


def _square(centre: NDArray[np.float64], side: float, whole_pixels: bool) -> tuple[NDArray[np.float64], float]:
    """Return the (2,) top-left corner and the side of the square to cut."""
    if not whole_pixels:
        return centre - side / 2, side
    side = float(round(side))
    # siamfc-pytorch: corner = round(centre - (size-1)/2) with centres as pixel indices (continuous - 1/2).
    return np.round(centre - 0.5 - (side - 1) / 2), side
