"""How many there are of something, in words."""

from __future__ import annotations


def counted(count: int, one: str, many: str = "") -> str:
    """Return a count with its noun: "1 sequence", "2,000 sequences"; `many` is a plural that is not `one` and an s."""
    return f"{count:,} {one if count == 1 else many or f'{one}s'}"
