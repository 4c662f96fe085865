"""How a tracker's full name is read: ``family[-variant]...[{field=value,...}][:preset][@weights]``.

Whatever says the same configuration gets the same canonical name, hence the same records: ``memtrack-m8`` is
``memtrack`` where eight slots are the default.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, fields, replace
from fnmatch import fnmatchcase
from typing import Any, get_type_hints

from trackers.api import Tracker
from trackers.errors import InputError, did_you_mean
from trackers.registry import PREFIXES, Family, default_names, family_names, find_family
from trackers.weights.catalog import NO_WEIGHTS, Weights, find_weights

_NAME = re.compile(r"(?P<base>[^{}:@]+)(?:\{(?P<delta>[^{}]*)\})?(?::(?P<preset>[^{}:@]+))?(?:@(?P<weights>.+))?")


@dataclass(frozen=True)
class TrackerSpec:
    """A tracker that can be built: everything its name stands for."""

    name: str
    """Canonical."""
    family: Family
    preset: str
    config: Any
    """The family's frozen dataclass, or None."""
    weights: Weights

    @property
    def remembers(self) -> str:
        """One line: what it remembers of its target."""
        return self.family.remembered(self.config)

    def identity(self) -> str:
        """Return the configuration as JSON: equal for trackers that behave the same."""
        config = None if self.config is None else asdict(self.config)
        return json.dumps(
            {"family": self.family.name, "config": config, "weights": self.weights.sha256}, sort_keys=True
        )

    def build(self, device: str) -> Tracker[Any]:
        """Return the tracker on a torch device ("cpu", "cuda:0", "mps"); random weights are always the same ones."""
        if (world := self.family.world) is None:
            return self._make(device)
        from trackers.adapters.containment import Contained, loading
        from trackers.adapters.process import Chance

        chance = Chance()
        with loading(f"tracker {self.name}", world, chance, "cannot be built"):
            tracker = self._make(device)
        return Contained(tracker, world, chance)

    def _make(self, device: str) -> Tracker[Any]:
        cls: Callable[..., Any] = self.family.cls
        if issubclass(self.family.cls, Tracker):
            import torch  # not at the top: names must be read without waiting for it

            with torch.random.fork_rng(devices=[]):
                torch.manual_seed(0)
                return cls(self.config, self.weights, device)  # type: ignore[no-any-return]
        from trackers.adapters.one_target import OneTargetLanes

        return OneTargetLanes(cls if self.config is None else lambda: cls(self.config))


def expand(names: Iterable[str]) -> list[TrackerSpec]:
    """Return the trackers that names, comma lists, wildcards and ``all`` stand for, each once, in order."""
    specs: dict[str, TrackerSpec] = {}
    for name in (part for text in names for part in split_list(text)):
        for full in _matching(name):
            spec = resolve(full)
            specs.setdefault(spec.name, spec)
    return list(specs.values())


def split_list(text: str) -> list[str]:
    """Split at commas outside braces and quotes: ``a,b{x=1,y=2}`` is two names."""
    return [part.strip() for part in re.findall(r'(?:[^,{"]|\{[^}]*\}?|"[^"]*"?)+', text) if part.strip()]


def _matching(name: str) -> Sequence[str]:
    if name.casefold() == "all":
        return default_names()
    base, rest = re.match(r"([^{:@]*)(.*)", name, re.DOTALL).groups()  # type: ignore[union-attr]
    if not re.search(r"[*?\[]", base):
        return (name,)
    found = [known + rest for known in known_names() if fnmatchcase(known, base)]
    if not found:
        raise InputError(f"no tracker matches {name!r}; `run_bench list` shows all")
    return found


def known_names() -> tuple[str, ...]:
    """Return every family and every variant by name."""
    names = []
    for family in map(find_family, family_names()):
        names += [family.name, *(f"{family.name}-{variant}" for variant in family.variants)]
    return tuple(names)


