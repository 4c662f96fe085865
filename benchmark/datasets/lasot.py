"""LaSOT's test set and its extension from the user's own copy, whole or in part."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from pathlib import Path

from benchmark.datasets.box_text import read_flags
from benchmark.datasets.catalogue import Target
from benchmark.datasets.published import Place, PublishedDataset, by_name, with_flags
from benchmark.datasets.sequence import Annotation, Boxes
from trackers.errors import InputError

FLAGS = ("full_occlusion.txt", "out_of_view.txt")


class LaSOTDataset(PublishedDataset):
    """A sequence is ``<class>/<class>-<n>/``, or lies flat: ``img/``, ``groundtruth.txt``, two files of flags; 1-based.

    A target is absent where it is fully occluded or out of view. Of monkey-17 the first 2,260 images are annotated.
    """

    def places(self, target: Target) -> Iterator[Place]:
        """Yield the target's folder, flat or below its class's."""
        for folders in (self.sequence_folders, self._below_classes):
            if folder := folders.get(target.name.casefold()):
                yield Place(folder / "img", folder / "groundtruth.txt")

    def annotation(self, target: Target, place: Place, rows: Boxes) -> Annotation:
        """Return the target's ground truth with the frames in which it is absent."""
        annotation = super().annotation(target, place, rows)
        for file in (place.boxes.with_name(name) for name in FLAGS):
            if not file.is_file():
                raise InputError(f"{target.name}: {file} is missing: frames without the target are scored by it")
            annotation = with_flags(annotation, read_flags(file), file)
        return annotation

    @cached_property
    def _below_classes(self) -> dict[str, Path]:
        classes = {target.object_class.casefold() for target in self.targets.values()}
        return by_name([folder for name, folder in self.sequence_folders.items() if name in classes])
