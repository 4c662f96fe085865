"""Who there is to run: families, their presets and variants, plug-ins.

A family is one class registered under one name. A plug-in's package announces it through the entry-point group
``engram.trackers`` (``name = "module:Class"``); its module is imported only when the name is needed.
How a full name is read (``memtrack-m4:paper@FILE``) is in `trackers.names`.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field, fields, is_dataclass, replace
from functools import cached_property
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from trackers.errors import InputError, describe, did_you_mean

if TYPE_CHECKING:
    from trackers.adapters.containment import World
    from trackers.code.reach import Reach
    from trackers.weights.catalog import Weights

GROUP = "engram.trackers"
PAPERS_FIVE = ("siamfc", "memtrack", "dualmn-short", "dualmn-long", "dualmn")
"""What ``all`` means before plug-ins."""
BUILT_IN = {
    "siamfc": "trackers.siamfc.family",
    "memtrack": "trackers.memtrack.family",
    "dualmn": "trackers.dualmn.family",
}
"""Modules whose FAMILY is Engram's own of that name; torch comes with its class alone."""
PREFIXES = {
    "cv2": "trackers.adapters.opencv",
    "env": "trackers.adapters.env",
    "got10k": "trackers.adapters.got10k",
    "onnx": "trackers.adapters.onnx.family",
    "py": "trackers.adapters.file",
    "pytracking": "trackers.adapters.pytracking",
    "trax": "trackers.adapters.trax",
}
"""External trackers are named ``prefix:rest``; the module's ``family(rest)`` makes the family."""
WORDS = ("all", "none")
"""What ``--trackers`` takes for no tracker's name."""
PATH_VARIABLE = "ENGRAM_TRACKER_PATH"
"""Environment variable with the folders of ``--tracker-path``, joined as those of ``PATH`` are."""
INSTALLED = "trackers.adapters.installed"
"""Its ``family(name, entry_point)`` makes the family of a plug-in."""

C = TypeVar("C", bound=type)
Delta = Mapping[str, Any]
"""Fields of a config and the values they take instead of the default ones."""


@dataclass(frozen=True, eq=False)
class Family:
    """One registered class with all that can be asked of it by name."""

    name: str
    source: type | str
    """Its class, or ``module:Class``, where that is found once it is needed: a name is read without loading torch."""
    remembers: str | Callable[[Any], str]
    """One line: what the tracker remembers of its target; or what says it of a config."""
    config: type | None = None
    """A frozen dataclass; its defaults are the compact preset."""
    presets: Mapping[str, Delta] = field(default_factory=lambda: {"compact": {}})
    variants: Mapping[str, Delta] = field(default_factory=dict)
    paper: str = ""
    """Where it was published, and whether this is a reconstruction."""
    plug_in: str = ""
    """The distribution or module it comes from; "" for Engram's own."""
    world: World | None = None
    """Where its code runs (`trackers.adapters.containment`); None for what needs no guard."""
    reach: Reach | None = None
    """What the key of a tracker from elsewhere covers; None for Engram's own and OpenCV's."""
    weights: Weights | None = None
    """What it brings along and no name can change; None where weights are chosen by name."""
    parts: tuple[str | Path, ...] = ()
    """The name it was asked for by, with its files' whole paths; () where `name` is all of it."""
    deterministic: Callable[[Weights], bool] | None = None
    """Says of it with some weights whether its author calls it deterministic; None where nobody says anything."""

    def remembered(self, config: Any) -> str:
        """Return the line of a tracker of this family."""
        if isinstance(self.remembers, str):
            return self.remembers
        try:
            with self.world or nullcontext():
                return str(self.remembers(config))
        except Exception as error:  # a third party's; a line of words stops nothing
            return f"cannot be told ({describe(error)})"

    @cached_property
    def cls(self) -> type:
        """Its class."""
        if isinstance(self.source, type):
            return self.source
        module, _, name = self.source.partition(":")
        return getattr(import_module(module), name)  # type: ignore[no-any-return]

    @property
    def file(self) -> Path:
        """The file of its class, which is not imported for that."""
        if isinstance(self.source, type):
            return Path(inspect.getfile(self.source))
        found = find_spec(self.source.partition(":")[0])
        assert found is not None
        assert found.origin is not None
        return Path(found.origin)

    @property
    def ancestor(self) -> str:
        """The family of Engram's that the class is, or is derived from, whose weights serve it; "" where none is."""
        if self.reach is None and isinstance(self.source, str):
            return self.name
        names = [vars(base)["__engram_family__"].name for base in self.cls.__mro__ if _is_own(base)]
        return names[0] if names else ""


