"""What is Python's, and what an installed distribution's."""

from __future__ import annotations

import sys
import sysconfig
from collections.abc import Mapping, Sequence
from functools import lru_cache
from hashlib import sha256
from importlib.metadata import Distribution, distribution, packages_distributions
from pathlib import Path

_SITES = {"site-packages", "dist-packages"}


def in_python(place: Path) -> bool:
    """Return whether a file or folder is of Python's standard library."""
    place = place.resolve()
    libraries = (Path(sysconfig.get_path(kind)).resolve() for kind in ("stdlib", "platstdlib"))
    return any(place.is_relative_to(library) for library in libraries) and not _SITES.intersection(place.parts)


def owners(top: str, place: Path) -> list[Distribution]:
    """Return the distributions that installed a name's file or folder there; none of what is only linked to."""
    found = [distribution(name) for name in dict.fromkeys(_by_top(tuple(sys.path)).get(top, ()))]
    there = place.resolve()
    return [
        dist
        for dist in found
        if dist.read_text("RECORD") and there.is_relative_to(Path(str(dist.locate_file(""))).resolve())
    ]


@lru_cache(maxsize=8)
def _by_top(path: tuple[str, ...]) -> Mapping[str, Sequence[str]]:
    return packages_distributions()


def contents(dist: Distribution) -> list[tuple[str, Path]]:
    """Return the files that a distribution installed, by their names below its folder; without scripts and bytecode."""
    names = [str(file) for file in dist.files or ()]
    return [(name, Path(str(dist.locate_file(name)))) for name in names if not _beside(name)]


def describe(dist: Distribution) -> str:
    """Return a distribution's name, version, and the digest of its RECORD, which has every installed file's."""
    lines = (dist.read_text("RECORD") or "").splitlines()
    text = "\n".join(sorted(line for line in lines if not _beside(line.partition(",")[0])))
    return f"{dist.name} {dist.version} {sha256(text.encode()).hexdigest()}"


def _beside(name: str) -> bool:
    return (
        name.startswith(("..", "/", "__editable__"))
        or name.partition("/")[0].endswith((".dist-info", ".data", ".pth"))
        or name.endswith((".pyc", ".pyo"))
    )
