"""What sizes and steers a MemTrack tracker. Defaults are the compact preset; the paper's numbers are `PAPER`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from trackers.nets.size_rules import SizeRules


@dataclass(frozen=True)
class MemTrackConfig(SizeRules):
    """One MemTrack tracker (docs/memtrack.md)."""

    trunk: str = "lite0"
    """``lite0`` (EfficientNet-Lite0, blocks 7 and 10) or ``alexnet`` (the paper's, without groups)."""
    channels: int = 192
    """Channels of templates, search features, slots and read key; a 1x1 neck leads to them from ``lite0``."""
    template_size: int = 128
    """Side of the template crop in pixels."""
    search_size: int = 256
    """Side of the search crop in pixels."""
    template_cells: int = 8
    """A template, and a memory slot, is a square of this many feature cells."""
    hidden: int = 256
    """Units of the LSTM controller."""

    slots: int = 8
    """Templates the memory holds."""
    attention: bool = True
    """Attend to the pooled search features; False: the controller sees their plain mean."""
    read: str = "soft"
    """``soft`` (weighted sum of all slots) or ``hard`` (the one slot with the largest weight)."""
    memory: str = "gated"
    """``gated`` (the controller writes) or ``queue`` (the last templates, first in first out, read as their mean)."""
    residual_gate: bool = True
    """Gate what was read channel by channel before it is added to the first template; False: add all of it."""
    usage_decay: float = 0.99
    """What is left of a slot's usage after a frame."""
    empty_slots_read: bool = False
    """Let slots nothing was written to take a share of the read, as in the authors' code; else none."""
    control_per_scale: bool = False
    """Run the controller on every scale's search features, as in the authors' code; else on the middle scale's."""

    distractor_slots: int = 0
    """Templates of what resembles the target that a second memory holds (MemDTC: 16); 0: there is none."""
    distractor_writes: int = 2
    """Of these, how many a frame at the most are written."""
    distractor_distance: float = 4.0
    """Cells of the response from the target beyond which something else is looked for."""
    distractor_ratio: float = 0.7
    """Share of the target's response from which on something resembles it."""

    write_agreement: float = 0.85
    """First template's response where the target was found, relative to its highest anywhere, under which it is not
    written, whatever the gates say; 0: all is, as in the paper."""

    scale_step: float = 1.0375
    scale_penalty: float = 0.98
    """Multiplies the height of every scale's peak but the current one's."""
    penalise_from_mean: bool = True
    """Take that height above the mean response; False: above zero, whatever the trained shift, as the authors do."""
    scale_by_first: bool = True
    """Choose the crop by the first template's response; False: by the final template's, as the authors do."""
    scale_damping: float = 0.5
    """Share of the chosen crop's scale that the size takes over."""
    scale_limits: tuple[float, float] | None = (0.2, 5.0)
    """Multiples of the first size; None: no limits, and the centre may leave the frame (as in the authors' code)."""
    window_weight: float = 0.3
    """Weight of the cosine window."""
    upsampling: int = 8
    """Bicubic enlargement of the response."""
    authors_grid: bool = False
    """Crops cut as TensorFlow cuts them, whole search sides, a corner-aligned response and a map centre half a pixel
    off, as the authors do."""
    authors_boxes: bool = False
    """Take boxes for 0-based whose first pixel is 1, as the authors do with OTB's: all is seen a pixel further on."""


PAPER: Mapping[str, Any] = {
    "trunk": "alexnet",
    "channels": 256,
    "template_size": 127,
    "search_size": 255,
    "template_cells": 6,
    "hidden": 512,
    "empty_slots_read": True,
    "pyramid": "crops",
    "control_per_scale": True,
    "scale_step": 1.05,
    "scale_penalty": 0.97,
    "penalise_from_mean": False,
    "scale_by_first": False,
    "write_agreement": 0.0,
    "scale_damping": 0.6,
    "scale_limits": None,
    "window_weight": 0.15,
    "upsampling": 16,
    "authors_grid": True,
}
"""The published sizes and the authors' inference constants (docs/memtrack.md)."""

VARIANTS: Mapping[str, Mapping[str, Any]] = {
    "noatt": {"attention": False},
    "hardread": {"read": "hard"},
    "queue": {"memory": "queue"},
    "nores": {"residual_gate": False},
    "crops": {"pyramid": "crops"},
    **{f"m{slots}": {"slots": slots} for slots in (1, 2, 4, 8, 16)},
    "dtc": {"distractor_slots": 16},
}
"""The paper's ablations, the size by search crops as in the paper, MemDTC's second memory (docs/memtrack.md)."""
