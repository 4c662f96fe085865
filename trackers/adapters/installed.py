"""Trackers that installed distributions announce in the entry-point group ``engram.trackers``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from importlib.metadata import EntryPoint

from trackers.adapters.containment import World, loading, world_of
from trackers.code.reach import Walk, first_reach
from trackers.errors import InputError
from trackers.registry import Family, family_of, why_taken


def family(name: str, points: Sequence[EntryPoint]) -> Family:
    """Return the family that is announced under a name; InputError where it cannot be loaded, or two announce it."""
    sources = [f"{point.dist.name} {point.dist.version}" if point.dist else point.value for point in points]
    if len(points) > 1:
        raise InputError(f"{' and '.join(sources)} both announce a tracker {name!r}: uninstall one of them")
    (point,), (source,) = points, sources
    if fault := why_taken(name):
        raise InputError(f"{source} announces a tracker under a name that it cannot have ({fault})")
    world = World(name)
    with loading(f"plug-in tracker {name!r} of {source}", world):
        cls = point.load()
    if not isinstance(cls, type) or (found := family_of(cls)) is None:
        raise InputError(f"tracker {name!r} is announced, but its class lacks the @register decorator of trackers.api")
    walk = Walk()
    if point.dist:
        walk.distribution(point.dist)
    walk.home(point.module)
    walk.bases(cls)
    reach = walk.finish()
    if first_reach(cls, name, reach).digest != reach.digest:
        raise InputError(f"the code of plug-in tracker {name!r} has changed since it was loaded: begin again")
    return replace(found, name=name, plug_in=source, reach=reach, world=world_of(cls, world))
