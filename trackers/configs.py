"""Configs of trackers: what a name says of one, what one is called, and as JSON; a third party's behind its guard."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, fields, replace
from pathlib import Path, PurePath
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from trackers.errors import InputError, did_you_mean
from trackers.registry import Family


@contextmanager
def configuring(family: Family, name: str) -> Iterator[None]:
    """Guard what a third party's config does when it is made; InputError, one line, whatever it raises."""
    if family.world is None:
        yield
        return
    from trackers.adapters.containment import loading

    with loading(f"tracker {name}", family.world, doing="cannot be configured"):
        yield


def plain_config(family: Family, config: Any, name: str) -> dict[str, Any]:
    """Return a config as JSON has it; InputError where a field holds what JSON has not."""

    def plain(value: Any) -> Any:
        if isinstance(value, PurePath):
            return str(value)
        if hasattr(value, "tolist"):  # of NumPy or torch
            return value.tolist()
        raise InputError(
            f"tracker {name}: its config holds a {type(value).__name__}, which no key can cover: fields are numbers,"
            " texts, paths, None, or lists and tuples of these"
        )

    with configuring(family, name):
        found: dict[str, Any] = json.loads(json.dumps(asdict(config), default=plain))
        return found
    raise AssertionError


def read_delta(family: Family, text: str) -> dict[str, Any]:
    """Read ``field=value,...`` by the config's own types."""
    assert family.config is not None
    types = get_type_hints(family.config)
    delta: dict[str, Any] = {}
    for item in filter(None, (part.strip() for part in text.split(","))):
        field, equals, value = (part.strip() for part in item.partition("="))
        if field not in types:
            raise InputError(f"{family.name} has no field {field!r}.{did_you_mean(field, types)}")
        kind, optional = _without_none(types[field])
        try:
            if not equals:
                raise ValueError("no '='")
            delta[field] = None if optional and value.lower() == "none" else _read(kind, value)
        except (ValueError, KeyError) as error:
            name = "float, a finite one" if kind is float else getattr(kind, "__name__", str(kind))
            name += ", or none" if optional else ""
            raise InputError(f"{family.name}{{{item}}}: {field} takes a value of type {name}") from error
    return delta


def _without_none(kind: Any) -> tuple[Any, bool]:
    """Return the type X of ``X | None`` and True; any other type as it is, and False."""
    parts = get_args(kind) if get_origin(kind) in (Union, UnionType) else ()
    others = [part for part in parts if part is not NoneType]
    return (others[0], True) if len(others) == 1 < len(parts) else (kind, False)


def _read(kind: Any, value: str) -> Any:
    """Read a value of a type; ValueError or KeyError where it is none."""
    if kind is bool:
        return {"true": True, "false": False}[value.lower()]
    if kind is float:
        return _finite(value)
    return kind(value) if kind in (int, str, Path) else _plain(value)


def _plain(value: str) -> Any:
    """Read ``none`` or numbers joined by ``:`` (a pair such as ``0.2:5``)."""
    return None if value.lower() == "none" else tuple(map(_finite, value.split(":")))


def _finite(value: str) -> float:
    """Read a number; ValueError for what no tracker can compute with, and no config can be equal to."""
    if not math.isfinite(number := float(value)):
        raise ValueError(f"{value} is not finite")
    return number


def shortest_name(family: Family, base: Any, config: Any) -> str:
    """Return the shortest name of a config: the family, a variant, or the nearest of these with an inline delta."""

    candidates = {family.name: base}
    candidates |= {f"{family.name}-{v}": replace(base, **delta) for v, delta in family.variants.items()}
    name = min(candidates, key=lambda one: len(_differing(candidates[one], config)))
    return name + write_delta(candidates[name], config)


def write_delta(start: Any, config: Any) -> str:
    """Return what changes one config into another: ``{field=value,...}``, or "" where they are equal."""
    changed = {name: getattr(config, name) for name in sorted(_differing(start, config))}
    return f"{{{','.join(f'{name}={_text(value)}' for name, value in changed.items())}}}" if changed else ""


def _differing(start: Any, config: Any) -> list[str]:
    return [one.name for one in fields(config) if getattr(config, one.name) != getattr(start, one.name)]


def _text(value: Any) -> str:
    if isinstance(value, tuple):
        return ":".join(_text(part) for part in value)
    return str(value).lower() if isinstance(value, bool) or value is None else str(value)
