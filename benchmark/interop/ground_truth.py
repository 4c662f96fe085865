"""What is known of a dataset's sequences where results are checked: their ground truth, or at least their lengths."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from benchmark.datasets.box_text import all_positive, from_one_based
from benchmark.datasets.catalogue import read_catalogue
from benchmark.datasets.listing import matching
from benchmark.datasets.sequence import Annotation
from benchmark.documents import parse_json
from benchmark.interop.names import Names
from benchmark.interop.text import read_rows, read_text
from trackers.errors import InputError

__all__ = ["Length", "lengths", "read_ground_truth"]


@dataclass(frozen=True)
class Length:
    """How long a sequence is whose ground truth is not here."""

    frames: int
    start: int
    """Index of the frame at which the official run starts."""


def lengths(annotations: Mapping[str, Annotation]) -> dict[str, Length]:
    """Return the lengths of the given sequences and of all that OTB's catalogue lists."""
    listed = {target.name: Length(target.frames, target.start) for target in read_catalogue("otb").targets}
    return listed | {name: Length(len(one), one.start) for name, one in annotations.items()}


def read_ground_truth(folder: Path) -> dict[str, Annotation]:
    """Return the annotations of a folder of ``<sequence>.txt`` with 1-based boxes, one file a target.

    Names, official starts and attributes are the catalogue's; an ``attributes.json`` beside or above the texts (lists
    of attributes by sequence) goes before its attributes. Raises InputError where there is none, or a length is
    wrong.
    """
    targets = {target.name: target for target in read_catalogue("otb").targets}
    names = Names()
    attributes = _attributes(folder)
    found = {}
    for path in matching(folder, "*.txt"):
        name = names.find(path.stem)
        if name is None:
            raise InputError(f"{path}: no sequence of OTB is called {path.stem!r}")
        rows, target = read_rows(path), targets[name]
        if len(rows) != target.frames:
            raise InputError(f"{path}: {len(rows)} rows where {name} has {target.frames} annotated frames")
        tags = tuple(attributes.get(path.stem, target.attributes))
        found[name] = Annotation(name, from_one_based(rows), all_positive(rows), target.start, tags)
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
