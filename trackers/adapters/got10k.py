"""Trackers written for the GOT-10k toolkit: ``got10k:module:Class``, with ``init(PIL, box)`` and ``update(PIL)``.

The current folder is importable, as for ``python -m module``; modules outside of Python's own folders are loaded by
`trackers.code.private`.
"""

from __future__ import annotations

import sys
from hashlib import sha256
from importlib import import_module
from importlib.machinery import PathFinder
from itertools import count
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trackers.adapters.answers import as_answer
from trackers.adapters.containment import World, loading, world_of
from trackers.api import Frame, Tracker
from trackers.code.installed import in_python, owners
from trackers.code.private import PrivateFolder
from trackers.code.reach import Reach, Walk, first_reach
from trackers.errors import InputError
from trackers.registry import Family

ONE_BASED = np.array([1.0, 1.0, 0.0, 0.0])


def family(path: str) -> Family:
    """Return the family of the class ``module:Class``; InputError where it cannot be imported."""
    module, _, name = path.partition(":")
    if not module or not name:
        raise InputError(f"got10k:{path}: the form is got10k:module:Class")
    home = _home(module.partition(".")[0])
    for number in count():
        folder = None if home is None else _folder(home, number)
        world = World(module)
        found = _load(path, module, folder, world)
        cls: Any = getattr(found, name, None)
        if not isinstance(cls, type):
            raise InputError(f"got10k:{path}: {module} has no class {name!r}; the form is got10k:module:Class")
        reach = _reach(module, cls, folder)
        if (first := first_reach(cls, path, reach)).digest == reach.digest:
            break
        if folder is None or not cls.__module__.startswith(f"{folder.name}."):
            raise InputError(f"got10k:{path}: its code has changed since it was loaded: begin again")
    world = world_of(found, world)
    if issubclass(cls, Tracker):
        raise InputError(f"got10k:{path}: {name} is a tracker of trackers.api: run it as py:FILE.py:{name}")

    class Got10kTracker:
        """One target. GOT-10k's boxes are 1-based (its OTB and VOT texts are passed on as they are)."""

        wrapped = cls

        def __init__(self, **weights: str) -> None:
            """Take the wrapped class's own parameter for a file of weights, if one is given."""
            self.weights = weights

        def init(self, image: Frame, box: NDArray[np.float64]) -> None:
            """Start the wrapped tracker."""
            self.tracker = cls(**self.weights)
            self.tracker.init(_picture(image), np.add(box, ONE_BASED))

        def update(self, image: Frame) -> NDArray[np.float64]:
            """Return the wrapped tracker's box, 0-based."""
            box, _ = as_answer(self.tracker.update(_picture(image)))
            zero_based: NDArray[np.float64] = box - ONE_BASED
            return zero_based

    return Family(f"got10k:{path}", Got10kTracker, "what its author gave it", plug_in=path, reach=first, world=world)


def _home(top: str) -> Path | None:
    """Return the folder that a module of the user's own lies in; None where it is installed, or found otherwise."""
    spec = PathFinder.find_spec(top, [str(Path.cwd()), *sys.path])
    if spec is None or not (spec.has_location or spec.submodule_search_locations):
        return None
    place = Path(next(iter(spec.submodule_search_locations or [str(spec.origin)])))
    return None if in_python(place) or owners(top, place) else place.parent


def _folder(home: Path, number: int) -> PrivateFolder:
    name = f"engram_folder_{sha256(str(home).encode('utf-8', 'surrogateescape')).hexdigest()[:12]}_{number}"
    return PrivateFolder.loaded(name) or PrivateFolder(name, home)


def _load(path: str, module: str, folder: PrivateFolder | None, world: World) -> ModuleType:
    with loading(f"got10k:{path}", world):
        return import_module(module) if folder is None else folder.load(module)
    raise AssertionError


def _reach(module: str, cls: type, folder: PrivateFolder | None) -> Reach:
    walk = Walk() if folder is None else Walk(folder.path)
    if folder is None:
        walk.home(module)
        walk.bases(cls)
    else:
        walk.name(module)
        walk.bases(cls, f"{folder.name}.")
    return walk.finish()


def _picture(image: Frame) -> Any:
    from PIL import Image

    return Image.fromarray(image)
