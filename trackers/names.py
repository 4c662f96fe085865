"""How a tracker's full name is read: ``family[-variant]...[{field=value,...}][:preset][@weights]``.

Trackers from elsewhere have a prefix: `trackers.foreign_names`.

Whatever says the same configuration gets the same canonical name, hence the same records: ``memtrack-m8`` is
``memtrack`` where eight slots are the default.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from functools import cached_property
from pathlib import Path
from typing import Any

from trackers.api import Tracker
from trackers.code.files import named_files
from trackers.code.reach import with_files
from trackers.configs import configuring, plain_config, read_delta, shortest_name, write_delta
from trackers.errors import InputError, did_you_mean
from trackers.foreign_names import read_foreign
from trackers.lists import split_lists
from trackers.registry import BUILT_IN, PREFIXES, Family, built_in, default_names, family_names, find_family
from trackers.weights.catalog import NO_WEIGHTS, OWN_WEIGHTS, RANDOM, Weights
from trackers.weights.choice import built, choose_weights, first_config, given_weights

_NAME = re.compile(r"(?P<base>[^{}:@]+)(?:\{(?P<delta>[^{}]*)\})?(?::(?P<preset>[^{}:@]+))?(?:@(?P<weights>.+))?")


@dataclass(frozen=True)
class TrackerSpec:
    """A tracker that can be built: everything its name stands for."""

    name: str
    """Canonical; files in it are called as briefly as tells them apart from the others of one list."""
    family: Family
    preset: str
    config: Any
    """The family's frozen dataclass, or None."""
    weights: Weights
    parts: tuple[str | Path, ...] = ()
    """The name with its files' whole paths."""

    def __hash__(self) -> int:
        return hash(self.name)  # a third party's config may be none that can be hashed

    @property
    def address(self) -> str:
        """The name by which the same is found from any folder of this machine."""
        return "".join(map(str, self.parts)) or self.name

    @property
    def remembers(self) -> str:
        """One line: what it remembers of its target."""
        return self.family.remembered(self.config)

    @property
    def reports(self) -> bool:
        """Whether it has signals to report: of a class of one target nobody asks for any, whatever it calls so."""
        return issubclass(self.family.cls, Tracker) and bool(self.family.cls.signals)

    @cached_property
    def settings(self) -> dict[str, Any] | None:
        """The config as JSON has it; None where there is none. InputError where it holds what JSON has not."""
        return None if self.config is None else plain_config(self.family, self.config, self.name)

    @cached_property
    def deterministic(self) -> bool:
        """Whether its author says that it draws nothing at random; InputError where it cannot be built to be asked."""
        return self.family.deterministic is not None and self.family.deterministic(self.weights)

    def identity(self) -> str:
        """Return the configuration as JSON: equal for trackers that behave the same."""
        return self._identity

    @cached_property
    def _identity(self) -> str:
        facts = {"family": self.family.name, "config": self.settings, "weights": self.weights.sha256}
        if self.weights.tensors:
            facts["tensors"] = self.weights.tensors
        if self.family.reach is not None:
            facts["class"] = self.family.cls.__qualname__  # of one file several may be registered under one name
            if self.weights.name == RANDOM:
                facts["weights"] = RANDOM  # by the digest alone a plug-in could not tell this from no weights at all
        return json.dumps(facts, sort_keys=True)

    def build(self, device: str) -> Tracker[Any]:
        """Return the tracker on a torch device ("cpu", "cuda:0", "mps"); random weights are always the same ones."""
        if (world := self.family.world) is None:
            return self._make(device)
        from trackers.adapters.answers import check_signals
        from trackers.adapters.chance import Chance
        from trackers.adapters.containment import Contained, loading

        chance = Chance()
        with loading(f"tracker {self.name}", world, chance, "cannot be built"):
            tracker = self._make(device)
            check_signals(tracker.signals)
        return Contained(tracker, world, chance, f"tracker {self.name}")

    def _make(self, device: str) -> Tracker[Any]:
        cls: Callable[..., Any] = self.family.cls
        if issubclass(self.family.cls, Tracker):
            import torch  # not at the top: names must be read without waiting for it

            with torch.random.fork_rng(devices=[]):
                torch.manual_seed(0)
                return built(cls, self.config, self.weights, device)
        from trackers.adapters.one_target import OneTargetLanes

        given = () if self.config is None else (self.config,)
        named = given_weights(self.family.cls, self.weights)
        return OneTargetLanes(lambda: cls(*given, **named))


