"""SiamFC by name: its presets and variants, read without loading torch."""

from __future__ import annotations

from trackers.registry import declare
from trackers.siamfc.config import PAPER, VARIANTS, SiamFCConfig

FAMILY = declare(
    "siamfc",
    "trackers.siamfc.tracker:SiamFC",
    remembers="the first frame's template, for good",
    paper="Bertinetto et al., Fully-Convolutional Siamese Networks for Object Tracking, 2016 (arXiv 1606.09549)",
    config=SiamFCConfig,
    presets={"paper": PAPER},
    variants=VARIANTS,
)
