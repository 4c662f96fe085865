"""What a published benchmark holds, read from its data files in `catalogues`: facts alone, no frames and no boxes.

``NAME.toml`` has the benchmark's facts and its sets (`Catalogue`, `TargetSet`), ``NAME.csv`` a row a target (`Target`).
Of its columns all but ``name`` may be missing or empty; several values in one are separated by spaces; ``images`` is
``first-last``.
"""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files
from typing import Any

CATALOGUES = ("otb", "uav", "nfs", "tcolor128", "dtb70", "lasot", "got10k", "trackingnet", "vot")
"""The names of all catalogues, in the order in which their sets are shown."""
ANNOTATION = "groundtruth_rect.txt"
"""The usual name of a sequence's box file in OTB's layout."""


@dataclass(frozen=True)
class Target:
    """One target of a benchmark: one row of its result tables."""

    name: str
    """The name in every result."""
    images: tuple[int, int] | None = None
    """Numbers of the first and the last annotated image; other images in its folder are not used. None: not known."""
    sets: tuple[str, ...] = ()
    """The sets it belongs to, e.g. ``("OTB50", "OTB100")``."""
    attributes: tuple[str, ...] = ()
    """Codes, in the order of the benchmark's own files."""
    folder: str = ""
    """The usual name of its folder; "" where it is the target's."""
    annotation: str = ANNOTATION
    """Name of its box file in `folder`, where sequences differ in it."""
    aliases: tuple[str, ...] = ()
    """Other spellings in toolkits and published results; letter case never matters, so is not listed."""
    start_image: int = 0
    """Number of the image at which the official run starts; 0 for the first one."""
    object_class: str = ""
    longer: str = ""
    """"yes" where its video is longer than its annotation, so that some results are too."""

    def __post_init__(self) -> None:
        if not self.folder:
            object.__setattr__(self, "folder", self.name)
        if self.images:
            first, last = self.images
            if not first <= (self.start_image or first) < last:
                raise ValueError(f"{self.name}: images {first}-{last} cannot be run from image {self.start_image}")
        for name in (self.name, self.folder, self.annotation, *self.aliases):
            if not is_plain(name):
                raise ValueError(f"{self.name}: {name!r} is no plain name")

    @property
    def frames(self) -> int:
        """Number of annotated frames; 0 where it is not known."""
        return self.images[1] - self.images[0] + 1 if self.images else 0

    @property
    def start(self) -> int:
        """Index, among the annotated frames, of the one at which the official run starts."""
        return max(self.start_image - self.images[0], 0) if self.images else 0


@dataclass(frozen=True)
class TargetSet:
    """A named choice of a benchmark's targets, which users know as a dataset; after a slash the name of a split."""

    title: str
    aliases: tuple[str, ...] = ()
    profile: str = "otb"
    """The evaluation profile of its own toolkit."""
    upload: str = ""
    """Whose server alone can score it, as it keeps the ground truth (`benchmark.interop.upload`); else ""."""
    folders: tuple[str, ...] = ()
    """Usual names of a folder that holds this set and no other."""
    listed: bool = False
    """Whether its targets are those that the user's copy lists, and not the catalogue's."""


@dataclass(frozen=True)
class Catalogue:
    """A benchmark: its targets in their order, and the sets made of them."""

    name: str
    reader: str
    """Who reads its layout (`benchmark.datasets.lookup`)."""
    revision: str
    source: str
    folders: tuple[str, ...]
    """Usual names of a folder that holds it; letter case, "-" and "_" never matter."""
    sets: Mapping[str, TargetSet]
    targets: tuple[Target, ...] = field(repr=False)
    origin: int = 1
    """Number of the first pixel in its files."""
    layout: str = ""
    """How its files lie below one of `folders`, line by line."""
    training: tuple[str, ...] = ()
    """Patterns of what lies there of its training split, which is none of `sets`."""

    def of(self, set_name: str) -> tuple[Target, ...]:
        """Return the targets of one set."""
        return tuple(target for target in self.targets if set_name in target.sets)


def is_plain(name: str) -> bool:
    """Tell whether a name stays in the folder it is used in, on every system."""
    return bool(name) and not name.startswith(".") and not set(name) & set('/\\:*?"<>|\0')


@lru_cache(maxsize=32)
def read_head(name: str) -> Catalogue:
    """Return the benchmark described in ``catalogues/<name>.toml``, which ships with Engram, without its targets."""
    return parse_catalogue(name, tomllib.loads(_text(f"{name}.toml")), ())


@lru_cache(maxsize=32)
def read_catalogue(name: str) -> Catalogue:
    """Return the benchmark described in ``catalogues/<name>.toml`` and ``.csv``, which ship with the program."""
    rows = csv.DictReader(_text(f"{name}.csv").splitlines())
    return parse_catalogue(name, tomllib.loads(_text(f"{name}.toml")), rows)


def family(dataset: str) -> str:
    """Return the name of the catalogue that a dataset is a set of: ``uav`` for ``UAV20L``; "" for any other dataset."""
    return next((name for name in CATALOGUES if dataset in read_head(name).sets), "")


def server_of(dataset: str) -> str:
    """Return whose server alone can score a dataset; "" where its ground truth is public, or no catalogue has it."""
    known = family(dataset)
    return read_head(known).sets[dataset].upload if known else ""


def parse_catalogue(name: str, head: Mapping[str, Any], rows: Iterable[Mapping[str, str]]) -> Catalogue:
    """Return the benchmark that parsed TOML and rows of CSV describe; raise `ValueError` where it makes no sense."""
    sets = {key: TargetSet(**_tuples(fields)) for key, fields in head["sets"].items()}
    targets = tuple(_target(row, tuple(sets)) for row in rows)
    for target in targets:
        if unknown := set(target.sets) - set(sets):
            raise ValueError(f"{target.name}: no such set as {', '.join(sorted(unknown))}")
    for one in sets:
        names = [n.casefold() for t in targets if one in t.sets for n in {t.name, *t.aliases}]
        if len(set(names)) < len(names):
            raise ValueError(f"two targets of {one} answer to one name")
    facts = {key: head[key] for key in ("reader", "revision", "source", "origin", "layout") if key in head}
    places, training = tuple(head["folders"]), tuple(head.get("training", ()))
    return Catalogue(name=name, folders=places, sets=sets, targets=targets, training=training, **facts)


def _target(row: Mapping[str, str], every_set: tuple[str, ...]) -> Target:
    facts: dict[str, Any] = {key: value for key, value in row.items() if value}
    for key in ("sets", "attributes", "aliases"):
        if key in facts:
            facts[key] = tuple(facts[key].split())
    if "images" in facts:
        first, _, last = facts["images"].partition("-")
        facts["images"] = (int(first), int(last))
    if "start_image" in facts:
        facts["start_image"] = int(facts["start_image"])
    return Target(**{"sets": every_set, **facts})


def _tuples(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {key: tuple(value) if isinstance(value, list) else value for key, value in fields.items()}


def _text(name: str) -> str:
    return files("benchmark.datasets").joinpath("catalogues", name).read_text(encoding="utf-8")
