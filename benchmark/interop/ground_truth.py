"""What is known of a dataset's sequences where results are checked: their ground truth, or at least their lengths."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from benchmark.datasets.box_text import all_positive, from_file, read_flags
from benchmark.datasets.catalogue import Catalogue, family, read_catalogue
from benchmark.datasets.checks import check_rows
from benchmark.datasets.listing import matching
from benchmark.datasets.published import with_flags
from benchmark.datasets.sequence import Annotation
from benchmark.documents import parse_json
from benchmark.interop.names import Names
from benchmark.interop.text import read_rows, read_text
from benchmark.plurals import counted
from trackers.errors import InputError

__all__ = ["Length", "lengths", "read_ground_truth"]


@dataclass(frozen=True)
class Length:
    """How long a sequence is whose ground truth is not here."""

    frames: int
    start: int
    """Index of the frame at which the official run starts."""
    cut: bool = False
    """Whether results may be longer, as its video is: what is beyond is left out."""


def catalogue_of(dataset: str) -> Catalogue:
    """Return the catalogue of a published dataset; OTB's for any other, as its names and spellings are everybody's."""
    return read_catalogue(family(dataset) or "otb")


def lengths(annotations: Mapping[str, Annotation], dataset: str = "OTB100") -> dict[str, Length]:
    """Return the lengths of the given sequences and of all of the dataset that its catalogue knows."""
    catalogue = catalogue_of(dataset)
    targets = catalogue.of(dataset) or catalogue.targets
    cut = {target.name for target in targets if target.longer}
    listed = {one.name: Length(one.frames, one.start, one.name in cut) for one in targets if one.images}
    return listed | {name: Length(len(one), one.start, name in cut) for name, one in annotations.items()}


def read_ground_truth(folder: Path, dataset: str = "OTB100") -> dict[str, Annotation]:
    """Return the annotations of a folder of ``<sequence>.txt`` with a dataset's boxes, one file a target.

    Names, official starts, attributes and the number of the first pixel are the catalogue's; an ``attributes.json``
    beside or above the texts (lists of attributes by sequence) goes before its attributes. Flags in
    ``absent/<sequence>.txt``, as LaSOT's toolkit has them, say where a target is not to be seen; LaSOT is scored by
    them. Raises InputError where there is none, a length is wrong or a box is none, two files are of one sequence, and
    for GOT-10k, which is scored by more than boxes.
    """
    kind, catalogue = family(dataset), catalogue_of(dataset)
    if kind == "got10k":
        raise InputError(
            f"{dataset} is scored by what can be seen of a target and by its images' sizes too, which no text of boxes"
            " has: name a copy of it with --data-root instead"
        )
    targets = {target.name: target for target in (catalogue.of(dataset) or catalogue.targets)}
    names = Names(targets, {alias: name for name, target in targets.items() for alias in target.aliases})
    attributes = _attributes(folder)
    found = {}
    for path in matching(folder, "*.txt"):
        name = names.find(path.stem)
        if name is None or name not in targets:
            raise InputError(f"{path}: no sequence of {dataset} is called {path.stem!r}")
        rows, target = read_rows(path), targets[name]
        if target.images and len(rows) != target.frames:
            raise InputError(
                f"{path}: {counted(len(rows), 'row')} where {name} has {counted(target.frames, 'annotated frame')}"
            )
        if name in found:
            raise InputError(f"{path}: a second ground truth of {name}: remove the one that is not its own")
        check_rows(name, rows, target.start, path)
        tags = tuple(attributes.get(path.stem, target.attributes))
        boxes = from_file(rows, catalogue.origin)
        annotation = Annotation(name, boxes, all_positive(rows), target.start, tags, origin=catalogue.origin)
        if (flags := folder / "absent" / path.name).is_file():
            annotation = with_flags(annotation, read_flags(flags), flags)
        elif kind == "lasot":
            raise InputError(f"{name}: {flags} is missing: frames without the target are scored by it")
        found[name] = annotation
    if not found:
        raise InputError(f"{folder}: no ground truth found: no <sequence>.txt")
    return found


def _attributes(folder: Path) -> Mapping[str, list[str]]:
    for file in (folder / "attributes.json", folder.parent / "attributes.json"):
        if file.is_file():
            try:
                listed = parse_json(read_text(file))
                return {str(name): [str(tag) for tag in tags] for name, tags in listed.items()}
            except (AttributeError, TypeError, ValueError):
                raise InputError(f"{file}: not a JSON of lists of attributes by sequence") from None
    return {}
