"""What a branch looks at: a square of the frame around the target, and how its pixels and the frame's go together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import torch
from torch import Tensor

from trackers.nets.crops import bilinear, context_side, square_crops
from trackers.nets.target import Target
from trackers.nets.transfer import DeviceFrames, Frames, uploaded


@dataclass(frozen=True)
class Cut:
    """One crop a lane."""

    crops: Tensor
    """(B, 3, size, size)."""
    size: Tensor
    """(B, 2) the target's width and height in crop pixels."""
    scale: Tensor
    """(B,) frame pixels a crop pixel."""
    offset: Tensor
    """(B, 2) x, y of the crop's middle from the target's centre, in frame pixels."""


@dataclass(frozen=True)
class Sight:
    """The same as the trunk sees it."""

    features: Any
    """What the branch's network makes of it."""
    size: Tensor
    """(B, 2), as in `Cut`."""
    scale: Tensor
    """(B,)."""
    offset: Tensor
    """(B, 2)."""

    @classmethod
    def of(cls, cut: Cut, features: Any) -> Sight:
        """Return the sight of a cut with its features."""
        return cls(features, cut.size, cut.scale, cut.offset)


def continuous_cut(frames: Frames, target: Target, colour: Tensor, sides: Tensor, size: int, offset: Tensor) -> Cut:
    """Cut squares of sides (B,) in continuous coordinates, `offset` (B, 2) frame pixels away from the targets."""
    crops = square_crops(frames, target.centre + offset, sides[:, None], size, colour)[:, 0]
    pixels = (target.size / sides[:, None] * size).float()
    return Cut(crops, pixels, sides / size, offset)


def whole_cut(frames: Frames, target: Target, colour: Tensor, area: float, size: int) -> Cut:
    """Cut squares of whole pixels around a whole pixel, as STMTrack does (docs/dualmn.md).

    The square has s = round(area sqrt(wh)) pixels a side, at least 2, and output pixel j shows pixel
    left + j s / (size - 1): one pixel more than the square has. Yet a crop pixel counts as (s + 1) / size frame pixels,
    and the place found counts from the target's centre, not from the crop's. Of a square of more than about twice
    `size` only every other pixel is taken, or every third, and so on.

    Args:
        frames: B frames.
        target: Where the targets are.
        colour: (B, 3) beyond the border, its decimals cut off.
        area: Side of the square in geometric means of the target's sides.
        size: Side of the output in pixels.
    """
    fill = colour.trunc()
    wide = context_side(target.size, 0.0) * area
    every = (wide / size - 0.1).trunc().clamp_min(1)
    side = (wide / every).round().clamp_min(2)
    place = (target.centre - 0.5).trunc()
    first = torch.remainder(place, every[:, None])
    left = torch.div(place - first, every[:, None]).round() - ((side - 1) / 2).floor()[:, None]
    step = side / (size - 1)
    scale = (side + 1) * every / size
    if isinstance(frames, DeviceFrames):
        along = torch.arange(size, device=step.device, dtype=torch.float32)
        at = left.float()[:, None, :, None] + step.float()[:, None, None, None] * along
        crops = bilinear(frames, at, fill, (first.long(), every.long())).round().to(torch.uint8)[:, 0]
    else:
        out = np.empty((len(frames), size, size, 3), np.uint8)
        for lane, frame in enumerate(frames):
            (x, y), (column, row) = left[lane].tolist(), first[lane].long().tolist()
            ratio, skip = 1 / float(step[lane]), int(every[lane])
            cv2.warpAffine(
                np.ascontiguousarray(frame[row::skip, column::skip]),
                np.array([[ratio, 0, -x * ratio], [0, ratio, -y * ratio]]),
                (size, size),
                dst=out[lane],
                flags=cv2.INTER_LINEAR,
                borderMode=cv2.BORDER_CONSTANT,
                borderValue=fill[lane].tolist(),
            )
        crops = torch.from_numpy(out)
    pixels = (target.size / scale[:, None]).float()
    return Cut(crops.permute(0, 3, 1, 2), pixels, scale, torch.zeros_like(target.centre))


def sampled_cut(frames: Frames, target: Target, area: float, size: int, inside: bool) -> Cut:
    """Cut squares as DiMP does: around a whole pixel, the border's colours going on beyond it (docs/dualmn.md).

    Args:
        frames: B frames.
        target: Where the targets are.
        area: Side of the square in geometric means of the target's sides.
        size: Side of the output in pixels.
        inside: Move the square into the frame as far as it goes, and make it smaller, to two thirds at most, where it
            is larger than the frame's longer side (SuperDiMP).
    """
    scale = context_side(target.size, 0.0) * area / size
    crops, middle, taken = sampled(frames, target.centre - 0.5, scale * size, size, inside)
    return Cut(crops, (target.size / taken[:, None]).float(), taken, middle + 0.5 - target.centre)


SMALLEST_SHARE = 1.5
"""Most by which SuperDiMP makes a square smaller."""


def sampled(
    frames: Frames, centres: Tensor, sides: Tensor, size: int, inside: bool = False
) -> tuple[Tensor, Tensor, Tensor]:
    """Return (B, 3, size, size) float32 crops, their middles (B, 2) and the frame pixels a crop pixel (B,).

    Args:
        frames: B frames.
        centres: (B, 2) x, y, pixel i at i; what stands behind the decimal point is cut off.
        sides: (B,) in pixels.
        size: Side of the output in pixels.
        inside: As in `sampled_cut`.
    """
    if not isinstance(frames, DeviceFrames):
        frames = uploaded(frames, centres.device)
    extent = frames.places[:, 1:].to(centres.dtype)
    if inside:
        sides = (sides / (sides[:, None] / extent).amin(1).clamp(1, SMALLEST_SHARE)).trunc()
    every = (sides / size - 0.1).trunc().clamp_min(1)
    place = centres.trunc()
    first = torch.where(every[:, None] > 1, torch.remainder(place, every[:, None]), 0)
    side = (sides / every).round().clamp_min(2)
    low = ((place - first) / every[:, None]).round() - ((side - 1) / 2).floor()[:, None]
    if inside:
        room = ((extent - first) / every[:, None]).ceil()
        low = low + (-low).clamp_min(0) - (low + side[:, None] - room).clamp_min(0)
        beyond = (((-low).clamp_min(0) + (low + side[:, None] - room).clamp_min(0)) / 2).floor()
        low = torch.where(beyond > 0, -beyond, low)
    along = (torch.arange(size, device=side.device) + 0.5) * (side / size)[:, None] - 0.5
    along = torch.minimum(along.clamp_min(0), side[:, None] - 1)
    at = (low[..., None] + along[:, None]).float()[:, None]
    crops = bilinear(frames, at, None, (first.long(), every.long()))[:, 0].permute(0, 3, 1, 2)
    middle = (every[:, None] * (2 * low + side[:, None]) - 1) / 2
    return crops, middle, every * side / size
