"""TColor-128 from the user's own copy, whole or in part."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from benchmark.datasets.box_text import read_text
from benchmark.datasets.catalogue import Target
from benchmark.datasets.frames import Frames
from benchmark.datasets.listing import files_in
from benchmark.datasets.published import Place, PublishedDataset
from trackers.errors import InputError


class TColor128Dataset(PublishedDataset):
    """A sequence is a folder with ``img/``, ``<name>_gt.txt``, 1-based, and ``<name>_frames.txt`` with its range.

    Letter case differs between copies (``jogging2_gt.txt`` in ``Jogging2``) and does not matter.
    """

    known_by_names = True

    def places(self, target: Target) -> Iterator[Place]:
        """Yield the target's folder."""
        for folder in self.named_folders(target):
            yield Place(folder / "img", _ending(folder, target, "_gt.txt"))

    def frames(self, target: Target, place: Place) -> Frames:
        """Return the images of the catalogue's range, which the copy's own file must give too."""
        own = _ending(place.boxes.parent, target, "_frames.txt")
        if own.is_file() and target.images:
            said = read_text(own).replace(",", " ").split()
            if said != [str(number) for number in target.images]:
                raise InputError(
                    f"{target.name}: {own} says {','.join(said)[:40]!r}, but images {target.images[0]}-"
                    f"{target.images[1]} are annotated: put the original file back"
                )
        return super().frames(target, place)


def _ending(folder: Path, target: Target, ending: str) -> Path:
    """Return a target's file that ends so, whatever its letter case."""
    wanted = f"{target.name}{ending}".casefold()
    there = next((name for name in files_in(folder, (ending,)) if name.casefold() == wanted), None)
    return folder / (there or f"{target.name}{ending}")
