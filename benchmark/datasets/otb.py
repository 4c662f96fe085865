"""OTB-2013, OTB-50 and OTB-100 from the user's own copy, whole or in part."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from benchmark.datasets.base import Dataset, Inventory, Progress
from benchmark.datasets.box_text import all_positive, from_one_based, read_boxes
from benchmark.datasets.catalogue import ANNOTATION, Target, read_catalogue
from benchmark.datasets.checks import check_boxes, load_each
from benchmark.datasets.images import list_images
from benchmark.datasets.listing import folders
from benchmark.datasets.sequence import Annotation, Sequence
from trackers.errors import InputError


class OTBDataset(Dataset):
    """One of OTB's sets under `root`: the folder of the sequences' folders, or one that holds it by a usual name.

    A sequence is a folder with ``img/`` and a box file. The catalogue says which images are annotated (215 of
    Diving's 231; 300-770 of David); as many rows must be in the box file, and those images must be there. Boxes are
    1-based; a row with any of x, y, w, h <= 0 is invalid, as in the benchmark's MATLAB toolkit, and that is decided
    on the file's own values, before they become 0-based.
    """

    def __init__(self, name: str, root: Path) -> None:
        catalogue = read_catalogue("otb")
        self.name = name
        self.title = catalogue.sets[name].title
        self.revision = catalogue.revision
        self.source = catalogue.source
        self._root = root
        self._targets = {target.name: target for target in catalogue.of(name)}
        self.total = len(self._targets)
        self._folders = _folders(root, catalogue.folders)

    def aliases(self) -> Mapping[str, str]:
        """Return the spellings of other toolkits and what each means, e.g. Jogging.1 and Jogging-1."""
        return {alias: target.name for target in self._targets.values() for alias in target.aliases}

    def inventory(self) -> Inventory:
        """Return the targets whose folder is there, and those whose folder is not."""
        found = {name: any(self._places(target)) for name, target in self._targets.items()}
        return Inventory(
            found=tuple(name for name, there in found.items() if there),
            missing=tuple(name for name, there in found.items() if not there),
            place=str(self._root),
        )

    def load(self, names: Collection[str], progress: Progress | None = None) -> list[Sequence]:
        """Return the named targets' sequences, checked; raise `InputError` where a copy is not as published."""
        return load_each(names, lambda name: self._sequence(self._targets[name]), progress)

    def _sequence(self, target: Target) -> Sequence:
        file = self._annotation(target)
        rows = read_boxes(file)
        first, last = target.images
        if len(rows) != target.frames:
            raise InputError(
                f"{target.name}: {file} has {len(rows)} rows, but the sequence has {target.frames} annotated frames"
                f" (images {first}-{last}): put the original file back"
            )
        annotation = Annotation(
            name=target.name,
            boxes=from_one_based(rows),
            valid=all_positive(rows),
            start=target.start,
            attributes=target.attributes,
        )
        sequence = Sequence(annotation, _frames(target, file.parent / "img"))
        check_boxes(sequence, rows, file)
        return sequence

    def _annotation(self, target: Target) -> Path:
        places = list(self._places(target))
        if not places:
            raise InputError(f"{target.name}: no folder {target.folder} in {self._root}")
        files = [folder / name for folder, names in places for name in names]
        there = next((file for file in files if file.is_file()), None)
        if there is None:
            raise InputError(f"{target.name}: no ground truth: {files[0]} is missing")
        return there

    def _places(self, target: Target) -> Iterator[tuple[Path, tuple[str, ...]]]:
        """Yield the target's folders that are there, each with the names its box file may have in it.

        Two targets of one video share its folder; some copies give each a folder of its own.
        """
        own = {name.casefold() for name in (target.name, *target.aliases)}
        for name in (target.folder, target.name, *target.aliases):
            folder = self._folders.get(name.casefold())
            if folder is not None:
                yield folder, (target.annotation, ANNOTATION) if name.casefold() in own else (target.annotation,)


def _folders(root: Path, usual: Collection[str]) -> dict[str, Path]:
    """Return the folders in `root`, and in its folders of a `usual` name, by their names without letter case."""
    if not root.is_dir():
        return {}
    inside = folders(root)
    usual_names = {_bare(name) for name in usual}
    for parent in [entry for entry in inside if _bare(entry.name) in usual_names]:
        inside += folders(parent)
    found: dict[str, Path] = {}
    for folder in inside:
        found.setdefault(folder.name.casefold(), folder)
    return found


def _bare(name: str) -> str:
    return name.casefold().replace("-", "").replace("_", "")


def _frames(target: Target, folder: Path) -> tuple[Path, ...]:
    """Return the target's annotated images, found by their numbers."""
    images: dict[int, Path] = {}
    for image in list_images(folder) if folder.is_dir() else ():
        if not image.stem.isdecimal():
            continue
        other = images.setdefault(int(image.stem), image)
        if other != image:
            raise InputError(f"{target.name}: {other} and {image.name} are the same frame twice: remove one of them")
    first, last = target.images
    missing = [number for number in range(first, last + 1) if number not in images]
    if missing:
        raise InputError(
            f"{target.name}: {folder} lacks image {missing[0]}: {len(missing)} of the sequence's images"
            f" {first}-{last} are missing; unpack it again"
        )
    return tuple(images[number] for number in range(first, last + 1))
