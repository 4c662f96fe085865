"""The user's own videos: images and a box file, nothing else."""

from __future__ import annotations

import os
import re
from collections.abc import Collection
from pathlib import Path

import numpy as np

from benchmark.datasets.base import Dataset, Inventory, Progress
from benchmark.datasets.box_text import all_positive, from_one_based, read_boxes
from benchmark.datasets.checks import check_boxes, load_each
from benchmark.datasets.frames import Frames
from benchmark.datasets.images import list_images
from benchmark.datasets.listing import files_in, folders
from benchmark.datasets.sequence import Annotation, Sequence
from benchmark.plurals import counted
from trackers.errors import InputError

BOX_FILES = ("groundtruth.txt", "groundtruth_rect.txt")
"""The usual names of a box file, the first one first; any other name will do for the only .txt file of a folder."""

LAYOUT = (
    "a sequence is a folder with images (in it or in its img/) and groundtruth.txt,"
    " one 1-based x,y,width,height row an image"
)


class FolderDataset(Dataset):
    """Sequences from plain folders: `root` is one (images and a box file), or holds several.

    Images are taken in numeric order, from the folder or its ``img/``. The box file is OTB's text: one
    ``x,y,width,height`` row an image, **1-based**, so that the image's first pixel is 1,1. A row of NaN, or one without
    width or height (``0,0,0,0``), says that no target is seen. A sequence's name is its folder's.
    """

    name = "folder"
    revision = "1"
    source = "The user's own images and boxes."

    def __init__(self, root: Path) -> None:
        self.title = f"the sequences in {root}"
        self._root = root
        self._folders = _sequences(root)
        self.total = len(self._folders)

    def inventory(self) -> Inventory:
        """Return every sequence there is: what a plain folder lacks, nobody knows."""
        return Inventory(found=tuple(self._folders), missing=(), place=str(self._root))

    def load(self, names: Collection[str], progress: Progress | None = None) -> list[Sequence]:
        """Return the named sequences, checked; raise `InputError` where images and rows do not make one."""
        return load_each(names, lambda name: _load(name, self._folders[name]), progress)


def _load(name: str, folder: Path) -> Sequence:
    images, frames = _images(folder)
    file = _box_file(folder)
    if not frames:
        raise InputError(f"{name}: no images in {images}: {LAYOUT}")
    if file is None:
        raise InputError(f"{name}: no box file in {folder}: {LAYOUT}")
    rows = read_boxes(file)
    if len(rows) != len(frames):
        raise InputError(
            f"{name}: {file} has {counted(len(rows), 'row')}, but {images} has {counted(len(frames), 'image')}:"
            " give one row an image, 0,0,0,0 where no target is seen"
        )
    annotation = Annotation(
        name=name,
        boxes=from_one_based(rows),
        valid=np.isfinite(rows).all(axis=1) & all_positive(rows[:, 2:]),
    )
    sequence = Sequence(annotation, Frames(images, tuple(frame.name for frame in frames)))
    check_boxes(sequence, rows, file)
    return sequence


def _sequences(root: Path) -> dict[str, Path]:
    """Return the sequences' folders by the sequences' names: `root` alone, or those in it."""
    inside = [folder for folder in folders(root) if folder.name != "img"]
    several = [folder for folder in inside if _is_sequence(folder)]
    if _images(root)[1] and (not several or _has_boxes(root)):
        several = [root]
    if not several:
        raise InputError(f"no sequence in {root}: {LAYOUT}")
    found: dict[str, Path] = {}
    for folder in several:
        name = safe_name(Path(os.path.abspath(folder)).name)
        other = next((known for known in found if known.casefold() == name.casefold()), None)
        if other is not None:
            raise InputError(f"{found[other]} and {folder} would both be called {other}: rename one of them")
        found[name] = folder
    return found


def _is_sequence(folder: Path) -> bool:
    return bool(_images(folder)[1]) or any((folder / name).is_file() for name in BOX_FILES)


def _has_boxes(folder: Path) -> bool:
    return bool(files_in(folder, (".txt",)))


def _images(folder: Path) -> tuple[Path, list[Path]]:
    """Return where a sequence's images lie, and the images."""
    inner = folder / "img"
    place = inner if inner.is_dir() else folder
    return place, list_images(place)


def _box_file(folder: Path) -> Path | None:
    texts = sorted(folder / name for name in files_in(folder, (".txt",)))
    usual = next((folder / name for name in BOX_FILES if folder / name in texts), None)
    if usual is None and len(texts) > 1:
        names = ", ".join(file.name for file in texts[:3])
        raise InputError(f"{folder}: which of {names} has the boxes? Name it {BOX_FILES[0]}")
    return usual or (texts[0] if texts else None)


def safe_name(name: str) -> str:
    """Return a folder's name as a sequence's: one that results can be filed under on any system."""
    return re.sub(r"[^\w.-]+", "_", name).strip(".")[:100] or "sequence"