def register(
    name: str,
    *,
    remembers: str | Callable[[Any], str],
    paper: str = "",
    config: type | None = None,
    presets: Mapping[str, Delta] | None = None,
    variants: Mapping[str, Delta] | None = None,
) -> Callable[[C], C]:
    """Give a tracker class the name that ``--trackers`` takes.

    A `Tracker` subclass is called with ``(config, weights, device)``; any other class (one target, ``init`` and
    ``update``) with ``(config)``, or with nothing where `config` is None.
    """
    family = declare(name, object, remembers=remembers, paper=paper, config=config, presets=presets, variants=variants)

    def decorate(cls: C) -> C:
        lanes = getattr(cls, "max_lanes", None)
        if lanes is not None and not (isinstance(lanes, int) and lanes > 0):
            raise ValueError(f"{name}: max_lanes is a whole number from 1 on, or None for any, not {lanes!r}")
        cls.__engram_family__ = replace(family, source=cls)  # type: ignore[attr-defined]
        return cls

    return decorate


def declare(
    name: str,
    source: type | str,
    *,
    remembers: str | Callable[[Any], str],
    paper: str = "",
    config: type | None = None,
    presets: Mapping[str, Delta] | None = None,
    variants: Mapping[str, Delta] | None = None,
) -> Family:
    """Return a family as it is registered; ValueError or TypeError where it cannot be."""
    if fault := _misspelt(name):
        raise ValueError(fault)
    if config is not None and not (is_dataclass(config) and config.__dataclass_params__.frozen):  # type: ignore[attr-defined]
        raise TypeError(f"{name}: the config must be a frozen dataclass, not {config!r}")
    known = {f.name for f in fields(config)} if config is not None else set()
    for delta in (*(presets or {}).values(), *(variants or {}).values()):
        if unknown := set(delta) - known:
            raise ValueError(f"{name}: no field {sorted(unknown)} in {config}")

    presets = {"compact": {}, **(presets or {})}
    return Family(name, source, remembers, config, presets, dict(variants or {}), paper)


def _misspelt(name: str) -> str:
    fits = re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*(-[A-Za-z0-9_]+)*", name)
    return "" if fits else f"a tracker's name is letters, digits, '_' and inner '-': not {name!r}"


def why_taken(name: str) -> str:
    """Return why no tracker from elsewhere can have a name; "" where one can."""
    if fault := _misspelt(name):
        return fault
    plain = name.casefold()
    if plain in WORDS:
        return f"{plain!r} is no tracker to --trackers: choose another name"
    if plain in PREFIXES:
        return f"names of trackers from elsewhere begin with '{plain}:': choose another name"
    if built_in(plain):
        return f"there is a tracker {plain!r} already: choose another name"
    return ""


def built_in(name: str) -> tuple[Family, list[str]] | None:
    """Return the family and the variants that make a name Engram's own; None where it is not."""
    first, *variants = name.split("-")
    if first not in BUILT_IN:
        return None
    family = find_family(first)
    return (family, variants) if set(variants) <= family.variants.keys() else None


def family_of(cls: type) -> Family | None:
    """Return what a class is registered as; of a subclass that is not, what its base is, under its own name."""
    for base in cls.__mro__:
        if (family := vars(base).get("__engram_family__")) is not None:
            return family if base is cls else replace(family, name=cls.__name__, source=cls)  # type: ignore[no-any-return]
    return None


def _is_own(cls: type) -> bool:
    return cls.__module__.startswith(tuple(module.rpartition(".")[0] for module in BUILT_IN.values())) and (
        "__engram_family__" in vars(cls)
    )


def _plug_ins() -> dict[str, list[EntryPoint]]:
    """Return the entry points by name; more than one where two distributions announce the same name."""
    found: dict[str, list[EntryPoint]] = {}
    for point in entry_points(group=GROUP):
        found.setdefault(point.name, []).append(point)
    return found


def family_names() -> tuple[str, ...]:
    """Return the names of all families, Engram's own first, without importing any."""
    own = tuple(BUILT_IN)
    return own + tuple(sorted(name for name in _plug_ins() if name not in BUILT_IN))


def default_names() -> tuple[str, ...]:
    """Return what ``all`` stands for: the papers' five that are there, then every installed plug-in."""
    own = tuple(name for name in PAPERS_FIVE if name.split("-")[0] in BUILT_IN)
    return own + tuple(name for name in family_names() if name not in BUILT_IN)


def find_family(name: str) -> Family:
    """Return the family of that name, importing its module; InputError where there is none or it cannot be loaded."""
    prefix, colon, rest = name.partition(":")
    if colon and prefix in PREFIXES:
        return import_module(PREFIXES[prefix]).family(rest)  # type: ignore[no-any-return]
    if name in BUILT_IN:
        return import_module(BUILT_IN[name]).FAMILY  # type: ignore[no-any-return]
    if not (points := _plug_ins().get(name)):
        raise InputError(f"no tracker named {name!r}.{did_you_mean(name, family_names())} `run_bench list` shows all.")
    return import_module(INSTALLED).family(name, points)  # type: ignore[no-any-return]
