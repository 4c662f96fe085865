"""A tracker from a Python file, without packaging: ``py:FILE.py`` or ``py:FILE.py:Class``."""

from __future__ import annotations

import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

from trackers.adapters.containment import World, loading
from trackers.errors import InputError
from trackers.registry import Family, registered


def family(place: str) -> Family:
    """Return the family that a file registers; InputError where it cannot be run or registers none, or several."""
    file, _, wanted = place.partition(".py:")
    path = Path(place if not wanted else f"{file}.py")
    spec = spec_from_file_location(f"engram_file_{path.stem}", path)
    if not path.is_file() or spec is None or spec.loader is None:
        raise InputError(f"py:{place}: no Python file {path}")
    module = module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses and inspect look a class's module up here
    world = World(str(path))
    with loading(f"py:{place}", world):
        spec.loader.exec_module(module)
    found = registered(vars(module).values())
    chosen = [f for f in found if not wanted or f.cls.__name__ == wanted]
    if len(chosen) != 1:
        classes = ", ".join(f.cls.__name__ for f in found) or "none"
        raise InputError(f"py:{place}: needs one class with @register of trackers.api; the file has: {classes}")
    return Family(**{**vars(chosen[0]), "plug_in": str(path), "world": world})
