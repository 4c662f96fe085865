"""Trackers with pytracking's interface: ``pytracking:[FOLDER/]module:Class{SETTING,field=value,...}``.

STARK, OSTrack, MixFormer, SeqTrack, ODTrack and many since 2019 have it. SETTING names the parameters, found as these
repositories keep them (`trackers.adapters.abroad.settings`); a field is an argument of the function that makes them,
or one of theirs. Each setting's modules are loaded apart: in these repositories settings write into one global config.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from trackers.adapters.abroad.schools import PyTracking
from trackers.adapters.abroad.settings import Parameters, parameter_modules, read_settings
from trackers.adapters.containment import loading
from trackers.adapters.modules import find_class, missing, other_school, read_address
from trackers.api import Frame
from trackers.code.files import named_files
from trackers.code.reach import with_files
from trackers.code.source import DATA
from trackers.errors import InputError
from trackers.registry import Family


def family(text: str) -> Family:
    """Return the family of the class with that setting; InputError where class or setting cannot be loaded."""
    address = read_address("pytracking", text)
    try:
        setting, fields = read_settings(address.settings)
    except ValueError as error:
        raise InputError(f"pytracking:{text}: {error}") from error
    also = parameter_modules(address.module, setting, fields)
    found = find_class("pytracking", address, apart=address.settings, also=also)
    cls = found.cls
    if not (hasattr(cls, "initialize") and hasattr(cls, "track")):
        raise InputError(f"pytracking:{text}: {address.name} has not both initialize and track{other_school(cls)}")
    if not setting and "params" not in fields and (lacks := missing(cls, fields)):
        raise InputError(
            f"pytracking:{text}: {address.name} is made of {lacks}: name the setting, as in {address.name}{{SETTING}}"
        )
    with loading(f"pytracking:{address.text}", found.world, doing="cannot have its parameters"):
        params = Parameters(cls, address.module, setting, fields, found.load)
        named = named_files(fields, "field") | named_files(params(), "params", DATA)

    class PyTrackingTracker:
        """One target."""

        def __init__(self) -> None:
            self._driven = PyTracking(params.make)

        def init(self, image: Frame, box: NDArray[np.float64]) -> None:
            """Start a new tracker with parameters of its own."""
            self._driven.init(image, box)

        def update(self, image: Frame) -> tuple[NDArray[np.float64], float]:
            """Return the box."""
            return self._driven.update(image)

    return Family(
        f"pytracking:{address.text}",
        PyTrackingTracker,
        "what its author gave it",
        plug_in=address.text,
        reach=with_files(found.reach, named),
        world=found.world,
        parts=("pytracking:", *address.parts),
    )
