"""Which weights a tracker gets: its family's, those of the family that it is derived from, a file, or none of ours."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

from trackers.api import Tracker
from trackers.errors import InputError, describe
from trackers.registry import Family
from trackers.weights.catalog import NO_WEIGHTS, OWN_WEIGHTS, RANDOM, Weights, find_weights

PARAMETERS = ("weights", "net_path")
"""What a one-target class may call the parameter that takes the path of a file of weights; the latter is GOT-10k's."""
SECOND = "second"
"""What it calls that of the second file where ``A+B`` stands behind ``@``."""


TORCH_SAYS = ("Missing", "Unexpected")
"""How torch's lines of names begin where a table of tensors does not fit a module."""


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
    if family.weights is not None:
        if wanted:
            raise InputError(f"{base} takes no weights behind '@': it names its files itself")
        return family.weights
    ancestor = family.ancestor
    if not ancestor and not issubclass(family.cls, Tracker):
        return _of_one_target(family.cls, base, preset, wanted)
    if wanted:
        return find_weights(base, preset, wanted)
    if not ancestor:
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


def _of_one_target(cls: type, base: str, preset: str, wanted: str) -> Weights:
    known = _parameters(cls)
    name = next((name for name in PARAMETERS if name in known), "")
    if not wanted:
        if name and known[name].default is inspect.Parameter.empty:
            raise InputError(f"{base} needs weights: {base}@FILE" + ("+FILE" if SECOND in known else ""))
        return NO_WEIGHTS
    if not name or wanted == RANDOM:
        raise InputError(
            f"{base} takes no weights: behind '@' goes a file for a class whose __init__ has a parameter "
            f"{' or '.join(map(repr, PARAMETERS))}; one that finds its file itself declares files = ('NAME',)"
        )
    weights = find_weights(base, preset, wanted)
    if weights.second is not None and SECOND not in known:
        raise InputError(f"{base} takes one file of weights: its __init__ has no parameter {SECOND!r} for another")
    if weights.second is None and SECOND in known and known[SECOND].default is inspect.Parameter.empty:
        raise InputError(f"{base} needs two files of weights: {base}@FILE+FILE, or the folder that holds both")
    return weights


def given_weights(cls: type, weights: Weights) -> dict[str, str]:
    """Return the arguments, paths by name, with which a one-target class gets its weights."""
    names = [next((name for name in PARAMETERS if name in _parameters(cls)), ""), SECOND]
    paths = weights.path, weights.second
    return {name: str(path) for name, path in zip(names, paths, strict=True) if path is not None}


def _parameters(cls: type) -> Mapping[str, inspect.Parameter]:
    try:
        return inspect.signature(vars(cls).get("__engram_wrapped__", cls)).parameters
    except (ValueError, TypeError):  # classes written in C may not tell
        return {}


def built(cls: Callable[..., Tracker[Any]], config: Any, weights: Weights, device: str) -> Tracker[Any]:
    """Return a tracker with its weights; where its network does not take a file, the InputError says whose that is."""
    try:
        return cls(config, weights, device)
    except InputError as error:
        if weights.path is None or not isinstance(error.__cause__, RuntimeError):
            raise
        names = " and ".join(str(file) for file in (weights.path, weights.second) if file)
        raise InputError(
            f"{_whose(weights)}{names} does not fit this tracker's network{_misfit(str(error.__cause__))}; "
            f"`run_bench weights show FILE` says more"
        ) from error


def _whose(weights: Weights) -> str:
    """Return for which trackers the files of weights are, as far as that is known; "" where it is not."""
    from trackers.weights.fitting import inspect_file

    said = []
    for file in filter(None, (weights.path, weights.second)):
        with suppress(InputError):
            fit = inspect_file(file)
            if fit.tracker:
                said.append(f"{file.name} is for {fit.tracker} ({fit.source})")
    return f"{'; '.join(said)}. " if said else ""


def _misfit(said: str) -> str:
    """Return what torch says of a table of tensors, with one name and the number of each kind in place of all."""
    missing, over = (
        re.search(rf"{what} key\(s\) in state_dict: (.*?)\. ?$", said, re.MULTILINE) for what in TORCH_SAYS
    )
    found = [re.findall(r'"([^"]+)"', match[1]) if match else [] for match in (missing, over)]
    found.append(re.findall(r"size mismatch for (\S+):", said))
    kinds = zip(("it lacks", "it has over", "of another shape is"), found, strict=True)
    parts = [
        f"{kind} {names[0]}" + (f" and {len(names) - 1} more" if names[1:] else "") for kind, names in kinds if names
    ]
    return f" ({'; '.join(parts)})" if parts else ""


def first_config(family: Family, preset: str, weights: Weights) -> Any:
    """Return the config of a preset with these weights; InputError where it lacks a field that goes with them."""
    assert family.config is not None
    given = dict(weights.config)
    try:
        return family.config(**{**family.presets[preset], **given})
    except TypeError as error:
        if not given:
            raise InputError(f"{family.name} has no config to begin with: {describe(error)}") from error
        raise InputError(f"{family.name} cannot take weights {weights.name!r} ({', '.join(given)}): {error}") from error
