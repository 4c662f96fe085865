"""What sizes and steers a SiamFC tracker. Defaults are the compact preset; the paper's numbers are `PAPER`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from trackers.nets.size_rules import SizeRules


@dataclass(frozen=True)
class SiamFCConfig(SizeRules):
    """One SiamFC tracker (docs/siamfc.md)."""

    trunk: str = "lite0"
    """``lite0`` (EfficientNet-Lite0, blocks 7 and 10) or ``alexnet`` (the paper's)."""
    last_block: int = 10
    """Where ``lite0`` is cut: 10, or 7 for speed (results/tables/speed-front.md)."""
    template_size: int = 128
    """Side of the template crop in pixels."""
    search_size: int = 256
    """Side of the search crop in pixels."""
    template_cells: int = 8
    """The template is the inner square of this many feature cells."""
    scale_step: float = 1.0375
    scale_penalty: float = 0.985
    """Multiplies the response of every search crop but the one of the last size."""
    scale_damping: float = 0.5
    """Share of the chosen crop's scale that the size takes over."""
    scale_limits: tuple[float, float] | None = (0.2, 5.0)
    """Multiples of the first size; None: no limits, and the centre may leave the frame (as in the authors' ports)."""
    window_weight: float = 0.3
    """Weight of the cosine window."""
    upsampling: int = 8
    """Bicubic enlargement of the response."""
    template_rate: float = 0.0
    """Share of each frame's template in a running average; 0 keeps the first template for good."""
    whole_pixels: bool = False
    """Crop on whole pixels, as the authors' code does."""


PAPER: Mapping[str, Any] = {
    "trunk": "alexnet",
    "template_size": 127,
    "search_size": 255,
    "template_cells": 6,
    "pyramid": "crops",
    "scale_penalty": 0.9745,
    "scale_damping": 0.59,
    "scale_limits": None,
    "window_weight": 0.176,
    "upsampling": 16,
    "whole_pixels": True,
}
"""siamfc-pytorch's defaults for SiamFC-3s (docs/siamfc.md)."""

VARIANTS: Mapping[str, Mapping[str, Any]] = {
    "s1": {"scales": 1},
    "crops": {"pyramid": "crops"},
    "s5": {
        "scales": 5,
        "size_step": 1.06,
        "scale_step": 1.0255,
        "scale_penalty": 0.962,
        "scale_damping": 0.34,
        "window_weight": 0.168,
    },
    "avg": {"template_rate": 0.01},
}
"""``crops`` searches three crops a frame, as the paper does; of crops, ``s5`` takes the authors' five-scale parameters;
``avg`` is the running-average template of siamfc-tf."""
