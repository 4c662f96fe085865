"""JSON and TOML as they come from a disk: read strictly, so that whatever is damaged or hostile is one line.

Python's own readers take ``NaN``, ``1e999`` and whole numbers of any length, let the last of two equal keys win,
and can be made to nest until the stack is full. Nothing that Engram reads needs any of that.
"""

from __future__ import annotations

import json
import math
import tomllib
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, NoReturn, TypeVar

from trackers.errors import InputError

__all__ = ["parse_json", "parse_toml", "read_bytes", "read_json", "read_toml"]

T = TypeVar("T")
LARGEST = 256 * 2**20
"""Bytes of one document; the scores of 100 sequences by 20 trackers take 20 million."""
DEEPEST = 50
"""Lists and objects within one another; ours have 8."""
WHOLE = 2**63
"""No whole number of TOML reaches this."""


def read_json(file: Path, mend: str, *, constants: bool = False) -> Any:
    """Return the content of a JSON file; InputError, which ends in how to `mend` it, where it cannot be read.

    With `constants` it may hold NaN and Infinity, which are no JSON, as Python's own writer does.
    """
    return _read(file, partial(parse_json, constants=constants), mend)


def read_toml(file: Path, mend: str) -> dict[str, Any]:
    """Return the content of a TOML file that somebody wrote; InputError likewise."""
    return _read(file, parse_toml, mend)


def read_bytes(file: Path) -> bytes:
    """Return a file's content; ValueError where it is larger than a document may be."""
    with file.open("rb") as opened:
        content = opened.read(LARGEST + 1)
    _check_size(content)
    return content


def _check_size(content: bytes | str) -> None:
    if len(content) > LARGEST:
        raise ValueError(f"it is larger than {LARGEST // 2**20} MB")


def _read(file: Path, parse: Callable[[bytes], T], mend: str) -> T:
    try:
        return parse(read_bytes(file))
    except OSError as error:
        raise InputError(f"{file} cannot be read ({error.strerror or error}); {mend}") from error
    except ValueError as error:
        raise InputError(f"{file} cannot be read ({error}); {mend}") from error


def parse_json(content: bytes | str, *, constants: bool = False) -> Any:
    """Return the value of a JSON text; ValueError where it is none, or not one that can be relied on.

    Refused are numbers that are not finite or too large for a float, an object with a key twice, more than `DEEPEST`
    levels, more than `LARGEST` bytes, and bytes that are not UTF-8. With `constants` NaN and Infinity are taken.
    """
    _check_size(content)
    text = content.decode("utf-8") if isinstance(content, bytes) else content
    try:
        value = json.loads(
            text, parse_constant=float if constants else _refuse, parse_float=_float, parse_int=_int,
            object_pairs_hook=_object,
        )  # fmt: skip
    except RecursionError:
        raise ValueError(f"it nests deeper than {DEEPEST} levels") from None
    _check_depth(value)
    return value


def parse_toml(content: bytes | str) -> dict[str, Any]:
    """Return the content of a TOML text; ValueError where it is none, or has what `parse_json` refuses."""
    _check_size(content)
    text = content.decode("utf-8") if isinstance(content, bytes) else content
    try:
        value = tomllib.loads(text, parse_float=_float)
    except RecursionError:
        raise ValueError(f"it nests deeper than {DEEPEST} levels") from None
    _check_depth(value)
    _check_whole(value)
    return value


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no number of JSON")


def _float(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(f"the number {text[:20]} is {'too large' if text[-1].isdigit() else 'not finite'}")
    return value


def _int(text: str) -> int:
    _float(text)
    return int(text)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        seen: set[str] = set()
        twice = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
        raise ValueError(f"the key {twice[:40]!r} stands twice in one object")
    return found


def _check_depth(value: Any) -> None:
    level = [value]
    for _ in range(DEEPEST):
        level = [
            inner
            for outer in level
            if isinstance(outer, dict | list)
            for inner in (outer.values() if isinstance(outer, dict) else outer)
            if isinstance(inner, dict | list)
        ]
        if not level:
            return
    raise ValueError(f"it nests deeper than {DEEPEST} levels")


def _check_whole(value: Any) -> None:
    """Refuse whole numbers of more than 64 bits, which TOML has not, nor any library that they would be given to."""
    if isinstance(value, int) and not -WHOLE <= value < WHOLE:
        raise ValueError(f"a whole number of {value.bit_length()} bits is too large")
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        _check_whole(inner)