def resolve(name: str) -> TrackerSpec:
    """Return the tracker of one full name; InputError where any part of it is unknown."""
    if name.partition(":")[0] in PREFIXES:
        family = find_family(name)
        return TrackerSpec(name, family, "compact", None if family.config is None else family.config(), NO_WEIGHTS)
    if (match := _NAME.fullmatch(name)) is None:
        raise InputError(
            f"{name!r} is not a tracker's name: family[-variant][{{field=value}}][:preset][@weights], "
            "e.g. siamfc:paper@FILE"
        )
    family, variants = _split_base(match["base"])
    preset, delta, wanted = match["preset"] or "compact", match["delta"], match["weights"] or ""
    if family.config is None:
        if variants or delta or match["preset"] or wanted:
            raise InputError(f"tracker {family.name!r} has no config: neither variant, preset nor weights fit it")
        return TrackerSpec(family.name, family, "compact", None, NO_WEIGHTS)
    if preset not in family.presets:
        raise InputError(f"{family.name} has no preset {preset!r}.{did_you_mean(preset, family.presets)} "
                         f"It has: {', '.join(family.presets)}.")  # fmt: skip
    inline = _inline(family, delta or "")
    uses_weights = issubclass(family.cls, Tracker) and not family.plug_in
    weights = find_weights("-".join([family.name, *variants]), preset, wanted) if uses_weights else NO_WEIGHTS
    base = family.config(**{**family.presets[preset], **dict(weights.config)})
    config = base
    for variant in variants:
        config = replace(config, **family.variants[variant])
    config = replace(config, **inline)
    short = _canonical(family, base, config)
    full = short + (f":{preset}" if preset != "compact" else "") + (f"@{weights.name}" if wanted else "")
    return TrackerSpec(full, family, preset, config, weights)


def _split_base(base: str) -> tuple[Family, list[str]]:
    parts = base.split("-")
    for length in range(len(parts), 0, -1):
        if (name := "-".join(parts[:length])) in family_names():
            family, rest = find_family(name), parts[length:]
            for variant in rest:
                if variant not in family.variants:
                    known = [f"{name}-{v}" for v in family.variants]
                    hint = did_you_mean(base, known) or (f" It has: {', '.join(known)}." if known else "")
                    raise InputError(f"{name} has no variant {variant!r}.{hint}")
            return family, rest
    return find_family(base), []  # raises, with a suggestion


def _inline(family: Family, text: str) -> dict[str, Any]:
    """Read ``field=value,...`` by the config's own types."""
    assert family.config is not None
    types = get_type_hints(family.config)
    delta: dict[str, Any] = {}
    for item in filter(None, (part.strip() for part in text.split(","))):
        field, equals, value = (part.strip() for part in item.partition("="))
        if field not in types:
            raise InputError(f"{family.name} has no field {field!r}.{did_you_mean(field, types)}")
        kind = types[field]
        try:
            if not equals:
                raise ValueError("no '='")
            if kind is bool:
                delta[field] = {"true": True, "false": False}[value.lower()]
            elif kind in (int, float, str):
                delta[field] = kind(value)
            else:
                delta[field] = _plain(value)
        except (ValueError, KeyError) as error:
            name = getattr(kind, "__name__", str(kind))
            raise InputError(f"{family.name}{{{item}}}: {field} takes a value of type {name}") from error
    return delta


def _plain(value: str) -> Any:
    """Read ``none`` or numbers joined by ``:`` (a pair such as ``0.2:5``)."""
    return None if value.lower() == "none" else tuple(float(part) for part in value.split(":"))


def _canonical(family: Family, base: Any, config: Any) -> str:
    """Return the shortest name of a config: the family, a variant, or the nearest of these with an inline delta."""

    def rest(start: Any) -> dict[str, Any]:
        return {
            f.name: getattr(config, f.name) for f in fields(config) if getattr(config, f.name) != getattr(start, f.name)
        }

    candidates = {family.name: base}
    candidates |= {f"{family.name}-{v}": replace(base, **delta) for v, delta in family.variants.items()}
    name, delta = min(((n, rest(c)) for n, c in candidates.items()), key=lambda found: len(found[1]))
    if not delta:
        return name
    return f"{name}{{{','.join(f'{key}={_text(value)}' for key, value in sorted(delta.items()))}}}"


def _text(value: Any) -> str:
    if isinstance(value, tuple):
        return ":".join(_text(part) for part in value)
    return str(value).lower() if isinstance(value, bool) or value is None else str(value)
