"""Trackers with pytracking's interface: ``pytracking:[FOLDER/]module:Class{SETTING,field=value,...}``.

STARK, OSTrack, MixFormer, SeqTrack, ODTrack and many since 2019 have it. SETTING names the parameters, found as these
repositories keep them (`trackers.adapters.abroad.settings`); a field is an argument of the function that makes them,
or one of theirs. Each setting's modules are loaded apart: in these repositories settings write into one global config.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trackers.adapters.abroad.schools import PyTracking
from trackers.adapters.abroad.settings import Parameters, make_tracker, read_settings
from trackers.adapters.containment import loading
from trackers.adapters.modules import find_class, read_address
from trackers.api import Frame
from trackers.code.reach import with_files
from trackers.code.source import DATA
from trackers.errors import InputError
from trackers.registry import Family

DEPTH = 4
"""How far settings within settings are looked through for names of files."""


def family(text: str) -> Family:
    """Return the family of the class with that setting; InputError where class or setting cannot be loaded."""
    address = read_address("pytracking", text)
    try:
        setting, fields = read_settings(address.settings)
    except ValueError as error:
        raise InputError(f"pytracking:{text}: {error}") from error
    found = find_class("pytracking", address, apart=address.settings)
    cls = found.cls
    if not (hasattr(cls, "initialize") and hasattr(cls, "track")):
        raise InputError(f"pytracking:{text}: {address.name} has not both initialize and track")
    with loading(f"pytracking:{address.text}", found.world, doing="cannot have its parameters"):
        params = Parameters(address.module, setting, fields, found.load)
        made = params()

    class PyTrackingTracker:
        """One target."""

        def __init__(self) -> None:
            self._driven = PyTracking(lambda: make_tracker(cls, params))

        def init(self, image: Frame, box: NDArray[np.float64]) -> None:
            """Start a new tracker with parameters of its own."""
            with found.unpickling():
                self._driven.init(image, box)

        def update(self, image: Frame) -> tuple[NDArray[np.float64], float]:
            """Return the box."""
            return self._driven.update(image)

    return Family(
        f"pytracking:{address.text}",
        PyTrackingTracker,
        "what its author gave it",
        plug_in=address.text,
        reach=with_files(found.reach, _files(made)),
        world=found.world,
        parts=("pytracking:", *address.parts),
    )


def _files(made: Any) -> dict[str, Path]:
    """Return the files that parameters name, such as ``params.checkpoint``, by where in them that is."""
    return {label: Path(text) for label, text in _texts(made, "params", DEPTH) if Path(text).is_file()}


def _texts(value: Any, label: str, depth: int) -> list[tuple[str, str]]:
    if isinstance(value, str | Path):
        text = str(value)
        return [(label, text)] if text.lower().endswith(DATA) and "\0" not in text else []
    if depth == 0:
        return []
    inside = value if isinstance(value, dict) else getattr(value, "__dict__", {})
    return [one for key, part in inside.items() for one in _texts(part, f"{label}.{key}", depth - 1)]
