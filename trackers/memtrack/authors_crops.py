"""Crops as MemTrack's authors cut them with TensorFlow, for the paper preset (docs/memtrack.md)."""

from __future__ import annotations

import torch
from torch import Tensor

from trackers.nets.crops import bilinear
from trackers.nets.transfer import DeviceFrames, Frames, uploaded


def authors_crops(frames: Frames, centres: Tensor, sides: Tensor, size: int, fill: Tensor) -> Tensor:
    """Cut S squares a lane as ``crop_and_resize`` does from a padded frame.

    A square's corner *pixels* lie (side - 1) apart, and its centre is taken for a pixel's index. They are divided by
    the padded frame's width and height, but TensorFlow multiplies by these less 1: the square is cut a little too near
    to the upper left corner and a little too small. What lies beyond the padded frame, which is as wide as the largest
    of a lane's squares asks, is black.

    Args:
        frames: B frames.
        centres: (B, 2) x, y in pixels.
        sides: (B, S) in pixels.
        size: Side of the output in pixels.
        fill: (B, 3) colour of the padding.

    Returns:
        (B, S, 3, size, size) float32 in 0..255.
    """
    if not isinstance(frames, DeviceFrames):
        frames = uploaded(frames, centres.device)
    extent = frames.places[:, 1:].to(centres.dtype)
    half = sides.amax(1, keepdim=True) / 2
    beyond = torch.cat([-(centres - half).round(), (centres + half).round() - extent], 1)
    padding = beyond.amax(1, keepdim=True).clamp_min(0)
    padded = extent + 2 * padding
    shrink = ((padded - 1) / padded)[:, None]
    radius = (sides[..., None] - 1) / 2
    first = (padding + centres)[:, None] - radius
    along = torch.arange(size, device=sides.device, dtype=sides.dtype)
    at = (first[..., None] + 2 * radius[..., None] / (size - 1) * along) * shrink[..., None]
    seen = ((at >= 0) & (at <= (padded - 1)[:, None, :, None])).float()
    found = bilinear(frames, (at - padding[:, None, None]).float(), fill)
    return (found * seen[:, :, 0, None, :, None] * seen[:, :, 1, :, None, None]).permute(0, 1, 4, 2, 3)
