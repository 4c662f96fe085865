"""Need for Speed, at 30 and 240 frames a second, from the user's own copy, whole or in part."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cached_property
from pathlib import Path

import numpy as np

from benchmark.datasets.box_text import number, read_text
from benchmark.datasets.catalogue import Target
from benchmark.datasets.frames import Frames
from benchmark.datasets.published import Place, PublishedDataset, by_name, inside, numbered
from benchmark.datasets.sequence import Boxes
from benchmark.plurals import counted
from trackers.errors import InputError

STEP = 8
"""Frames at 240 a second for one at 30."""
VALUES = 9
"""Values of a VATIC row before its label: track, xmin, ymin, xmax, ymax, frame, lost, occluded, generated."""


class NfSDataset(PublishedDataset):
    """Two layouts: as distributed, and as pytracking packs it (30 frames a second alone).

    As distributed, ``<seq>/30/<seq>/`` and ``<seq>/240/<seq>/`` have the images, and a text beside or in them has one
    VATIC row a frame **at 240 frames a second** in both: image i at 30 belongs to row 8 i. One row or image too many at
    the end is left out, as got10k does. pytracking has ``sequences/<seq>/`` and ``anno/nfs_<seq>.txt``, a row an image.
    The file's values are 0-based by every toolkit's use; the column ``lost`` is used by none.
    """

    prefix = "nfs_"

    @property
    def rate(self) -> str:
        """Frames a second: "30" or "240"."""
        return self.name.rpartition("/")[2]

    def places(self, target: Target) -> Iterator[Place]:
        """Yield the target's folders of images in both layouts, each with its box file."""
        for folder in self.named_folders(target):
            for name in dict.fromkeys((target.name, folder.name)):  # which may be written in other letters
                if (images := folder / self.rate / name).is_dir():
                    yield Place(images, images.parent / f"{name}.txt")
                    yield Place(images, images / f"{name}.txt")
        for base, videos in self._packed.items() if self.rate == "30" else ():
            if packed := videos.get(target.name.casefold()):
                for name in dict.fromkeys((target.name, packed.name)):
                    yield Place(packed, inside(base, "anno") / f"nfs_{name}.txt")

    @cached_property
    def _packed(self) -> dict[Path, dict[str, Path]]:
        """The folders of images of pytracking's layout, by where they lie and their names without letter case."""
        return {base: by_name([inside(base, "sequences")]) for base in self.bases}

    def rows(self, target: Target, place: Place) -> Boxes:
        """Return the target's rows, one an image."""
        if _repacked(place):
            return super().rows(target, place)
        rows = read_vatic(place.boxes)
        return rows[::STEP] if self.rate == "30" else rows

    def frames(self, target: Target, place: Place) -> Frames:
        """Return the target's images: of pytracking's copies the catalogue's, else all that are there."""
        return numbered(target.name, place.images, target.images if _repacked(place) else None)

    def fitted(self, target: Target, place: Place, rows: Boxes, frames: Frames) -> tuple[Boxes, Frames]:
        """Return rows and images, of which one at the end may have no fellow."""
        if not _repacked(place):
            target = replace(target, images=None)
            if abs(len(rows) - len(frames)) == 1:
                count = min(len(rows), len(frames))
                rows, frames = rows[:count], frames[:count]
            elif len(rows) != len(frames) and self.rate == "30":
                raise InputError(
                    f"{target.name}: {place.boxes} has rows for {counted(len(rows), 'frame')}, one of {STEP} at 240 a"
                    f" second, but {place.images} has {len(frames)}: put the original files back"
                )
        return super().fitted(target, place, rows, frames)


def _repacked(place: Place) -> bool:
    return place.boxes.name.startswith("nfs_")


def read_vatic(file: Path) -> Boxes:
    """Return the (N, 4) x, y, w, h of a VATIC text.

    Its rows are ``track xmin ymin xmax ymax frame lost occluded generated label``, one a frame. Raises `InputError`,
    with the line, for anything else.
    """
    lines = read_text(file).rstrip().splitlines()
    corners, frames = np.empty((len(lines), 4)), np.empty(len(lines))
    for index, line in enumerate(lines):
        values = line.split()
        try:
            if len(values) < VALUES:
                raise ValueError
            *corners[index], frames[index] = map(number, values[1:6])
            if (corners[index, 2:] < corners[index, :2]).any():
                raise ValueError
        except ValueError:
            raise InputError(
                f"{file}, line {index + 1}: {line.strip()[:60]!r} is not a row of NfS:"
                " track xmin ymin xmax ymax frame lost occluded generated label"
            ) from None
    steps = np.diff(frames)
    if len(uneven := np.flatnonzero(steps != 1)):
        at = int(uneven[0])
        raise InputError(
            f"{file}, line {at + 2}: frame {frames[at + 1]:g} follows frame {frames[at]:g}: a row is missing or stands"
            " twice; put the original file back"
        )
    corners[:, 2:] -= corners[:, :2]
    return corners
