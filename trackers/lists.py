"""Names of trackers in one text, separated by commas."""

from __future__ import annotations

import re

__all__ = ["one_of_list", "split_list"]


def split_list(text: str) -> list[str]:
    r"""Split at commas outside braces and quotes, and not after a backslash: ``a,b{x=1,y=2},py:c\,d.py`` is three."""
    parts = re.findall(r'(?:\\,|[^,{"]|\{[^}]*\}?|"[^"]*"?)+', text)
    return [re.sub(r'("[^"]*"?)|\\,', lambda met: met[1] or ",", part.strip()) for part in parts if part.strip()]


def one_of_list(name: str) -> str:
    """Return a name as it stands in such a list."""
    return name if split_list(name) == [name] else name.replace(",", "\\,")
