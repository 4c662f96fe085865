"""Where each lane's target is: centre and size, with what every family does to them."""

from __future__ import annotations

from dataclasses import dataclass, replace

import torch
from torch import Tensor

from trackers.api import Boxes
from trackers.nets.transfer import precise

SMALLEST_SIDE = 2.0
"""Pixels. A side that would shrink below is held here: a crop needs an extent."""
OTB_FIRST_PIXEL = (1.0, 1.0, 0.0, 0.0)
"""What is added to a 0-based box x, y, w, h where the first pixel is called 1."""


@dataclass(frozen=True)
class Target:
    """Per lane, where crops are cut and decisions are taken: on the tracker's device, as precisely as it can."""

    centre: Tensor
    """(B, 2) x, y in pixels, continuous."""
    size: Tensor
    """(B, 2) width, height in pixels."""
    first_size: Tensor
    """(B, 2), the size given at the start: what scale limits refer to."""
    frame_size: Tensor
    """(B, 2) width, height of the lane's frames."""

    @classmethod
    def from_boxes(cls, boxes: Boxes, frames: list[tuple[int, int]], device: torch.device | None = None) -> Target:
        """Return the targets, on a device or the host, of boxes (B, 4) in frames of the given (width, height)."""
        device = device or torch.device("cpu")
        table = torch.tensor(boxes, dtype=precise(device), device=device)
        corner, size = table[:, :2], table[:, 2:].clone()
        frame_size = torch.tensor(frames, dtype=precise(device), device=device).reshape(-1, 2)
        return cls(corner + size / 2, size, size, frame_size)

    def table(self) -> Tensor:
        """Return the (B, 4) boxes x, y, w, h, where the targets are."""
        return torch.cat([self.centre - self.size / 2, self.size], dim=1)

    def boxes(self) -> Boxes:
        """Return the (B, 4) boxes x, y, w, h on the host."""
        return self.table().cpu().double().numpy()

    def moved(self, shift: Tensor, size: Tensor, limits: tuple[float, float] | None) -> Target:
        """Return the targets moved by `shift` (B, 2) pixels with the new `size` (B, 2).

        Where `limits` are given, the size stays within these multiples of the first one and the centre inside the
        frame; a box that is not finite is not taken: that lane stays where it was.
        """
        centre = self.centre + shift.to(self.centre.dtype)
        size = size.to(self.size.dtype)
        usable = (torch.isfinite(centre) & torch.isfinite(size)).all(dim=1, keepdim=True)
        if limits is not None:
            size = torch.maximum(torch.minimum(size, self.first_size * limits[1]), self.first_size * limits[0])
            centre = torch.minimum(centre.clamp_min(0), self.frame_size)
        size = size.clamp_min(SMALLEST_SIDE)
        return replace(self, centre=torch.where(usable, centre, self.centre), size=torch.where(usable, size, self.size))
