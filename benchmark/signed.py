"""A difference as text: with its sign, which one that rounds to nothing does not have."""

from __future__ import annotations

__all__ = ["signed"]


def signed(value: float, spec: str = ".3f") -> str:
    """Return a number in a format of floats with its sign: "+0.012", "-0.012", "0.000"."""
    text = f"{value:+z{spec}}"
    return text if text.strip("+0.e%") else text[1:]
