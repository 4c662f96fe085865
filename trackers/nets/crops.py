"""Square crops around targets: the only place where pixels leave a frame.

Coordinates are continuous (pixel i covers [i, i+1)): a crop of side ``s`` at centre ``c`` covers
``[c - s/2, c + s/2)`` and its output pixel j samples ``c - s/2 + (j + 1/2) s / size``, so that template and search
region are never half a pixel apart.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from trackers.api import Frame
from trackers.nets.transfer import DeviceFrames, Frames

FINEST = 2048
"""Parts of a pixel that OpenCV tells apart where it resizes."""


def mean_colour(frames: Frames) -> Tensor:
    """Return (B, 3) float32, each frame's mean colour: what fills a crop beyond the border (docs/siamfc.md)."""
    if isinstance(frames, DeviceFrames):
        sums = [frames.pixels[first:end].sum(0) / (end - first) for first, end in pairwise(frames.ends)]
        return torch.stack(sums).float()
    return torch.tensor([cv2.mean(frame)[:3] for frame in frames], dtype=torch.float32)


def context_side(size: Tensor, context: float = 0.5) -> Tensor:
    """Return (B,), the side sqrt((w+p)(h+p)), p = context (w+h), of the square around targets of `size` (B, 2)."""
    padding = context * size.sum(-1)
    return ((size[..., 0] + padding) * (size[..., 1] + padding)).sqrt()


def square_crops(
    frames: Frames,
    centres: Tensor,
    sides: Tensor,
    size: int,
    fill: Tensor,
    *,
    whole_pixels: bool = False,
) -> Tensor:
    """Cut S squares a lane and resize them bilinearly to `size` pixels, where the frames are.

    OpenCV cuts on the host, `_gathered` on a device: they differ by a rounding (docs/speed.md).

    Args:
        frames: B frames (H, W, 3); their sizes may differ.
        centres: (B, 2) x, y in pixels.
        sides: (B, S) in pixels.
        size: Side of the output in pixels.
        fill: (B, 3) colour beyond the border.
        whole_pixels: Round side and corner to whole pixels first and look no further than the square's own pixels, as
            SiamFC's PyTorch code does (paper preset); else what lies beside the square counts at its border.

    Returns:
        (B, S, 3, size, size) uint8 in channels-last memory.
    """
    corners, sides = _squares(centres, sides, whole_pixels)
    if whole_pixels:
        if isinstance(frames, DeviceFrames):
            return _resized_there(frames, corners, sides, size, fill).permute(0, 1, 4, 2, 3)
        return _resized(frames, corners, sides, size, fill).permute(0, 1, 4, 2, 3)
    step = sides / size
    # A pixel's colour stands at its middle: half a pixel on both sides where pixels are counted from 0.
    origin = corners + step[..., None] / 2 - 0.5
    if isinstance(frames, DeviceFrames):
        return _gathered(frames, origin, step, size, fill).permute(0, 1, 4, 2, 3)
    return _warped(frames, origin, step, size, fill).permute(0, 1, 4, 2, 3)


def _squares(centres: Tensor, sides: Tensor, whole_pixels: bool) -> tuple[Tensor, Tensor]:
    """Return the top-left corners (B, S, 2) and the sides (B, S) of the squares to cut."""
    if whole_pixels:
        sides = sides.round()
        # siamfc-pytorch: corner = round(centre - (size-1)/2) with centres as pixel indices (continuous - 1/2).
        return (centres[:, None] - 0.5 - (sides[..., None] - 1) / 2).round(), sides
    return centres[:, None] - sides[..., None] / 2, sides


def _warped(frames: Sequence[Frame], origin: Tensor, step: Tensor, size: int, fill: Tensor) -> Tensor:
    """Return (B, S, size, size, 3) uint8 whose pixel j is the frame's `origin` (B, S, 2) + j `step` (B, S)."""
    lanes, count = step.shape
    out = np.empty((lanes, count, size, size, 3), np.uint8)
    corners, steps, colours = origin.tolist(), step.tolist(), fill.tolist()
    for lane, frame in enumerate(frames):
        for index in range(count):
            (x, y), scale = corners[lane][index], steps[lane][index]
            cv2.warpAffine(
                frame,
                np.array([[scale, 0, x], [0, scale, y]]),
                (size, size),
                dst=out[lane, index],
                flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
                borderMode=cv2.BORDER_CONSTANT,
                borderValue=colours[lane],
            )
    return torch.from_numpy(out)


