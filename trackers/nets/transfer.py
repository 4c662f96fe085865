"""What crosses the border between host and device: whole frames up once a step, one table of results down."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from trackers.api import Frame, Step


def precise(device: torch.device) -> torch.dtype:
    """Return the type in which places and sizes in a frame are kept: float64, float32 where the device has none."""
    return torch.float32 if device.type == "mps" else torch.float64


@dataclass(frozen=True)
class DeviceFrames:
    """The frames of B lanes on a device, where crops are cut from them."""

    pixels: Tensor
    """(P, 3) uint8, the pixels of all frames, row by row, one frame after the other."""
    places: Tensor
    """(B, 3) int64: each frame's first pixel, its width and its height."""
    ends: tuple[int, ...]
    """The B + 1 places in `pixels` between the frames, on the host."""

    def __len__(self) -> int:
        """B."""
        return len(self.ends) - 1


Frames = Sequence[Frame] | DeviceFrames
"""B frames where their crops are cut: on the host (H, W, 3) arrays; their sizes may differ."""


def placed(frames: Sequence[Frame], device: torch.device) -> Frames:
    """Return the frames where crops for the device are cut.

    On a CPU that is where they are: OpenCV cuts there what is needed, in a fraction of the time.
    Elsewhere all go up in one transfer, and what they measure in another.
    """
    return list(frames) if device.type == "cpu" else uploaded(frames, device)


def uploaded(frames: Sequence[Frame], device: torch.device) -> DeviceFrames:
    """Return the frames on a device."""
    ends = (0, *accumulate(frame.shape[0] * frame.shape[1] for frame in frames))
    # from pinned memory the copy runs beside the host's work; torch keeps the memory until it is done
    pixels = torch.empty((ends[-1], 3), dtype=torch.uint8, pin_memory=device.type == "cuda")
    np.concatenate([frame.reshape(-1, 3) for frame in frames], out=pixels.numpy())
    places = torch.tensor([(end, f.shape[1], f.shape[0]) for end, f in zip(ends[:-1], frames, strict=True)])
    return DeviceFrames(pixels.to(device, non_blocking=True), places.to(device), ends)


def downloaded(values: Mapping[str, Tensor]) -> dict[str, NDArray[Any]]:
    """Return named values (B, ...) of floats on the host, each in its own type; from a device in one transfer."""
    if all(value.device.type == "cpu" for value in values.values()):
        return {name: value.numpy() for name, value in values.items()}
    flat = [value.reshape(len(value), -1) for value in values.values()]
    # the widest type, which `cat` takes, holds the others exactly
    table = torch.cat(flat, 1).cpu()
    parts = torch.split(table, [columns.shape[1] for columns in flat], 1)
    return {
        name: part.to(value.dtype).reshape(value.shape).numpy()
        for (name, value), part in zip(values.items(), parts, strict=True)
    }


def told(boxes: Tensor, scores: Tensor, telemetry: Mapping[str, Tensor]) -> Step:
    """Return what a tracker says of one frame: boxes (B, 4), scores (B,) and telemetry, all in one transfer."""
    numbers = downloaded({**telemetry, "": boxes, "score": scores})
    boxes_here, scores_here = (numbers.pop(name).astype(np.float64) for name in ("", "score"))
    return Step(boxes_here, scores_here, numbers)
