"""Videos with notes: ``NAME.mp4`` beside ``NAME.json``."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmark.datasets.listing import files_in
from benchmark.documents import read_json
from trackers.errors import InputError

LAYOUT = "each video as NAME.mp4 beside NAME.json"


def films(folder: Path) -> Iterator[tuple[Path, Any]]:
    """Yield each video of a folder and what its notes hold, by name.

    InputError where there is none, where notes stand alone, or are no JSON.
    """
    names = sorted(files_in(folder, (".json",))) if folder.is_dir() else []
    if not names:
        raise InputError(f"{folder} has no videos: put {LAYOUT} there")
    for name in names:
        notes = folder / name
        video = notes.with_suffix(".mp4")
        if not video.is_file():
            raise InputError(f"{notes} stands alone: put {video.name} beside it")
        yield video, read_json(notes, f"copy it anew: {LAYOUT}")
