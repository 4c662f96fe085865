"""Recipes: everything a training run depends on but the data's place, as a TOML file says it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, is_dataclass, replace
from fnmatch import fnmatchcase
from importlib.resources import files
from pathlib import Path
from types import MappingProxyType
from typing import Any, get_type_hints

from benchmark.documents import parse_toml, read_toml
from benchmark.shapes import Count, Least1, NotNegative, Positive, Share, check
from benchmark.training.clips import Cut
from benchmark.training.scripting import Chances
from trackers.errors import InputError, did_you_mean
from trackers.names import resolve
from trackers.weights.catalog import RANDOM


@dataclass(frozen=True)
class SourceEntry:
    """One folder of data, relative to ``--data-root``."""

    reader: str
    """A layout of `benchmark.training.readers`."""
    folder: str = "."


@dataclass(frozen=True)
class Mixture:
    """What clips are made of."""

    sources: tuple[SourceEntry, ...]
    weights: Mapping[str, NotNegative] = field(default_factory=dict)
    """How often a set is drawn, by its name; 1 where it is not named, 0 to leave it out."""
    pasted: Share = 0.6
    """Share of clips whose target is cut out and put before another picture."""
    held_out: Share = 0.1
    """Share of the tracks that only validation sees."""
    moving: Share = 0.0
    """Share of clips that show a real video's own frames: of tracks long enough for that, by their weights."""
    leave_out: tuple[str, ...] = ()
    """Names of tracks that are never drawn: videos that something is chosen by."""


@dataclass(frozen=True)
class Schedule:
    """Optimisation."""

    steps: Least1
    batch: Least1
    """Clips a step."""
    rate: Positive
    """Highest learning rate; warmed up over a twentieth of the steps, then a cosine to a hundredth."""
    decay: NotNegative = 0.0
    """Weight decay, decoupled."""
    clip: Positive = 1.0
    """Largest norm of the gradient."""
    validate_every: Least1 = 100
    patience: Count = 0
    """Validations in a row without a gain after which a run ends; 0: it takes all its steps."""
    factors: Mapping[str, NotNegative] = field(default_factory=dict)
    """What the rate is multiplied by for parameters whose name fits a pattern (``*.bias``), the first that fits."""

    def factor(self, parameter: str) -> float:
        """Return what the rate is multiplied by for the parameter of that name."""
        return next((factor for pattern, factor in self.factors.items() if fnmatchcase(parameter, pattern)), 1.0)


@dataclass(frozen=True)
class Recipe:
    """One training run."""

    name: str
    tracker: str
    """The name of what is trained, with its preset: ``memtrack``, ``siamfc:paper``."""
    start: str
    """Weights it starts from: a name of the catalogue, ``random``, or a file."""
    mixture: Mixture
    schedule: Schedule
    frames: Least1
    """Searches a clip."""
    clips: Count = 0
    """How many different clips there are; with a trunk that stays as it is, their features are computed once. 0: never
    the same clip twice."""
    held_out_clips: Count = 48
    train: tuple[str, ...] = ("",)
    """Beginnings of the names of the parameters that change; "" for all."""
    judges: tuple[SourceEntry, ...] = ()
    """What the best weights are chosen by: clips of real videos, never trained on; else tracks held out."""
    validation: str = ""
    """Folder of real videos to validate by, relative to ``--data-root``."""
    validated: str = ""
    """The tracker that is validated, where one branch alone is trained; `tracker` by default."""
    cut: Cut = field(default_factory=Cut)
    chances: Chances = field(default_factory=Chances)
    options: Mapping[str, float] = field(default_factory=dict)
    """The learner's own: see `benchmark.training.learners`."""

    def trains(self, parameter: str) -> bool:
        """Whether the parameter of that name changes."""
        return parameter.startswith(self.train)

    def of_variant(self, tracker: str) -> Recipe:
        """Return the same recipe for a variant of its tracker, with a name of its own; InputError for any other."""
        wanted, own = resolve(f"{tracker}@{RANDOM}"), resolve(f"{self.tracker}@{RANDOM}")
        if (wanted.family.name, wanted.preset) != (own.family.name, own.preset):
            raise InputError(f"recipe {self.name} trains {self.tracker}, of which {tracker} is no variant")
        return replace(self, tracker=tracker, validated="", name=self.name + tracker.removeprefix(self.tracker))

    @property
    def trunk_is_fixed(self) -> bool:
        """Whether features can be computed once and kept."""
        return not any(start == "" or start.startswith("backbone") for start in self.train)


