"""A class of somebody's modules, ``[FOLDER/]module:Class[{settings}]``, where these are and what they are loaded as.

Without a folder, modules are looked for in the folders of ``--tracker-path`` (``ENGRAM_TRACKER_PATH``), in the current
folder, as for ``python -m module``, and where Python finds its own. Those outside of Python's own folders are loaded by
`trackers.code.private`: two repositories that both have a package ``lib`` each get their own.
"""

from __future__ import annotations

import inspect
import os
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from hashlib import sha256
from importlib import import_module
from importlib.machinery import PathFinder
from itertools import count
from pathlib import Path
from types import ModuleType
from typing import Any

from trackers.adapters.containment import World, loading, world_of
from trackers.code.installed import in_python, owners
from trackers.code.private import PrivateFolder
from trackers.code.reach import Reach, Walk, first_reach
from trackers.errors import InputError
from trackers.registry import PATH_VARIABLE

_FORM = re.compile(
    r"(?:(?P<folder>.+)/)?(?P<module>[^/:{}]+):(?P<name>[^/:{}]+)(?:\{(?P<settings>[^{}]*)\})?", re.DOTALL
)


SCHOOLS = {"pytracking": ("initialize", "track"), "got10k": ("init", "update")}
"""Kinds of names, and the methods of the classes behind them."""
NAMED = 8
"""Most classes that are named where another was asked for."""


@dataclass(frozen=True)
class Address:
    """Where a class is."""

    folder: Path | None
    """Absolute; None for wherever the module is found."""
    module: str
    name: str
    settings: str
    """What stands in braces."""

    @property
    def top(self) -> str:
        """The module's outermost package."""
        return self.module.partition(".")[0]

    @property
    def text(self) -> str:
        """The address without its folder."""
        return f"{self.module}:{self.name}" + (f"{{{self.settings}}}" if self.settings else "")

    @property
    def parts(self) -> tuple[str | Path, ...]:
        """The address in pieces (`trackers.registry.Family.parts`)."""
        return (self.text,) if self.folder is None else (self.folder, f"/{self.text}")

    @property
    def paths(self) -> list[Path]:
        """The folders where its module is looked for before Python's own path."""
        return [*tracker_path(), Path.cwd()] if self.folder is None else [self.folder]


@dataclass(frozen=True)
class Found:
    """A class that was loaded."""

    cls: Any
    world: World
    """Where its code runs."""
    reach: Reach
    load: Callable[[str], ModuleType]
    """Imports another module of its folder."""


def read_address(kind: str, text: str) -> Address:
    """Return the address that stands behind ``KIND:``; InputError where it has another form, or no such folder.

    A module in a folder of ``--tracker-path`` is given that folder.
    """
    form = f"{kind}:[FOLDER/]module:Class" + "{SETTING}" * (kind == "pytracking")
    if (match := _FORM.fullmatch(text)) is None:
        raise InputError(f"{kind}:{text}: the form is {form}")
    folder, module, name, settings = match.group("folder", "module", "name", "settings")
    if module.endswith(".py"):
        raise InputError(f"{kind}:{text}: a module's dotted name goes there, as lib.test.tracker.x; the form is {form}")
    place = None if folder is None else Path(os.path.abspath(folder))
    if folder is not None and place is not None and not place.is_dir():
        # As it stands in tables: a folder of ``--tracker-path`` by the end of its path.
        place = next((one for one in tracker_path() if one.as_posix().endswith(f"/{folder}")), place)
    if place is not None and not place.is_dir():
        raise InputError(f"{kind}:{text}: there is no folder {place}; the form is {form}")
    top = module.partition(".")[0]
    for one in tracker_path() if place is None else [place]:
        if _spec(top, [str(one)]):
            place = one
            break
    else:
        if place is not None:
            raise InputError(f"{kind}:{text}: there is no module {top} in {place}")
        if _spec(top, [str(Path.cwd()), *sys.path]) is None:
            looked = ", ".join(map(str, [*tracker_path(), Path.cwd()]))
            raise InputError(
                f"{kind}:{text}: there is no module {top} in {looked}: give the folder that it is in by --tracker-path"
            )
    return Address(place, module, name, ",".join(part.strip() for part in (settings or "").split(",")))


