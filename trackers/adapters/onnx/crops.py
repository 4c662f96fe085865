"""Crops of one frame as a network's input."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import torch
from numpy.typing import NDArray

from trackers.adapters.onnx.description import Input
from trackers.adapters.onnx.networks import Array
from trackers.api import Frame
from trackers.nets.crops import mean_colour, square_crops

Vector = NDArray[np.float64]
"""(2,) float64: x, y or w, h in pixels."""


def square(frame: Frame, centre: Vector, side: float, size: int, given: Input) -> Array:
    """Return (1, 3, size, size): the square of a side around a centre, between pixels where it falls there."""
    fill = mean_colour([frame]) if given.beyond == "mean" else torch.zeros(1, 3)
    crop = square_crops([frame], torch.from_numpy(centre)[None], torch.tensor([[side]]), size, fill)
    return as_input(crop[0, 0].permute(1, 2, 0).numpy(), given)


def stretched(frame: Frame, centre: Vector, extent: Vector, size: int, given: Input) -> Array:
    """Return (1, 3, size, size): a rectangle of width and height `extent` around a centre, resized to a square."""
    step = extent / size
    first = centre - extent / 2 + step / 2 - 0.5
    fill = mean_colour([frame])[0].tolist() if given.beyond == "mean" else (0.0, 0.0, 0.0)
    crop: Any = cv2.warpAffine(
        frame, np.array([[step[0], 0, first[0]], [0, step[1], first[1]]]), (size, size),
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP, borderMode=cv2.BORDER_CONSTANT, borderValue=fill,
    )  # fmt: skip
    return as_input(crop, given)


def as_input(crop: NDArray[np.uint8], given: Input) -> Array:
    """Return (1, 3, H, W) float32 of an (H, W, 3) uint8 RGB crop, as the networks want it."""
    pixels = crop[..., ::-1] if given.colours == "BGR" else crop
    mean, std = (np.array(one, np.float32) for one in (given.mean, given.std))
    values = (pixels.astype(np.float32) - mean) / std
    return np.ascontiguousarray(values.transpose(2, 0, 1)[None])