def expand(names: Iterable[str]) -> list[TrackerSpec]:
    """Return the trackers that names, comma lists, wildcards and ``all`` stand for, each once, in order.

    What behaves the same is one, whatever it is called. InputError where none is named, and where file systems could
    not tell two names apart.
    """
    specs: dict[Any, TrackerSpec] = {}
    for name in split_lists(names):
        for full in _matching(name):
            spec = resolve(full)
            reach = spec.family.reach
            specs.setdefault((spec.identity(), reach and reach.digest), spec)
    return distinct(list(specs.values()))


def distinct(specs: list[TrackerSpec]) -> list[TrackerSpec]:
    """Return the trackers with names of their own: where files are called the same, their folders are named too."""
    files = {part for spec in specs for part in spec.parts if isinstance(part, Path)}
    named = list(specs)
    for _ in specs:  # a longer name may be another's
        met = Counter(spec.name.casefold() for spec in named)
        twice = {name for name, number in met.items() if number > 1}
        named = [
            replace(spec, name=_called(spec.parts, files)) if spec.name.casefold() in twice else spec for spec in named
        ]
    met = Counter(spec.name.casefold() for spec in named)
    if same := [spec.name for spec in named if met[spec.name.casefold()] > 1]:
        raise InputError(f"{' and '.join(same)} have one name for many file systems: rename one, or run them apart")
    return named


def _called(parts: Iterable[str | Path], files: Collection[Path] = ()) -> str:
    """Return a name in which files are called as briefly as tells them apart from other files."""
    return "".join(_call(part, files) if isinstance(part, Path) else part for part in parts)


def _call(file: Path, files: Collection[Path]) -> str:
    if not files and file.suffix in (".py", ".toml") and file.is_relative_to(Path.cwd()):
        return file.relative_to(Path.cwd()).as_posix()  # by which it is found again from here
    others = [str(other).casefold() for other in files if other != file]
    ends = ("/".join(file.parts[-depth:]) for depth in range(1, len(file.parts)))
    return next((end for end in ends if not any(other.endswith(f"/{end.casefold()}") for other in others)), str(file))


def _matching(name: str) -> Sequence[str]:
    if name.casefold() == "all":
        return default_names()
    base, rest = re.match(r"([^{:@]*)(.*)", name, re.DOTALL).groups()  # type: ignore[union-attr]
    if not re.search(r"[*?\[]", base):
        return (name,)
    found = [known + rest for known in known_names(re.split(r"[*?\[]", base)[0]) if fnmatchcase(known, base)]
    if not found:
        raise InputError(f"no tracker matches {name!r}; `run_bench list` shows all")
    return found


def known_names(start: str = "") -> tuple[str, ...]:
    """Return every family and every variant whose name begins with `start`; a plug-in that cannot be loaded by name."""
    names: list[str] = []
    for name in family_names():
        if not name.startswith(start[: len(name)]):
            continue  # what cannot be meant is not imported
        names.append(name)
        try:
            names += [f"{name}-{variant}" for variant in find_family(name).variants]
        except InputError:
            continue  # whoever needs it is told why
    return tuple(names)


