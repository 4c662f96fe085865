"""MemTrack by name: its presets and variants, read without loading torch."""

from __future__ import annotations

from trackers.memtrack.config import PAPER, VARIANTS, MemTrackConfig
from trackers.registry import declare

FAMILY = declare(
    "memtrack",
    "trackers.memtrack.tracker:MemTrack",
    remembers="the first template and a memory of later ones that an LSTM writes and reads",
    paper="Yang and Chan, Learning Dynamic Memory Networks for Object Tracking, ECCV 2018 (arXiv 1803.07268)",
    config=MemTrackConfig,
    presets={"paper": PAPER},
    variants=VARIANTS,
)
