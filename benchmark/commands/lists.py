"""Names in one option, separated by commas: a comma that is a name's own has a backslash before it."""

from __future__ import annotations

import re
from collections.abc import Iterable

__all__ = ["join_names", "split_names"]


def split_names(text: str) -> list[str]:
    r"""Return the names in a text: ``a,b\,c`` is ``a`` and ``b,c``; a backslash before anything else is itself."""
    parts = (part.strip() for part in re.findall(r"(?:\\[\\,]|[^,])+", text))
    return [re.sub(r"\\([\\,])", r"\1", part) for part in parts if part]


def join_names(names: Iterable[str]) -> str:
    """Return the text that stands for these names."""
    return ",".join(re.sub(r"([\\,])", r"\\\1", name) for name in names)