def tracker_path() -> list[Path]:
    """Return the folders of ``--tracker-path``."""
    return [Path(os.path.abspath(place)) for place in os.environ.get(PATH_VARIABLE, "").split(os.pathsep) if place]


def find_class(kind: str, address: Address, apart: str = "", also: Sequence[str] = ()) -> Found:
    """Return a class, imported; InputError where it cannot be.

    What is loaded `apart` under another text is other modules, with variables of their own. Its key covers other
    modules `also`.
    """
    asked = f"{kind}:{address.text}"
    home = _home(address)
    for number in count():
        folder = None if home is None else _folder(home, apart, number)
        world = World(address.module, address.folder)
        world.opening = nullcontext if folder is None else folder.unpickling
        with loading(asked, world):
            module = import_module(address.module) if folder is None else folder.load(address.module)
        cls: Any = getattr(module, address.name, None)
        if not isinstance(cls, type):
            raise InputError(f"{asked}: {address.module} has no class {address.name!r}; it has {_classes(module)}")
        reach = _reach((address.module, *also), cls, folder)
        if (first := first_reach(cls, asked, reach)).digest == reach.digest:
            load = import_module if folder is None else folder.load
            return Found(cls, world_of(module, world), first, load)
        if folder is None or not cls.__module__.startswith(f"{folder.name}."):
            raise InputError(f"{asked}: its code has changed since it was loaded: begin again")
    raise AssertionError


def other_school(cls: type) -> str:
    """Return in words what else a class may be, whose methods are not those of the school that it was said to be of."""
    has = [name for name in ("init", "update", "initialize", "track") if hasattr(cls, name)]
    if has == ["init", "track"]:
        return ", but init and track, as pysot's have: docs/elsewhere.md has the few lines that it takes"
    kinds = [kind for kind, both in SCHOOLS.items() if all(hasattr(cls, name) for name in both)]
    return f", but {' and '.join(SCHOOLS[kinds[0]])}: name it as {kinds[0]}:" if kinds else ""


def missing(cls: type, fields: Mapping[str, Any]) -> str:
    """Return the arguments that a class cannot be made without, and that no field gives; "" where that is not known."""
    try:
        arguments = inspect.signature(cls).parameters
    except (ValueError, TypeError):  # classes written in C may not tell
        return ""
    wanted = [name for name, one in arguments.items() if one.default is one.empty and one.kind < one.VAR_POSITIONAL]
    return ", ".join(name for name in wanted if name not in fields)


def _classes(module: ModuleType) -> str:
    """Return the names of a module's classes, its own before those that it imports."""
    found = [(one.__module__ != module.__name__, name) for name, one in vars(module).items() if isinstance(one, type)]
    return ", ".join(name for _, name in sorted(found)[:NAMED]) or "none"


def _home(address: Address) -> Path | None:
    """Return the folder that a module of the user's own lies in; None where it is installed, or found otherwise."""
    if address.folder is not None:
        return address.folder
    spec = _spec(address.top, [str(Path.cwd()), *sys.path])
    if spec is None:
        return None
    place = Path(next(iter(spec.submodule_search_locations or [str(spec.origin)])))
    return None if in_python(place) or owners(address.top, place) else place.parent


def _spec(top: str, paths: list[str]) -> Any:
    spec = PathFinder.find_spec(top, paths)
    return spec if spec and (spec.has_location or spec.submodule_search_locations) else None


def _folder(home: Path, apart: str, number: int) -> PrivateFolder:
    others = [str(place) for place in tracker_path()]
    text = chr(0).join([str(home), apart, *others])
    name = f"engram_folder_{sha256(text.encode('utf-8', 'surrogateescape')).hexdigest()[:12]}_{number}"
    return PrivateFolder.loaded(name) or PrivateFolder(name, home, others)


def _reach(modules: Sequence[str], cls: type, folder: PrivateFolder | None) -> Reach:
    walk = Walk() if folder is None else Walk(folder.path, folder.names())
    for module in modules:
        (walk.home if folder is None else walk.name)(module)
    walk.bases(cls, "" if folder is None else f"{folder.name}.")
    return walk.finish()
