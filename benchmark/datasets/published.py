"""What the readers of published benchmarks share: targets by the catalogue, images by their numbers, rows that fit."""

from __future__ import annotations

import os
from abc import abstractmethod
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from pathlib import Path
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from benchmark.datasets.base import Dataset, Inventory, Progress
from benchmark.datasets.box_text import all_positive, from_file, read_boxes
from benchmark.datasets.catalogue import Target, family, read_catalogue
from benchmark.datasets.checks import check_boxes, load_each
from benchmark.datasets.frames import Frames
from benchmark.datasets.images import SUFFIXES
from benchmark.datasets.listing import all_files_in, ending_so, folders_if_any
from benchmark.datasets.sequence import Annotation, Boxes, Sequence
from benchmark.plurals import counted
from trackers.errors import InputError

BLOCK = 1000
"""Names of frames that are made at a time."""


@dataclass(frozen=True)
class Place:
    """Where one target's files lie."""

    images: Path
    """The folder of its images."""
    boxes: Path
    """The file of its ground truth, which may be missing."""


class PublishedDataset(Dataset):
    """One set of a catalogue under `root`: the benchmark's own folder, or one that holds it by a usual name.

    The catalogue says which images are annotated; they are found by their numbers, and as many rows must be in the
    target's box file. What is special about a layout is its reader's: where files lie, and what they say beside boxes.
    """

    prefix: ClassVar[str] = ""
    """What pytracking writes before its targets' names."""
    every_box_lies_inside: ClassVar[bool] = False
    """Whether it is known that no box of the published ground truth lies outside its image."""
    known_by_names: ClassVar[bool] = False
    """Whether its layout is folders of sequences and no more, whose names other benchmarks have too."""

    def __init__(self, name: str, root: Path) -> None:
        found = read_catalogue(family(name))
        self.kind = kind = found.sets[name]
        self.name, self.title, self.profile, self.upload = name, kind.title, kind.profile, kind.upload
        self.revision, self.source, self.origin = found.revision, found.source, found.origin
        self.root = root
        self._usual = found.folders
        self.targets = {target.name: target for target in found.of(name)}

    @property
    def total(self) -> int:  # type: ignore[override]
        """Number of targets."""
        return len(self.targets)

    @abstractmethod
    def places(self, target: Target) -> Iterable[Place]:
        """Yield where a target's files may lie: only places whose folder of images is there, the likeliest first."""

    def rows(self, target: Target, place: Place) -> Boxes:
        """Return a target's rows (N, 4) as x, y, w, h of its file's own convention."""
        return read_boxes(place.boxes)

    def frames(self, target: Target, place: Place) -> Frames:
        """Return a target's annotated images."""
        return numbered(target.name, place.images, target.images)

    def fitted(self, target: Target, place: Place, rows: Boxes, frames: Frames) -> tuple[Boxes, Frames]:
        """Return rows and images of equal number; raise `InputError` where they do not belong together."""
        if len(rows) != len(frames):
            which = f"images {target.images[0]}-{target.images[1]}" if target.images else f"in {place.images}"
            raise InputError(
                f"{target.name}: {place.boxes} has {counted(len(rows), 'row')}, but the sequence has {len(frames)}"
                f" annotated frames ({which}): put the original file back"
            )
        return rows, frames

    def annotation(self, target: Target, place: Place, rows: Boxes) -> Annotation:
        """Return a target's ground truth, with what else its folder says of it."""
        attributes = (*target.attributes, *([f"class {target.object_class}"] if target.object_class else []))
        return Annotation(
            name=target.name, boxes=from_file(rows, self.origin), valid=all_positive(rows), start=target.start,
            attributes=attributes, origin=self.origin, secret=bool(self.upload),
        )  # fmt: skip

    def aliases(self) -> Mapping[str, str]:
        """Return the spellings of other toolkits and what each means, e.g. Jogging.1 and Jogging-1."""
        prefixed = {self.prefix + name: name for name in self.targets} if self.prefix else {}
        return prefixed | {alias: target.name for target in self.targets.values() for alias in target.aliases}

    def inventory(self) -> Inventory:
        """Return the targets whose folder is there, and those whose folder is not."""
        found = {name: self._is_there(target) for name, target in self.targets.items()}
        return Inventory(
            found=tuple(name for name, there in found.items() if there),
            missing=tuple(name for name, there in found.items() if not there),
            place=str(self.root),
        )

    def evident(self, found: Collection[str]) -> bool:
        """Return whether `found` are this set's: in a folder of a usual name, or with ground truth of its length."""
        usual = {bare(name) for name in (*(self.kind.folders or self._usual), self.name)}
        if not self.known_by_names or bare(self.root.name) in usual or any(base != self.root for base in self.bases):
            return True
        return any(self._has_own_truth(self.targets[name]) for name in found)

    def _has_own_truth(self, target: Target) -> bool:
        try:
            rows = self.rows(target, self._place(target))
        except (InputError, OSError):
            return False
        return len(rows) == (target.frames or len(rows))

    def _is_there(self, target: Target) -> bool:
        try:
            return any(True for _ in self.places(target))
        except OSError:  # it may not be looked into, which `load` tells
            return True

    def load(self, names: Collection[str], progress: Progress | None = None) -> list[Sequence]:
        """Return the named targets' sequences, checked; raise `InputError` where a copy is not as published."""
        return load_each(names, lambda name: self.sequence(self.targets[name]), progress)

    def sequence(self, target: Target) -> Sequence:
        """Return one target's sequence, checked."""
        place = self._place(target)
        rows = self.rows(target, place)
        rows, frames = self.fitted(target, place, rows, self.frames(target, place))
        sequence = Sequence(self.annotation(target, place, rows), frames)
        check_boxes(sequence, rows, place.boxes, every=self.every_box_lies_inside)
        return sequence

    def _place(self, target: Target) -> Place:
        places = list(self.places(target))
        if not places:
            raise InputError(f"{target.name}: no folder {target.folder} in {self.root}")
        there = next((place for place in places if place.boxes.is_file()), None)
        if there is None:
            raise InputError(f"{target.name}: no ground truth: {places[0].boxes} is missing")
        return there

    @cached_property
    def bases(self) -> tuple[Path, ...]:
        """The folders in which the benchmark may lie: `root`, and those in it of a usual name."""
        return (self.root, *by_usual_name(self.root, self._usual))

    @property
    def packed(self) -> tuple[Path, ...]:
        """The folders in which its archives lie, packed as they come."""
        return self.bases

    @cached_property
    def sequence_folders(self) -> dict[str, Path]:
        """The folders in `bases`, by their names without letter case."""
        return by_name(self.bases)

    def named_folders(self, target: Target) -> Iterator[Path]:
        """Yield the folders in `bases` that are called as a target's may be."""
        for name in dict.fromkeys((target.folder, target.name, *target.aliases)):
            if folder := self.sequence_folders.get(name.casefold()):
                yield folder


