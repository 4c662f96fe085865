"""What a target covers in one frame, where a box is not all that its ground truth says."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Mask", "Region", "digest_regions"]


@dataclass(frozen=True, eq=False)
class Mask:
    """Single pixels."""

    x: int
    y: int
    """Column and row of the window's first pixel."""
    pixels: NDArray[np.bool_]
    """(H, W), the window."""


Region = NDArray[np.float64] | Mask | None
"""A box (4,) x, y, w, h; the corners (K, 2) of a polygon; a mask; None where there is no target."""


def digest_regions(regions: Iterable[Region]) -> str:
    """Return the sha256 (64 hex digits) of regions."""
    found = hashlib.sha256()
    for region in regions:
        if isinstance(region, Mask):
            found.update(f"mask {region.x} {region.y} {region.pixels.shape}".encode())
            found.update(np.packbits(region.pixels).tobytes())
        else:
            found.update(b"none" if region is None else np.ascontiguousarray(region, "<f8").tobytes())
        found.update(b"\n")
    return found.hexdigest()
