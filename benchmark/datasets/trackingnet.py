"""TrackingNet's test set from the user's own copy, whole or in part."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cached_property
from pathlib import Path

from benchmark.datasets.catalogue import Target
from benchmark.datasets.frames import Frames
from benchmark.datasets.published import Place, PublishedDataset, by_name, inside, secret_rows, sized
from benchmark.datasets.sequence import Annotation, Boxes
from trackers.errors import InputError


class TrackingNetDataset(PublishedDataset):
    """Images are ``TEST/frames/<name>/<k>.jpg``, from 0 on; ``TEST/anno/<name>.txt`` has the first box alone."""

    def places(self, target: Target) -> Iterator[Place]:
        """Yield the folder of the target's images, with its box file."""
        for split, videos in self._videos.items():
            if images := videos.get(target.name.casefold()):
                yield Place(images, inside(split, "anno") / f"{target.name}.txt")

    def frames(self, target: Target, place: Place) -> Frames:
        """Return the target's images, of which the first is known by its number alone."""
        frames = super().frames(target, place)
        if int(frames[0].stem):
            raise InputError(f"{target.name}: {place.images} lacks image 0, to which its box belongs: unpack it again")
        return frames

    def fitted(self, target: Target, place: Place, rows: Boxes, frames: Frames) -> tuple[Boxes, Frames]:
        """Return NaN for all rows but the first, one an image."""
        rows = secret_rows(rows, len(frames)) if len(rows) else rows
        return super().fitted(target, place, rows, frames)

    def annotation(self, target: Target, place: Place, rows: Boxes) -> Annotation:
        """Return the first box."""
        return replace(super().annotation(target, place, rows), valid=sized(rows))

    @property
    def packed(self) -> tuple[Path, ...]:
        """Also ``TEST/zips/``, into which the development kit fetches a zip a video."""
        return (*self.bases, *(inside(inside(base, "TEST"), "zips") for base in self.bases))

    @cached_property
    def _videos(self) -> dict[Path, dict[str, Path]]:
        splits = [*(inside(base, "TEST") for base in self.bases), *self.bases]
        return {split: by_name([inside(split, "frames")]) for split in splits}