def by_usual_name(root: Path, usual: Collection[str]) -> list[Path]:
    """Return the folders in `root` of a usual name; letter case, "-" and "_" do not matter."""
    names = {bare(name) for name in usual}
    return [folder for folder in folders_if_any(root) if bare(folder.name) in names]


def by_name(places: Iterable[Path]) -> dict[str, Path]:
    """Return the folders in some places by their names without letter case; of equal names the first place's."""
    found: dict[str, Path] = {}
    for place in places:
        for folder in folders_if_any(place):
            found.setdefault(folder.name.casefold(), folder)
    return found


def inside(folder: Path, name: str) -> Path:
    """Return a folder's folder of that name, in any letter case; where there is none, the path that it would have."""
    exact = folder / name
    if os.path.isdir(exact):
        return exact
    return next((one for one in folders_if_any(folder) if one.name.casefold() == name.casefold()), exact)


def bare(name: str) -> str:
    """Return a name without what does not matter in it."""
    return name.strip().casefold().replace("-", "").replace("_", "")


def numbered(name: str, folder: Path, images: tuple[int, int] | None = None) -> Frames:
    """Return a target's images, found by their numbers: from the first to the last of `images`, or all there are.

    Raises `InputError` where one is missing, or there twice.
    """
    if not folder.is_dir():
        where = "is a link that leads nowhere" if folder.is_symlink() else "is missing"
        raise InputError(f"{name}: the folder of its images, {folder}, {where}: unpack it again")
    there = all_files_in(folder)
    if (whole := _without_gaps(there, images)) is not None:
        return Frames(folder, whole)
    files = ending_so(there, SUFFIXES)
    stems = [(file[: file.rindex(".")], file) for file in files]
    listed = [(int(stem), file) for stem, file in stems if stem.isdecimal()]
    found = dict(listed)
    if len(found) < len(listed):
        number, two = next((number, file) for number, file in listed if found[number] != file)
        one, two = sorted((found[number], two))
        raise InputError(f"{name}: {folder / one} and {two} are the same frame twice: remove one of them")
    if not found and images is None:
        raise InputError(f"{name}: no numbered images in {folder}: unpack it again")
    first, last = images or (min(found), max(found))
    if missing := [number for number in range(first, last + 1) if number not in found]:
        raise InputError(
            f"{name}: {folder} lacks image {missing[0]}: {len(missing)} of the sequence's images"
            f" {first}-{last} are missing; unpack it again"
        )
    return Frames(folder, tuple(found[number] for number in range(first, last + 1)))


