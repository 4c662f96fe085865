"""Readers of what people train on: each turns a folder into tracks. Nothing is decoded before a clip needs it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

from benchmark.training.readers.crops import read_crops
from benchmark.training.readers.stills import read_coco
from benchmark.training.readers.videos import read_folders, read_got10k, read_lasot, read_trackingnet, read_vid
from benchmark.training.readers.windows import WHOLE, WINDOWS, read_whole, read_windows
from benchmark.training.sources import Track

READERS: Mapping[str, Callable[[Path], tuple[Track, ...]]] = MappingProxyType(
    {
        "crops": read_crops,
        "got10k": read_got10k,
        "lasot": read_lasot,
        "trackingnet": read_trackingnet,
        "vid": read_vid,
        "coco": read_coco,
        "folder": read_folders,
        WINDOWS: read_windows,
        WHOLE: read_whole,
    }
)
"""Layout: its reader. Raises `InputError` where the folder is not laid out so."""