def _resized(frames: Sequence[Frame], corners: Tensor, sides: Tensor, size: int, fill: Tensor) -> Tensor:
    """Return (B, S, size, size, 3) uint8: squares of whole pixels, cut out, filled up with a colour, resized."""
    out = np.empty((*sides.shape, size, size, 3), np.uint8)
    places, extents, colours = corners.long().tolist(), sides.long().tolist(), fill.tolist()
    for lane, frame in enumerate(frames):
        height, width = frame.shape[:2]
        for index, (x, y) in enumerate(places[lane]):
            side = extents[lane][index]
            left, top = min(max(0, -x), side), min(max(0, -y), side)
            right, bottom = min(max(0, x + side - width), side), min(max(0, y + side - height), side)
            square: NDArray[Any] = frame[y + top : y + side - bottom, x + left : x + side - right]
            if not square.size:
                square = np.empty((side, side, 3), np.uint8)
                square[...] = np.rint(colours[lane])
            elif left or top or right or bottom:
                square = cv2.copyMakeBorder(
                    square, top, bottom, left, right, cv2.BORDER_CONSTANT, value=colours[lane]
                )  # fmt: skip
            cv2.resize(square, (size, size), dst=out[lane, index], interpolation=cv2.INTER_LINEAR)
    return torch.from_numpy(out)


def _gathered(frames: DeviceFrames, origin: Tensor, step: Tensor, size: int, fill: Tensor) -> Tensor:
    """Return what `_warped` returns, cut on the device: float32 where OpenCV 5 has it, fill rounded as there."""
    along = torch.arange(size, device=step.device, dtype=torch.float32)
    at = step.float()[..., None, None] * along + origin.float()[..., None]
    return bilinear(frames, at, fill.round()).round().to(torch.uint8)


def _resized_there(frames: DeviceFrames, corners: Tensor, sides: Tensor, size: int, fill: Tensor) -> Tensor:
    """Return what `_resized` returns, cut on the device, in the whole numbers that OpenCV reckons with."""
    along = torch.arange(size, device=sides.device) + 0.5
    at = ((along * (sides / size)[..., None] - 0.5).float())[:, :, None]
    low = at.floor()
    share = ((at - low) * FINEST).round().long()
    first, last = corners.long()[..., None], (corners + sides[..., None] - 1).long()[..., None]
    before, behind = (torch.minimum((first + low.long() + more).clamp(min=first), last) for more in (0, 1))
    found = [
        [_colours(frames, x[:, :, 0], y[:, :, 1], fill.round()).long() for x in (before, behind)]
        for y in (before, behind)
    ]
    right, down = share[:, :, 0, None, :, None], share[:, :, 0, :, None, None]
    upper, lower = (((one * (FINEST - right) + other * right) >> 4) for one, other in found)
    return (((upper * (FINEST - down) >> 16) + (lower * down >> 16) + 2) >> 2).to(torch.uint8)


def bilinear(
    frames: DeviceFrames, at: Tensor, fill: Tensor | None, taken: tuple[Tensor, Tensor] | None = None
) -> Tensor:
    """Return (B, S, h, w, 3) float32, the frames' colours between their pixels.

    Args:
        frames: B frames on a device, which may be the host.
        at: (B, S, 2, n) columns and rows, pixel i at i; the n columns by the n rows are looked at.
        fill: (B, 3) colour of what lies beyond the border; None: the nearest pixel's.
        taken: First column and row (B, 2) and every how many-th (B,) of a frame's pixels are taken; None: all.
    """
    low = at.floor()
    right, down = (at - low)[..., 0, None, :, None], (at - low)[..., 1, :, None, None]
    columns, rows = low.long().unbind(2)

    def across(y: Tensor) -> Tensor:
        left, beside = (_colours(frames, x, y, fill, taken) for x in (columns, columns + 1))
        return torch.lerp(left, beside, right)

    return torch.lerp(across(rows), across(rows + 1), down)


def _colours(
    frames: DeviceFrames, x: Tensor, y: Tensor, fill: Tensor | None, taken: tuple[Tensor, Tensor] | None = None
) -> Tensor:
    """Return the (B, S, n, n, 3) float32 colours of pixels in columns x and rows y, each (B, S, n); see `bilinear`."""
    if taken is not None:
        first, every = taken
        if fill is None:  # the last that is taken, not the frame's last
            last = (frames.places[:, 1:] - 1 - first) // every[:, None]
            x, y = (torch.minimum(at.clamp_min(0), last[:, None, axis, None]) for axis, at in enumerate((x, y)))
        x, y = (first[:, None, axis, None] + every[:, None, None] * at for axis, at in enumerate((x, y)))
    start, width, height = (value[:, None, None] for value in frames.places.unbind(1))
    row = start + torch.minimum(y.clamp_min(0), height - 1) * width
    place = row[..., :, None] + torch.minimum(x.clamp_min(0), width - 1)[..., None, :]
    found = frames.pixels[place].float()
    if fill is None:
        return found
    inside = ((y >= 0) & (y < height))[..., :, None] & ((x >= 0) & (x < width))[..., None, :]
    return torch.where(inside[..., None], found, fill[:, None, None, None])
