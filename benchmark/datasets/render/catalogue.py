"""The sequences of a rendered set, as a TOML file says them."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from importlib.resources import files
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from benchmark.datasets.render.staging import Take

NAMES = ("demo", "demo-full")
"""The built-in rendered sets that are written down row by row."""
LARGE = "demo-large"
"""The plots of ``demo-full`` with `SEEDS` other seeds each."""
SEEDS, FIRST_SEED = 10, 2000
"""Seeds of ``demo-large`` go on from the first; those of the other sets lie below, those of validation far above."""
INSTEAD = {2103: 3103, 2141: 4141, 2145: 3145, 2158: 3158, 2521: 4521, 2532: 4532, 2534: 4534, 2539: 3539}
"""Seeds with which the target is hidden at the beginning or the end, or its cause does not show; and what serves."""


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
    """Return one of the built-in sets: of `NAMES`, or `LARGE`."""
    if name == LARGE:
        return _large(read_catalogue("demo-full"))
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


def _large(full: Catalogue) -> Catalogue:
    entries = [
        replace(entry, name=f"{entry.name}-{turn + 1:02d}", seed=INSTEAD.get(seed, seed))
        for place, entry in enumerate(full.entries.values())
        for turn, seed in enumerate(range(FIRST_SEED + SEEDS * place, FIRST_SEED + SEEDS * (place + 1)))
    ]
    return Catalogue(
        LARGE,
        f"{len(entries)} rendered videos: the plots of {full.name}, {SEEDS} seeds each, so that small differences show",
        f"{LARGE}/1 of {full.revision}",
        full.source,
        MappingProxyType({entry.name: entry for entry in entries}),
    )


def _typed(row: dict[str, Any]) -> dict[str, Any]:
    width, height = row["size"]
    return {**row, "size": (int(width), int(height))}
