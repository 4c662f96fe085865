"""A tracker's name with deltas put into it, by the grammar of `trackers.names`."""

from __future__ import annotations

import re

from trackers.errors import InputError
from trackers.registry import PREFIXES

__all__ = ["is_delta", "varied"]

_DELTA = re.compile(
    r"(?P<variants>(?:-\w+)*)(?:\{(?P<fields>[^{}]*)\})?(?P<preset>:[^{}:@]+)?(?P<weights>@.+)?", re.DOTALL
)
_NAME = re.compile(r"(?P<family>[^{}:@]+)(?:\{(?P<fields>[^{}]*)\})?(?P<preset>:[^{}:@]+)?(?P<weights>@.+)?", re.DOTALL)


def is_delta(text: str) -> bool:
    """Return whether a text changes a base (``-noatt``, ``{slots=4}``, ``@imagenet``, or nothing) and names none."""
    return text == "" or text[0] in "-{:@"


def varied(base: str, *deltas: str) -> str:
    """Return the full name of a base with deltas, the later ones on top; InputError where they do not fit."""
    parts = _NAME.fullmatch(base)
    if not any(deltas):
        return base
    if base.partition(":")[0] in PREFIXES or parts is None:
        raise InputError(
            f"{base} has neither variants nor fields, so {' '.join(filter(None, deltas))!r} does not fit it:"
            " name each variant's tracker in full"
        )
    family, fields = parts["family"], list(filter(None, [parts["fields"]]))
    preset, weights = parts["preset"] or "", parts["weights"] or ""
    for delta in deltas:
        match = _DELTA.fullmatch(delta)
        if match is None:
            raise InputError(f"{delta!r} is no delta: [-variant][{{field=value}}][:preset][@weights]")
        family += match["variants"]
        fields += filter(None, [match["fields"]])
        preset, weights = match["preset"] or preset, match["weights"] or weights
    return family + (f"{{{','.join(fields)}}}" if fields else "") + preset + weights
