"""A tracker from a Python file, without packaging: ``py:FILE.py`` or ``py:FILE.py:Class``.

The file's folder is importable, as for ``python FILE.py``, and its modules are the file's own: `trackers.code.private`.
"""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256
from itertools import count
from pathlib import Path
from types import ModuleType

from trackers.adapters.containment import World, loading, world_of
from trackers.adapters.modules import tracker_path
from trackers.code.private import OWN, PrivateFolder
from trackers.code.reach import Reach, Walk, first_reach
from trackers.errors import InputError, did_you_mean
from trackers.registry import Family, family_of


def family(place: str) -> Family:
    """Return the family that a file registers; InputError where it cannot be run or registers none, or several."""
    file, _, wanted = place.partition(".py:")
    path = Path(place if not wanted else f"{file}.py")
    if not path.is_file() or path.suffix != ".py":
        raise InputError(f"py:{place}: no Python file {path}")
    path = path.resolve()
    others = [str(one) for one in tracker_path()]
    text = chr(0).join([str(path), *others])
    stem = f"engram_file_{sha256(text.encode('utf-8', 'surrogateescape')).hexdigest()[:12]}"
    for number in count():
        folder = PrivateFolder.loaded(f"{stem}_{number}") or PrivateFolder(f"{stem}_{number}", path.parent, others)
        world = World(str(path))
        world.opening = folder.unpickling
        module = _load(place, folder, path, world)
        found = _choose(place, module, wanted)
        reach = _reach(folder, path, found.cls)
        if first_reach(found.cls, str(path), reach).digest == reach.digest:  # else loaded anew
            return replace(found, plug_in=path.name, reach=reach, world=world_of(module, world))
        if not found.cls.__module__.startswith(f"{folder.name}."):
            raise InputError(f"py:{place}: its code has changed since it was loaded: begin again")
    raise AssertionError


def _load(place: str, folder: PrivateFolder, path: Path, world: World) -> ModuleType:
    if (known := folder.main) is not None:
        return known
    try:
        with loading(f"py:{place}", world):
            return folder.load_file(path)
    except InputError:
        folder.forget()
        raise
    raise AssertionError


def _choose(place: str, module: ModuleType, wanted: str) -> Family:
    """Return the family of the class that is meant: registered here, else derived here, else imported."""
    classes = [thing for thing in dict.fromkeys(map(_hashable, vars(module).values())) if isinstance(thing, type)]
    families = {cls: found for cls in classes if (found := family_of(cls)) is not None}
    if wanted:
        if (meant := vars(module).get(wanted)) in classes and meant in families:
            return families[meant]
        known = [cls.__name__ for cls in families if cls.__module__.partition(".")[0] not in OWN]
        raise InputError(
            f"py:{place}: the file has no class {wanted!r} with @register of trackers.api."
            f"{did_you_mean(wanted, known)} It has: {', '.join(known) or 'none'}"
        )
    own = [cls for cls in families if cls.__module__ == module.__name__]
    ranks = (
        [cls for cls in own if "__engram_family__" in vars(cls)],
        own,
        [cls for cls in families if cls.__module__.partition(".")[0] not in OWN],
        list(families),
    )
    chosen: list[type] = next((rank for rank in ranks if rank), [])
    if len(chosen) != 1:
        names = ", ".join(cls.__name__ for cls in chosen) or "none"
        raise InputError(
            f"py:{place}: needs one class with @register of trackers.api; the file has: {names}"
            + (f"; name one of them, e.g. py:{place}:{chosen[-1].__name__}" if chosen else "")
        )
    return families[chosen[0]]


def _hashable(thing: object) -> object:
    return thing if isinstance(thing, type) else None


def _reach(folder: PrivateFolder, path: Path, cls: type) -> Reach:
    loaded = folder.names()
    walk = Walk(folder.path, loaded)
    walk.main(path)
    for name in loaded:
        walk.name(name)
    walk.bases(cls, f"{folder.name}.")
    return walk.finish()