def plain(recipe: Recipe) -> dict[str, Any]:
    """Return the recipe as plain dictionaries, what is newer left out where it does nothing: older runs go on."""
    mixture = replace(recipe.mixture, weights=dict(recipe.mixture.weights))
    schedule = replace(recipe.schedule, factors=dict(recipe.schedule.factors))
    said = asdict(replace(recipe, mixture=mixture, schedule=schedule, options=dict(recipe.options)))
    del said["validated"]  # which no step depends on
    if not recipe.cut.area:
        del said["cut"]["area"]
    if not recipe.cut.sizes:
        del said["cut"]["sizes"]
    if not recipe.judges:
        del said["judges"]
    if not recipe.schedule.patience:
        del said["schedule"]["patience"]
    return said


def recipe_names() -> tuple[str, ...]:
    """Return the recipes that come with the program."""
    folder = files("benchmark.training") / "recipes"
    return tuple(sorted(entry.name.removesuffix(".toml") for entry in folder.iterdir() if entry.name.endswith(".toml")))


def read_recipe(name: str) -> Recipe:
    """Return a recipe by its name or from a user's TOML file; InputError where it is unknown or says what none can."""
    if name.endswith(".toml"):
        path = Path(name)
        if not path.is_file():
            raise InputError(f"no recipe file {name}")
        return _recipe(read_toml(path, "docs/training.md says what a recipe holds"), path.stem, name)
    if name not in recipe_names():
        known = ", ".join(recipe_names())
        raise InputError(f"no recipe {name!r}.{did_you_mean(name, recipe_names())} There are: {known}; or give a .toml")
    text = (files("benchmark.training") / "recipes" / f"{name}.toml").read_text(encoding="utf-8")
    return parse_recipe(text, name, f"{name}.toml")


def parse_recipe(text: str, name: str, source: str) -> Recipe:
    """Return the recipe of a TOML document; `source` is named in messages."""
    try:
        document = parse_toml(text)
    except ValueError as error:
        raise InputError(f"{source} is not TOML: {error}") from error
    return _recipe(document, name, source)


def _recipe(document: Mapping[str, Any], name: str, source: str) -> Recipe:
    recipe: Recipe = _build(Recipe, {"name": name, **document}, source)
    try:
        check(recipe, Recipe)
    except ValueError as error:
        raise InputError(f"{source}: {error}") from error
    return recipe


def _build(kind: Any, table: Mapping[str, Any], source: str) -> Any:
    """Return a dataclass from a table, its parts from the tables within; InputError names what does not fit."""
    types = get_type_hints(kind)
    if unknown := [key for key in table if key not in types]:
        raise InputError(f"{source}: {kind.__name__.lower()} has no {unknown[0]!r}.{did_you_mean(unknown[0], types)}")
    values = {key: _value(types[key], value, f"{source}: {key}") for key, value in table.items()}
    try:
        return kind(**values)
    except TypeError as error:
        wanted = [f.name for f in fields(kind) if f.name not in table]
        raise InputError(f"{source}: {kind.__name__.lower()} needs more of {', '.join(wanted)}") from error


def _value(kind: Any, value: Any, source: str) -> Any:
    if is_dataclass(kind):
        if not isinstance(value, dict):
            raise InputError(f"{source} is a table, not {value!r}")
        return _build(kind, value, source)
    if kind == tuple[SourceEntry, ...]:
        if not isinstance(value, list) or not all(isinstance(row, dict) for row in value):
            raise InputError(f"{source} is a list of tables")
        return tuple(_build(SourceEntry, row, source) for row in value)
    if isinstance(value, list):
        return tuple(value)
    if isinstance(value, dict):
        return MappingProxyType(dict(value))
    if kind in (int, float, str) and (not isinstance(value, (int, float) if kind is float else kind) or value is True):
        raise InputError(f"{source} is of type {kind.__name__}, not {value!r}")
    return float(value) if kind is float else value
