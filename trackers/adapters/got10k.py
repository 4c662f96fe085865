"""Trackers written for the GOT-10k toolkit: ``got10k:[FOLDER/]module:Class[{field=value,...}]``.

They have ``init(image, box)`` and ``update(image)``; the image is PIL's, as the toolkit's own loop gives it. Those that
replace that loop read their frames themselves, and get arrays. ``{input=array}`` or ``{input=picture}`` says otherwise;
the other fields go to the constructor.
"""

from __future__ import annotations

import ast
import inspect
from textwrap import dedent

import numpy as np
from numpy.typing import NDArray

from trackers.adapters.abroad.schools import Got10k, take_input, takes_arrays
from trackers.adapters.abroad.settings import read_settings
from trackers.adapters.chance import Chance
from trackers.adapters.containment import loading
from trackers.adapters.modules import find_class, other_school, read_address
from trackers.api import Frame, Tracker
from trackers.code.files import named_files
from trackers.code.reach import with_files
from trackers.errors import InputError
from trackers.registry import Family
from trackers.weights.catalog import Weights
from trackers.weights.choice import given_weights


def family(text: str) -> Family:
    """Return the family of the class ``module:Class``; InputError where it cannot be imported."""
    address = read_address("got10k", text)
    try:
        setting, fields = read_settings(address.settings)
        wanted = take_input(setting, fields)
    except ValueError as error:
        raise InputError(f"got10k:{text}: {error}") from error
    found = find_class("got10k", address)
    cls = found.cls
    if issubclass(cls, Tracker):
        raise InputError(
            f"got10k:{text}: {address.name} is a tracker of trackers.api: run it as py:FILE.py:{address.name}"
        )
    if not (hasattr(cls, "init") and hasattr(cls, "update")):
        raise InputError(f"got10k:{text}: {address.name} has not both init and update{other_school(cls)}")
    arrays = takes_arrays(cls) if wanted is None else wanted == "array"

    class Got10kTracker:
        """One target."""

        __engram_wrapped__ = cls

        def __init__(self, **weights: str) -> None:
            """Take the wrapped class's own parameter for a file of weights, if one is given."""
            self._driven = Got10k(lambda: cls(**fields, **weights), arrays=arrays)

        def init(self, image: Frame, box: NDArray[np.float64]) -> None:
            """Start the wrapped tracker."""
            self._driven.init(image, box)

        def update(self, image: Frame) -> tuple[NDArray[np.float64], float]:
            """Return the wrapped tracker's box, 0-based."""
            return self._driven.update(image)

    def deterministic(weights: Weights) -> bool:
        with loading(f"got10k:{address.text}", found.world, Chance(), "cannot be built"):
            return bool(getattr(cls(**fields, **given_weights(cls, weights)), "is_deterministic", False))

    called = author_name(cls)
    return Family(
        f"got10k:{address.text}",
        Got10kTracker,
        f"what its author{called and f', who calls it {called},'} gave it",
        plug_in=address.text,
        reach=with_files(found.reach, named_files(fields, "field")),
        world=found.world,
        parts=("got10k:", *address.parts),
        deterministic=deterministic,
    )


def author_name(cls: type) -> str:
    """Return what a class calls itself, as its constructor's code says (``super().__init__("NAME", ...)``); else ""."""
    try:
        tree = ast.parse(dedent(inspect.getsource(cls)))
    except (OSError, TypeError, SyntaxError):  # no Python that can be read
        return ""
    for call in ast.walk(tree):
        if isinstance(call, ast.Call) and getattr(call.func, "attr", "") == "__init__":
            named = [keyword.value for keyword in call.keywords if keyword.arg == "name"]
            for value in (*named, *call.args):
                if isinstance(value, ast.Constant) and isinstance(value.value, str):
                    return value.value
    return ""
