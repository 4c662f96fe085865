"""Names of trackers in one text, separated by commas."""

from __future__ import annotations

import re
from collections.abc import Iterable

from trackers.errors import InputError

__all__ = ["check_named", "one_of_list", "split_list", "split_lists"]


def split_list(text: str) -> list[str]:
    r"""Split at commas outside braces and quotes, and not after a backslash: ``a,b{x=1,y=2},py:c\,d.py`` is three."""
    parts = re.findall(r'(?:\\,|[^,{"]|\{[^}]*\}?|"[^"]*"?)+', text)
    return [re.sub(r'("[^"]*"?)|\\,', lambda met: met[1] or ",", part.strip()) for part in parts if part.strip()]


def split_lists(texts: Iterable[str]) -> list[str]:
    """Return the names in several such texts; InputError where there is none."""
    return check_named([name for text in texts for name in split_list(text)])


def check_named(names: list[str]) -> list[str]:
    """Return names of trackers; InputError where there is none."""
    if not names:
        raise InputError("no tracker is named: give names with commas between them; `run_bench list` shows all")
    return names


def one_of_list(name: str) -> str:
    """Return a name as it stands in such a list."""
    return name if split_list(name) == [name] else name.replace(",", "\\,")