def resolve(name: str) -> TrackerSpec:
    """Return the tracker of one full name; InputError where any part of it is unknown, or no text."""
    if not name.isascii() and any("\ud800" <= letter <= "\udfff" for letter in name):
        raise InputError(f"{name!a} holds bytes that are no UTF-8, and results are kept by name: rename the file")
    if name.partition(":")[0] in PREFIXES:
        return _external(name)
    if (match := _NAME.fullmatch(name)) is None:
        raise InputError(
            f"{name!r} is not a tracker's name: family[-variant][{{field=value}}][:preset][@weights], "
            "e.g. siamfc:paper@FILE"
        )
    family, variants = _split_base(match["base"])
    preset, delta, wanted = match["preset"] or "compact", match["delta"], match["weights"] or ""
    if family.config is None:
        if variants or delta or match["preset"]:
            raise InputError(f"tracker {family.name!r} has no config: neither variant nor preset fits it")
        return _named((family.name,), family, "compact", None, choose_weights(family, family.name, "compact", wanted))
    if preset not in family.presets:
        raise InputError(f"{family.name} has no preset {preset!r}.{did_you_mean(preset, family.presets)} "
                         f"It has: {', '.join(family.presets)}.")  # fmt: skip
    weights = choose_weights(family, "-".join([family.name, *variants]), preset, wanted)
    with configuring(family, name):
        inline = read_delta(family, delta or "")
        base = first_config(family, preset, weights)
        config = base
        for variant in variants:
            config = replace(config, **family.variants[variant])
        config = replace(config, **inline)
        short = shortest_name(family, base, config) + (f":{preset}" if preset != "compact" else "")
    return _named((short,), family, preset, config, weights, bool(wanted))


def _external(name: str) -> TrackerSpec:
    """Return the tracker of a name that begins with one of `PREFIXES`."""
    said = read_foreign(name)
    family = find_family(said.base)
    weights = choose_weights(family, said.base, "compact", said.weights)
    parts: tuple[str | Path, ...] = family.parts or (said.base,)
    if said.file:
        parts = (said.kind, Path(said.file).resolve(), said.cls)
    config = None
    if family.config is not None:
        with configuring(family, name):
            first = first_config(family, "compact", weights)
            config = replace(first, **read_delta(family, said.delta))
            parts = (*parts, write_delta(first, config))
    elif said.delta:
        raise InputError(f"{said.base} has no config: {{{said.delta}}} does not fit it")
    return _named(parts, family, "compact", config, weights, bool(said.weights))


def _named(
    parts: tuple[str | Path, ...], family: Family, preset: str, config: Any, weights: Weights, said: bool = True
) -> TrackerSpec:
    """Return the tracker under its shortest name; `said` tells whether the weights belong to it."""
    if said and weights not in (NO_WEIGHTS, OWN_WEIGHTS):
        own = weights.path is not None and not weights.licence  # those of the catalogue have one
        parts = (*parts, "@", weights.path.absolute() if own and weights.path else weights.name)
        if weights.second is not None:
            parts = (*parts, "+", weights.second.absolute())
    spec = TrackerSpec(_called(parts), family, preset, config, weights, parts)
    if family.reach is None or config is None:
        return spec
    reach = with_files(family.reach, named_files(spec.settings, "config"))
    return replace(spec, family=replace(family, reach=reach))


def _split_base(base: str) -> tuple[Family, list[str]]:
    if (own := built_in(base)) is not None:  # whoever else is installed
        return own
    parts = base.split("-")
    for length in range(len(parts), 0, -1):
        name = "-".join(parts[:length])
        if name in BUILT_IN or name in family_names():
            family, rest = find_family(name), parts[length:]
            for variant in rest:
                if variant not in family.variants:
                    known = [f"{name}-{v}" for v in family.variants]
                    hint = did_you_mean(base, known) or (f" It has: {', '.join(known)}." if known else "")
                    raise InputError(f"{name} has no variant {variant!r}.{hint}")
            return family, rest
    return find_family(base), []  # raises, with a suggestion
