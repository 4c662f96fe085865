"""Names in one option, separated by commas: a comma that is a name's own has a backslash before it."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable

from trackers.lists import split_list

__all__ = ["Words", "join_names", "names_among", "split_names"]

Words = str | Iterable[str]
"""Names, in one text with commas or one by one."""


def split_names(text: str) -> list[str]:
    r"""Return the names in a text: ``a,b\,c`` is ``a`` and ``b,c``; a backslash before anything else is itself."""
    parts = (part.strip() for part in re.findall(r"(?:\\[\\,]|[^,])+", text))
    return [re.sub(r"\\([\\,])", r"\1", part) for part in parts if part]


def join_names(names: Iterable[str]) -> str:
    """Return the text that stands for these names."""
    return ",".join(re.sub(r"([\\,])", r"\\\1", name) for name in names)


def names_among(given: Words, known: Container[str]) -> tuple[str, ...]:
    """Return names of trackers, measures or signals; a text that is one of those `known`, commas and all, is that."""
    if isinstance(given, str):
        return (given,) if given in known else tuple(split_list(given))
    return tuple(given)
