"""Trackers of installed packages, which announce them as entry points."""

from __future__ import annotations

from importlib.metadata import EntryPoint

from trackers.adapters.containment import World, loading, world_of
from trackers.registry import Family, only


def family(name: str, point: EntryPoint) -> Family:
    """Return the family that an entry point names; InputError where its module cannot be loaded."""
    source = f"{point.dist.name} {point.dist.version}" if point.dist else point.value
    world = World(name)
    with loading(f"plug-in tracker {name!r} of {source}", world):
        found = point.load()
    family = vars(only([found], name))
    return Family(**{**family, "name": name, "plug_in": source, "world": world_of(found, world)})
