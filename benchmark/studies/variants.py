"""A tracker's name with deltas put into it, by the grammar of `trackers.names`."""

from __future__ import annotations

import re

from trackers.errors import InputError
from trackers.registry import PREFIXES

__all__ = ["is_delta", "varied"]

_DELTA = re.compile(
    r"(?P<variants>(?:-\w+)*)(?:\{(?P<fields>[^{}]*)\})?(?P<preset>:[^{}:@]+)?(?P<weights>@.+)?", re.DOTALL
)
_FILE = re.compile(r"(?P<family>py:.+\.py(?::\w+)?)(?:\{(?P<fields>[^{}]*)\})?(?P<weights>@.+)?", re.DOTALL)
_NAME = re.compile(r"(?P<family>[^{}:@]+)(?:\{(?P<fields>[^{}]*)\})?(?P<preset>:[^{}:@]+)?(?P<weights>@.+)?", re.DOTALL)


def is_delta(text: str) -> bool:
    """Return whether a text changes a base (``-noatt``, ``{slots=4}``, ``@imagenet``, or nothing) and names none."""
    return text == "" or text[0] in "-{:@"


def varied(base: str, *deltas: str) -> str:
    """Return the full name of a base with deltas, the later ones on top; InputError where they do not fit."""
    if not any(deltas):
        return base
    file = _FILE.fullmatch(base)
    parts = file or _NAME.fullmatch(base)
    if parts is None or (base.partition(":")[0] in PREFIXES and not (file and all(d[:1] in "{@" for d in deltas))):
        raise InputError(
            f"{base} has neither variants nor fields, so {' '.join(filter(None, deltas))!r} does not fit it:"
            " name each variant's tracker in full"
        )
    family, fields = parts["family"], list(filter(None, [parts["fields"]]))
    preset, weights = parts.groupdict().get("preset") or "", parts["weights"] or ""
    for delta in deltas:
        match = _DELTA.fullmatch(delta)
        if match is None:
            raise InputError(f"{delta!r} is no delta: [-variant][{{field=value}}][:preset][@weights]")
        family += match["variants"]
        fields += filter(None, [match["fields"]])
        preset, weights = match["preset"] or preset, match["weights"] or weights
    return family + (f"{{{','.join(fields)}}}" if fields else "") + preset + weights
