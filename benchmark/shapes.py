"""Whether a value from a file is what the code says it is: its annotations, held at run time.

A file can be whole and still hold a text where a number belongs. Found here, that is one line with the place of it;
found later, it is an exception somewhere else. So it is with a number that nothing is ever measured to be: what is
divided by is annotated `Positive`, and no number is so large that what is computed from it is none.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from functools import lru_cache
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, NotRequired, Union, get_args, get_origin, get_type_hints, is_typeddict

import numpy as np

__all__ = ["Count", "Least1", "NotNegative", "Positive", "Share", "Within", "check"]


@dataclass(frozen=True)
class Within:
    """What a number may be, beside its type; stands in an ``Annotated``."""

    words: str
    low: float
    high: float = math.inf

    def __contains__(self, value: float) -> bool:
        return self.low <= value <= self.high


Positive = Annotated[float, Within("a measurable number above 0", 1e-15)]
NotNegative = Annotated[float, Within("0 or more", 0)]
Share = Annotated[float, Within("from 0 to 1", 0, 1)]
Count = Annotated[int, Within("0 or more", 0)]
Least1 = Annotated[int, Within("1 or more", 1)]

LARGEST = 1e15
"""No float of a file is larger: nothing that is measured here is, and the square of it is still a number."""
LARGEST_WHOLE = 2**64
"""No whole number reaches this: seeds have 64 bits."""
NAMES = {bool: "true or false", int: "a whole number", float: "a number", str: "a text", NoneType: "nothing"}


def check(value: Any, wanted: Any, where: str = "") -> None:
    """Raise ValueError, which names the place, where `value` is not what the annotation `wanted` says.

    `wanted` is a dataclass, a TypedDict (keys beyond it are let be), or what their fields are annotated with: bool,
    int, float (no larger than `LARGEST`), either within bounds (`Positive`), str, None, Literal, unions, lists, tuples,
    mappings and arrays of numbers. Lists do for tuples.
    """
    origin, inner = get_origin(wanted), get_args(wanted)
    if wanted is Any:
        return
    if origin in (Union, UnionType):
        _check_any(value, inner, where)
    elif origin is Annotated:
        check(value, inner[0], where)
        _require(value in inner[1], where, inner[1].words)
    elif origin is Literal:
        _require(value in inner and type(value) in map(type, inner), where, f"one of {', '.join(map(repr, inner))}")
    elif wanted in NAMES:
        _require(_is_plain(value, wanted), where, NAMES[wanted])
    elif is_typeddict(wanted):
        _check_keys(value, wanted, where)
    elif isinstance(wanted, type) and is_dataclass(wanted):
        _require(isinstance(value, wanted), where, f"a {wanted.__name__}")
        for one in fields(wanted):
            check(getattr(value, one.name), _hints(wanted)[one.name], f"{where}.{one.name}")
    elif origin is np.ndarray:
        _require(isinstance(value, np.ndarray) and value.dtype.kind in "biuf", where, "an array of numbers")
    elif origin is not None and issubclass(origin, Mapping):
        _require(isinstance(value, Mapping) and all(isinstance(key, str) for key in value), where, "an object")
        for key, one in value.items():
            check(one, inner[1], f"{where}[{key[:40]!r}]")
    elif origin is not None and issubclass(origin, Sequence):
        _check_items(value, origin, inner, where)
    else:
        raise TypeError(f"no rule for {wanted}")


def _check_any(value: Any, choices: Sequence[Any], where: str) -> None:
    """Check against a union; where none fits, the last choice but None tells why."""
    reason = None
    for one in choices:
        try:
            return check(value, one, where)
        except ValueError as error:
            reason = reason if one is NoneType and reason else error
    assert reason is not None
    raise reason


def _check_keys(value: Any, wanted: Any, where: str) -> None:
    _require(isinstance(value, Mapping), where, "an object")
    for key, inner in _hints(wanted).items():
        optional = get_origin(inner) is NotRequired
        if key in value:
            check(value[key], get_args(inner)[0] if optional else inner, f"{where}.{key}")
        elif not optional:
            raise ValueError(f"{_place(where)} has no {key!r}")


def _check_items(value: Any, origin: Any, inner: tuple[Any, ...], where: str) -> None:
    _require(isinstance(value, list | tuple), where, "a list")
    each = [inner[0]] * len(value) if origin is not tuple or Ellipsis in inner else inner
    _require(len(value) == len(each), where, f"a list of {len(each)}")
    for index, (one, annotation) in enumerate(zip(value, each, strict=True)):
        check(one, annotation, f"{where}[{index}]")


def _is_plain(value: Any, wanted: Any) -> bool:
    if wanted is float:
        return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= LARGEST  # no NaN is
    if wanted is int:
        return isinstance(value, int) and not isinstance(value, bool) and abs(value) < LARGEST_WHOLE
    return isinstance(value, wanted)


def _require(fits: bool, where: str, what: str) -> None:
    if not fits:
        raise ValueError(f"{_place(where)} is not {what}")


def _place(where: str) -> str:
    return where.removeprefix(".") or "it"


@lru_cache(maxsize=64)
def _hints(wanted: Any) -> dict[str, Any]:
    return get_type_hints(wanted, include_extras=True)
