"""Which files decide what an external tracker does: all that is imported because of it, and what it declares.

Followed from where its class is defined: imports at any depth of the code, to modules beside it and to packages outside
of Python's own folders (a package counts whole, data included); of installed distributions name, version and what their
RECORD says of their files. What is made up at run time (a computed path, an environment variable) is not seen.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from hashlib import sha256
from importlib.machinery import PathFinder
from importlib.metadata import Distribution
from pathlib import Path

from trackers.code.files import MODULES, digest_file, is_file, package_files
from trackers.code.installed import contents, describe, in_python, owners
from trackers.code.private import OWN, find_top
from trackers.code.source import Imported, read_source
from trackers.errors import InputError

HARMLESS = ("trackers/api", "trackers/errors", "trackers/names", "trackers/registry", "trackers/weights")
"""Of Engram: what every key covers, or what decides no box."""


@dataclass(frozen=True)
class Reach:
    """What the key of an external tracker covers."""

    files: Mapping[str, Path] = field(repr=False)
    """By a label that does not say where they lie."""
    distributions: tuple[str, ...]
    """Installed ones: name, version, and what is installed of it as a digest."""
    engram: tuple[str, ...]
    """What it uses of Engram beyond the API, e.g. ``trackers/siamfc``."""
    left_out: tuple[str, ...]
    """In words: what is too much to be read."""
    digest: str
    """sha256 of all of it, at the time when it was loaded."""

    def words(self) -> str:
        """Return how deep the key goes."""
        modules = sum(file.suffix == ".py" for file in self.files.values())
        data = len(self.files) - modules
        parts = [f"{count} {what}{'s' * (count != 1)}" for what, count in (("module", modules), ("data file", data))]
        parts += [" ".join(one.split(" ")[:2]) for one in self.distributions]
        return ", ".join([*parts, *self.engram, *(f"not {one}" for one in self.left_out)])


def first_reach(cls: type, asked: str, reach: Reach) -> Reach:
    """Return what a class, asked for by a name, reached when it was loaded; which is `reach` where that was now."""
    if "__engram_reach__" not in vars(cls):
        with suppress(AttributeError, TypeError):  # a class written in C takes no attributes
            cls.__engram_reach__ = {}  # type: ignore[attr-defined]
    known: dict[str, Reach] = vars(cls).get("__engram_reach__", {})
    return known.setdefault(asked, reach)


def with_files(reach: Reach, files: Mapping[str, Path]) -> Reach:
    """Return what is reached together with more files, by labels of their own."""
    text = "\n".join([reach.digest, *(f"{label} {digest_file(file)}" for label, file in sorted(files.items()))])
    digest = sha256(text.encode("utf-8", "surrogatepass")).hexdigest() if files else reach.digest
    return replace(reach, files={**reach.files, **files}, digest=digest)


class Walk:
    """Goes from a tracker's class to all that its key has to cover."""

    def __init__(self, search: Sequence[str] = (), loaded: Sequence[str] = (), *, alone: bool = False) -> None:
        """Take the folders that its code searches before Python's own path, and the modules loaded from there.

        `alone`: what is here is not what it has. Code that another Python runs finds its packages there.
        """
        self._search = search
        self._loaded = loaded
        self._alone = alone
        self._files: dict[str, Path] = {}
        self._installed: dict[str, str] = {}
        self._engram: set[str] = set()
        self._left_out: list[str] = []
        self._seen: set[str] = set()
        self._read: set[Path] = set()
        """Python files whose imports have been followed."""
        self._large: dict[str, Path] = {}

    def finish(self) -> Reach:
        """Return what was found."""
        files = dict(sorted(self._files.items()))
        installed, engram = tuple(sorted(self._installed.values())), tuple(sorted(self._engram))
        parts = [*(f"{label} {digest_file(file)}" for label, file in files.items()), *installed, *engram]
        digest = sha256("\n".join(parts).encode("utf-8", "surrogatepass")).hexdigest()
        return Reach(files, installed, engram, tuple(self._left_out), digest)

    def main(self, file: Path) -> None:
        """Count a file that is a tracker by itself; what it is called does not matter."""
        self._seen.add(file.stem)
        self.module("main.py", file)

    def module(self, label: str, file: Path, package: str = "") -> None:
        """Count a file of code, the data that a Python file names, and all that it imports."""
        if label in self._files:
            return
        self._files[label] = file
        if file.suffix != ".py":
            return
        self._read.add(file.resolve())
        source = read_source(file.read_bytes())
        for name in source.data:
            for there in (file.parent / name, Path(name)):
                if is_file(there):
                    if there.resolve() not in self._read:
                        self.module(f"{label}: {name}", there)
                    break
        for one in source.imports:
            for dotted in _absolute(one, package):
                self.name(dotted)

    def name(self, dotted: str) -> None:
        """Count what an absolute dotted name means, as far as it means anything here."""
        top = dotted.partition(".")[0]
        if top in OWN and not self._alone:
            self._engram |= {"/".join(dotted.split(".")[:2])} - {*OWN, *HARMLESS}
        elif top in self._large:
            self._inside(dotted)
        elif top not in self._seen:
            self._seen.add(top)
            self._top(top, dotted)

    def bases(self, cls: type, prefix: str = "") -> None:
        """Count the modules that define a class and its bases, and the files that these declare (``files = (...)``).

        `prefix` is cut from the beginning of modules' names. InputError where a declared file is missing.
        """
        for base in cls.__mro__:
            self.name(base.__module__.removeprefix(prefix))
            declared = vars(base).get("files", ())
            names = (declared,) if isinstance(declared, str | Path) else declared
            if not isinstance(names, tuple | list) or not all(isinstance(name, str | Path) for name in names):
                raise InputError(
                    f"{base.__name__}.files must be names of files, e.g. ('weights.pth',), not {declared!r}"
                )
            for name in names:
                self._declared(base, name)

    def file(self, label: str, file: Path) -> None:
        """Count a file that is no code, or none that can be read."""
        self._files.setdefault(label, file)

    def packages(self, name: str, version: str, listed: str) -> None:
        """Count what another Python has, by its version and a list of its packages."""
        self._installed[name] = f"{name} {version} {sha256(listed.encode()).hexdigest()}"

    def distribution(self, dist: Distribution) -> None:
        """Count the distribution that a tracker comes with, file by file."""
        if dist.name in self._installed:
            return
        self._installed[dist.name] = f"{dist.name} {dist.version}"
        inside = contents(dist)
        if sum(name.endswith(".py") for name, _ in inside) > MODULES:
            self._installed[dist.name] = describe(dist)
            return
        for name, file in inside:
            if file.is_file():
                self.module(name, file, ".".join(name.split("/")[:-1]))
        for name in (dist.read_text("top_level.txt") or "").split():  # an editable one has its files elsewhere
            self.name(name)

    def home(self, dotted: str) -> None:
        """Count the distribution, package or file that a tracker's module belongs to."""
        top = dotted.partition(".")[0]
        spec = find_top(top)
        for place in spec.submodule_search_locations or [spec.origin or ""] if spec else ():
            for dist in owners(top, Path(place)):
                self.distribution(dist)
        self.name(dotted)

    def _top(self, top: str, dotted: str) -> None:
        spec = PathFinder.find_spec(top, self._search)
        if not self._alone and (spec is None or spec.origin is None):
            elsewhere = find_top(top)
            if spec is None or (elsewhere is not None and elsewhere.origin is not None):
                spec = elsewhere  # a folder without __init__.py comes last
        if spec is None or spec.origin in ("built-in", "frozen"):
            return
        folders = [Path(place) for place in spec.submodule_search_locations or ()]
        for place in folders or [Path(str(spec.origin))]:
            if in_python(place) and not self._alone:
                continue
            if not self._alone and (owned := owners(top, place)):
                self._installed |= {dist.name: describe(dist) for dist in owned if dist.name not in self._installed}
            elif folders:
                self._package(top, place, dotted)
            else:
                self.module(place.name, place)

    def _package(self, top: str, folder: Path, dotted: str) -> None:
        modules, data, excess = package_files(folder)
        if excess:
            self._left_out.append(f"of {top}/ {excess}")
        if excess and not modules:
            self._large[top] = folder
            for name in (dotted, *self._loaded, *list(sys.modules)):
                if name == dotted or name.startswith(f"{top}."):
                    self._inside(name)
        for file in modules:
            inner = file.relative_to(folder)
            self.module(f"{top}/{inner.as_posix()}", file, ".".join((top, *inner.parts[:-1])))
        for file in data:
            self._files.setdefault(f"{top}/{file.relative_to(folder).as_posix()}", file)

    def _inside(self, dotted: str) -> None:
        """Count the modules that a name leads through in a package that is too large to be read whole."""
        top, *parts = dotted.split(".")
        folder, label, package = self._large[top], top, top
        for part in ("", *parts):
            if is_file(file := folder / f"{part}.py"):
                self.module(f"{label}/{part}.py", file, package)
            if part:
                folder, label, package = folder / part, f"{label}/{part}", f"{package}.{part}"
            if is_file(file := folder / "__init__.py"):
                self.module(f"{label}/__init__.py", file, package)

    def _declared(self, base: type, name: str | Path) -> None:
        module = sys.modules.get(base.__module__)
        there = Path(str(getattr(module, "__file__", "") or "")).parent / name
        if there.is_dir():
            for file in (*package_files(there)[0], *package_files(there)[1]):
                self._files.setdefault(f"{name}/{file.relative_to(there).as_posix()}", file)
        elif there.is_file():
            self._files.setdefault(str(name), there)
        else:
            raise InputError(f"{base.__name__} declares the file {str(name)!r}, but there is no {there}")


def _absolute(one: Imported, package: str) -> Iterator[str]:
    """Yield the dotted names that an import in a module of that package may mean."""
    above = package.split(".") if package else []
    if one.level > 1:
        above = above[: 1 - one.level]
    stem = ".".join(filter(None, [*(above if one.level else ()), one.module]))
    for name in (stem, *(f"{stem}.{name}".strip(".") for name in one.names if name != "*")):
        if name:
            yield name
