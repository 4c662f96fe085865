"""What a published benchmark holds, read from its data file in `catalogues`: facts alone, no frames and no boxes."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files
from typing import Any

ANNOTATION = "groundtruth_rect.txt"
"""The usual name of a sequence's box file."""


@dataclass(frozen=True)
class Target:
    """One target of a benchmark: one row of its result tables."""

    name: str
    """The name in every result."""
    images: tuple[int, int]
    """Numbers of the first and the last annotated image."""
    sets: tuple[str, ...]
    """The sets it belongs to, e.g. ``("OTB50", "OTB100")``."""
    attributes: tuple[str, ...]
    folder: str
    annotation: str = ANNOTATION
    """Name of its box file in `folder`."""
    aliases: tuple[str, ...] = ()
    start_image: int = 0
    """Number of the image at which the official run starts; 0 for the first one."""

    def __post_init__(self) -> None:
        first, last = self.images
        if not first <= (self.start_image or first) < last:
            raise ValueError(f"{self.name}: images {first}-{last} cannot be run from image {self.start_image}")
        for name in (self.name, self.folder, self.annotation, *self.aliases):
            if not is_plain(name):
                raise ValueError(f"{self.name}: {name!r} is no plain name")

    @property
    def frames(self) -> int:
        """Number of annotated frames."""
        return self.images[1] - self.images[0] + 1

    @property
    def start(self) -> int:
        """Index, among the annotated frames, of the one at which the official run starts."""
        return max(self.start_image - self.images[0], 0)


@dataclass(frozen=True)
class TargetSet:
    """A named choice of a benchmark's targets, which users know as a dataset."""

    title: str
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True)
class Catalogue:
    """A benchmark: its targets in their order, and the sets made of them."""

    revision: str
    source: str
    folders: tuple[str, ...]
    """Usual names of a folder that holds the sequences' folders."""
    sets: Mapping[str, TargetSet]
    targets: tuple[Target, ...] = field(repr=False)

    def of(self, set_name: str) -> tuple[Target, ...]:
        """Return the targets of one set."""
        return tuple(target for target in self.targets if set_name in target.sets)


def is_plain(name: str) -> bool:
    """Tell whether a name stays in the folder it is used in, on every system."""
    return bool(name) and not name.startswith(".") and not set(name) & set('/\\:*?"<>|\0')


@lru_cache(maxsize=4)
def read_catalogue(name: str) -> Catalogue:
    """Return the benchmark described in ``catalogues/<name>.toml``, which ships with the program."""
    data = files("benchmark.datasets").joinpath("catalogues", f"{name}.toml").read_text(encoding="utf-8")
    return parse_catalogue(tomllib.loads(data))


def parse_catalogue(data: Mapping[str, Any]) -> Catalogue:
    """Return the benchmark that a catalogue's parsed TOML describes; raise `ValueError` where it makes no sense."""
    sets = {name: TargetSet(**_tuples(fields)) for name, fields in data["sets"].items()}
    targets = tuple(
        Target(name=name, **{"folder": name, **_tuples(fields)}) for name, fields in data["targets"].items()
    )
    for target in targets:
        if unknown := set(target.sets) - set(sets):
            raise ValueError(f"{target.name}: no such set as {', '.join(sorted(unknown))}")
    names = [name.casefold() for target in targets for name in {target.name, *target.aliases}]
    if len(set(names)) < len(names):
        raise ValueError("two targets answer to one name")
    return Catalogue(data["revision"], data["source"], tuple(data["folders"]), sets, targets)


def _tuples(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {key: tuple(value) if isinstance(value, list) else value for key, value in fields.items()}
