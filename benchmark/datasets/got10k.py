"""GOT-10k's validation and test sets from the user's own copy, whole or in part."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmark.datasets.box_text import read_text
from benchmark.datasets.catalogue import Target
from benchmark.datasets.images import FrameError, frame_size
from benchmark.datasets.published import Place, PublishedDataset, by_name, inside, secret_rows, sized, with_flags
from benchmark.datasets.sequence import Annotation, Boxes, Sequence
from trackers.errors import InputError

VISIBLE = range(9)
"""Values of cover.label: eighths of the target that can be seen."""
CLASSES = {"object_class": "class", "motion_class": "motion"}
"""What of meta_info.ini groups sequences in a report, and what it is called there."""


class GOT10kDataset(PublishedDataset):
    """A sequence is ``<split>/<name>/`` with its images, ``groundtruth.txt`` (0-based) and, in val, labels and a text.

    A target is absent where ``cover.label`` is 0, the frames that the toolkit leaves out. In test, the ground truth has
    one row: the others are the server's.
    """

    def places(self, target: Target) -> Iterator[Place]:
        """Yield the target's folder."""
        if folder := self._folders.get(target.name.casefold()):
            yield Place(folder, folder / "groundtruth.txt")

    def rows(self, target: Target, place: Place) -> Boxes:
        """Return the target's rows; in test, NaN after the first."""
        rows = super().rows(target, place)
        return secret_rows(rows, target.frames) if self.upload and len(rows) else rows

    def annotation(self, target: Target, place: Place, rows: Boxes) -> Annotation:
        """Return the target's ground truth; in val with its labels, the images' size and the classes."""
        annotation = replace(super().annotation(target, place, rows), valid=sized(rows))
        if self.upload:
            return annotation
        labels, facts = place.images / "cover.label", place.images / "meta_info.ini"
        for file in (labels, facts):
            if not file.is_file():
                raise InputError(f"{target.name}: {file} is missing: the set is scored by it; put the original back")
        meta = read_meta(facts)
        found = tuple(f"{word} {meta[key]}" for key, word in CLASSES.items() if key in meta)
        annotation = replace(annotation, bounds=_resolution(meta, place.images), attributes=found)
        return with_flags(annotation, _cover(labels) == 0, labels)

    def sequence(self, target: Target) -> Sequence:
        """Return one target's sequence, checked; its images are as large as its facts say, as boxes are cut to that."""
        found = super().sequence(target)
        if (said := found.annotation.bounds) is None:
            return found
        try:
            size = frame_size(found.frames[0])
        except FrameError:  # it fails the run of its sequence, with its own message
            return found
        if size != said:
            raise InputError(
                f"{target.name}: meta_info.ini says {said[0]}x{said[1]} pixels, {found.frames[0]} has"
                f" {size[0]}x{size[1]}: put the original files back"
            )
        return found

    @cached_property
    def _folders(self) -> dict[str, Path]:
        split = self.name.rpartition("/")[2]
        return by_name([*(inside(base, split) for base in self.bases), *self.bases])


def read_meta(file: Path) -> Mapping[str, str]:
    """Return what a meta_info.ini says: its lines ``key: value``; raises `InputError` where there is no such file."""
    lines = [line.partition(":") for line in read_text(file).splitlines()]
    return {key.strip(): value.strip() for key, colon, value in lines if colon and value.strip()}


def _resolution(meta: Mapping[str, str], folder: Path) -> tuple[int, int]:
    numbers = re.findall(r"\d+", meta.get("resolution", ""))
    if len(numbers) != 2 or "0" in numbers:
        raise InputError(f"{folder}: meta_info.ini has no resolution (width, height): put the original file back")
    return int(numbers[0]), int(numbers[1])


def _cover(file: Path) -> NDArray[np.int64]:
    """Return the (N,) eighths that can be seen, from a file of one number a line."""
    values = read_text(file).split()
    if other := next((value for value in values if value not in map(str, VISIBLE)), None):
        raise InputError(f"{file}: {other[:40]!r} is not one of 0 to 8")
    return np.array(values, np.int64)