def _without_gaps(files: list[str], images: tuple[int, int] | None) -> tuple[str, ...] | None:
    """Return a target's images where a folder holds nothing but files numbered alike, none missing; None elsewhere.

    Nearly every folder is so, and a large set has hundreds of thousands of files: they are not looked at one by one.
    """
    names = sorted(files)
    stem, dot, suffix = names[0].rpartition(".") if names else ("", "", "")
    if not stem.isdecimal() or dot + suffix.casefold() not in SUFFIXES:
        return None
    begin = int(stem)
    end = begin + len(names) - 1
    first, last = images or (begin, end)
    blocks = range(begin // BLOCK, end // BLOCK + 1)
    run = [name for block in blocks for name in _numbered_names(block, len(stem), dot + suffix)]
    skipped = begin % BLOCK
    if first < begin or last > end or names != run[skipped : skipped + len(names)]:
        return None
    return tuple(run[skipped + first - begin : skipped + last - begin + 1])


@lru_cache(maxsize=64)
def _numbered_names(block: int, digits: int, ending: str) -> list[str]:
    """Return `BLOCK` names, numbered from that multiple of it: most sequences' are among the same few thousand."""
    return [f"{number:0{digits}}{ending}" for number in range(block * BLOCK, (block + 1) * BLOCK)]


def secret_rows(rows: Boxes, frames: int) -> Boxes:
    """Return the first row, then NaN: what is known of a sequence whose ground truth a server keeps."""
    return np.concatenate([rows[:1], np.full((frames - 1, 4), np.nan)])


def sized(rows: Boxes) -> NDArray[np.bool_]:
    """Return (N,): whether a row is a box with a size."""
    return np.asarray(np.isfinite(rows).all(axis=1) & all_positive(rows[:, 2:]), np.bool_)


def with_flags(annotation: Annotation, absent: NDArray[np.bool_], file: Path) -> Annotation:
    """Return ground truth with the frames marked, beside those that are, in which its target cannot be seen.

    `absent` are (N,) flags of `file`; `InputError` where these are not one a frame.
    """
    if len(absent) != len(annotation):
        raise InputError(
            f"{annotation.name}: {file} has {counted(len(absent), 'flag')} for {counted(len(annotation), 'frame')}:"
            " put the original back"
        )
    return replace(annotation, absent=absent if annotation.absent is None else annotation.absent | absent)
