"""The sequences of a rendered set, as a TOML file says them."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from benchmark.datasets.render.staging import Take

NAMES = ("demo", "demo-full")
"""The built-in rendered sets."""


@dataclass(frozen=True)
class Entry:
    """One sequence of a catalogue: what is to be rendered."""

    name: str
    cause: str
    plot: str
    family: str
    seed: int
    frames: int
    size: tuple[int, int]
    pace: float
    extent: float

    def play(self) -> Take:
        """Return its scene, and where its cause acts."""
        # Here: sets are listed without what draws them.
        from benchmark.datasets.render.scripts import CAUSES
        from benchmark.datasets.render.staging import Stage
        from benchmark.datasets.render.worlds import demo_world

        stage = Stage(demo_world(), self.frames, self.size, self.seed, self.plot, self.family, self.pace, self.extent)
        return CAUSES[self.cause].play(stage)


@dataclass(frozen=True)
class Catalogue:
    """A rendered set."""

    name: str
    title: str
    revision: str
    source: str
    entries: Mapping[str, Entry]


def read_catalogue(name: str) -> Catalogue:
    """Return one of the built-in sets, `NAMES`."""
    text = files("benchmark.datasets.render").joinpath(f"{name}.toml").read_text(encoding="utf-8")
    document = tomllib.loads(text)
    usual: dict[str, Any] = document["usual"]
    entries = [Entry(**_typed({**usual, **row})) for row in document["sequence"]]
    return Catalogue(
        document["name"],
        document["title"],
        document["revision"],
        document["source"],
        MappingProxyType({entry.name: entry for entry in entries}),
    )


def _typed(row: dict[str, Any]) -> dict[str, Any]:
    width, height = row["size"]
    return {**row, "size": (int(width), int(height))}
