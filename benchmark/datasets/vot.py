"""VOT's short-term videos from the user's own copy: boxes for one pass, regions and anchors for VOT's own protocols."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmark.datasets.box_text import read_flags, read_text
from benchmark.datasets.catalogue import Target, is_plain
from benchmark.datasets.listing import files_in
from benchmark.datasets.published import Place, PublishedDataset, bare, by_usual_name, sized
from benchmark.datasets.region import Region
from benchmark.datasets.regions import parse_regions, region_boxes
from benchmark.datasets.sequence import Annotation, Boxes
from trackers.errors import InputError

TAGS = (".tag", ".label")
NO_ATTRIBUTES = ("practical",)
"""Tags that say nothing of the video."""


class VOTDataset(PublishedDataset):
    """A sequence is a folder with ``groundtruth.txt`` and its images in ``color/`` or beside it.

    Ground truth is a box, a polygon or a mask (`benchmark.datasets.regions` makes boxes of them). Years share names of
    videos, so a year's folder is looked for by its name (``VOT2018``), else `root` itself is taken for it.
    """

    known_by_names = True

    def __init__(self, name: str, root: Path) -> None:
        super().__init__(name, root)
        if not self.targets:
            self.targets = {one: Target(one, sets=(name,)) for one in self._listed()}

    def places(self, target: Target) -> Iterator[Place]:
        """Yield the target's folder."""
        if folder := self.sequence_folders.get(target.name.casefold()):
            inner = folder / "color"
            yield Place(inner if inner.is_dir() else folder, folder / "groundtruth.txt")

    def rows(self, target: Target, place: Place) -> Boxes:
        """Return the target's regions as boxes."""
        return region_boxes(_regions(place))

    def annotation(self, target: Target, place: Place, rows: Boxes) -> Annotation:
        """Return the target's ground truth; the tags that any of its frames has are its attributes."""
        annotation = super().annotation(target, place, rows)
        folder, frames = place.boxes.parent, len(rows)
        files = [folder / name for name in sorted(files_in(folder, TAGS))]
        tags = {file.stem: _flags(file, frames) for file in files if file.stem not in NO_ATTRIBUTES}
        tags = {name: flags for name, flags in tags.items() if flags.any()}
        return replace(
            annotation,
            valid=sized(rows),
            attributes=tuple(tags),
            tags=tags,
            regions=tuple(_regions(place)),
            anchors=_anchors(folder / "anchor.value", frames),
        )

    @cached_property
    def bases(self) -> tuple[Path, ...]:
        """The year's folder in `root`, else `root`; and ``sequences`` in it, as the toolkit's workspaces have it."""
        own = by_usual_name(self.root, self.kind.folders) or [self.root]
        named = bare(self.root.name)
        others = {bare(f"VOT{year}") for year in range(2013, 2031)} - {bare(self.name)}
        own = [] if own == [self.root] and named in others else own
        return (*own, *(folder for place in own for folder in by_usual_name(place, ("sequences",))))

    def _listed(self) -> list[str]:
        """Return the sequences that the copy's own list has."""
        for base in self.bases:
            if os.path.isfile(file := base / "list.txt"):  # not where `base` may not be looked into
                names = [line.strip() for line in read_text(file).splitlines() if line.strip()]
                if wrong := next((name for name in names if not is_plain(name)), None):
                    raise InputError(f"{file}: {wrong[:60]!r} is no sequence's name")
                return list({name.casefold(): name for name in reversed(names)}.values())[::-1]
        return []


def _regions(place: Place) -> list[Region]:
    return parse_regions(read_text(place.boxes), str(place.boxes))


def _flags(file: Path, frames: int) -> NDArray[np.bool_]:
    """Return the (N,) flags of a tag: copies have some that are shorter or longer than the video."""
    flags = read_flags(file)[:frames]
    return np.concatenate([flags, np.zeros(frames - len(flags), np.bool_)])


def _anchors(file: Path, frames: int) -> NDArray[np.int8] | None:
    """Return the (N,) directions of a file of anchors; None where there is no file."""
    if not file.is_file():
        return None
    try:
        values = np.array([float(value) for value in read_text(file).split()])
    except ValueError:
        values = np.empty(0)
    if len(values) != frames:
        raise InputError(f"{file}: one number a frame is wanted, {frames} of them: put the original file back")
    directions: NDArray[np.int8] = np.sign(np.nan_to_num(values)).astype(np.int8)
    return directions
