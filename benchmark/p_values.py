"""A p value as text: one that is not 0 never reads as 0."""

from __future__ import annotations

__all__ = ["p_equals", "p_text"]


def p_text(p: float) -> str:
    """Return "0.013"; "< 0.001" below that."""
    return format(p, ".3f") if p >= 0.001 else "< 0.001"


def p_equals(p: float) -> str:
    """Return the same in a sentence, in one piece: "p = 0.013", "p < 0.001"."""
    text = p_text(p)
    return f"p {text if text.startswith('<') else f'= {text}'}".replace(" ", "\u00a0")
