"""Which weights a tracker gets: its family's, those of the family that it is derived from, a file, or none of ours."""

from __future__ import annotations

import inspect
from typing import Any

from trackers.api import Tracker
from trackers.errors import InputError
from trackers.registry import Family
from trackers.weights.catalog import NO_WEIGHTS, OWN_WEIGHTS, RANDOM, Weights, find_weights

PARAMETERS = ("weights", "net_path")
"""What a one-target class may call the parameter that takes the path of a file of weights; the latter is GOT-10k's."""


def choose_weights(family: Family, base: str, preset: str, wanted: str) -> Weights:
    """Return the weights of a tracker.

    Args:
        family: Its family.
        base: What it is called without preset and weights, e.g. ``memtrack-m4``.
        preset: ``compact`` or ``paper``.
        wanted: What stands behind ``@``; "" for the weights that go with the name.

    Raises:
        InputError: nothing fits, or the tracker has no use for weights.
    """
    if not issubclass(family.cls, Tracker):
        if not wanted:
            return NO_WEIGHTS
        if not weights_parameter(family.cls) or wanted == RANDOM:
            raise InputError(
                f"{base} takes no weights: behind '@' goes a file for a class whose __init__ has a parameter "
                f"{' or '.join(map(repr, PARAMETERS))}; one that finds its file itself declares files = ('NAME',)"
            )
        return find_weights(base, preset, wanted)
    if wanted:
        return find_weights(base, preset, wanted)
    if not (ancestor := family.ancestor):
        return OWN_WEIGHTS
    variant = base.removeprefix(family.name) if base.startswith(f"{family.name}-") else ""
    try:
        return find_weights(ancestor + variant, preset, "")
    except InputError as error:
        if ancestor == family.name:
            raise
        raise InputError(
            f"{base} is derived from {ancestor}, for whose preset {preset} no trained weights ship: "
            f"give it some behind '@', or 'random' to time it"
        ) from error


def weights_parameter(cls: type) -> str:
    """Return the parameter of a one-target class that takes the path of a file of weights; "" where it has none."""
    try:
        known = inspect.signature(getattr(cls, "wrapped", cls)).parameters
    except (ValueError, TypeError):  # classes written in C may not tell
        return ""
    return next((name for name in PARAMETERS if name in known), "")


def first_config(family: Family, preset: str, weights: Weights) -> Any:
    """Return the config of a preset with these weights; InputError where it lacks a field that goes with them."""
    assert family.config is not None
    given = dict(weights.config)
    try:
        return family.config(**{**family.presets[preset], **given})
    except TypeError as error:
        raise InputError(f"{family.name} cannot take weights {weights.name!r} ({', '.join(given)}): {error}") from error
