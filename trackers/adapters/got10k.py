"""Trackers written for the GOT-10k toolkit: ``got10k:module:Class``, with ``init(PIL, box)`` and ``update(PIL)``."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trackers.adapters.answers import as_answer
from trackers.adapters.containment import World, loading, world_of
from trackers.api import Frame
from trackers.errors import InputError
from trackers.registry import Family

ONE_BASED = np.array([1.0, 1.0, 0.0, 0.0])


def family(path: str) -> Family:
    """Return the family of the class ``module:Class``; InputError where it cannot be imported."""
    module, _, name = path.partition(":")
    if not module or not name:
        raise InputError(f"got10k:{path}: the form is got10k:module:Class")
    world = World(module)
    with loading(f"got10k:{path}", world):
        found = import_module(module)
    cls: Any = getattr(found, name, None)
    if cls is None:
        raise InputError(f"got10k:{path}: {module} has no {name!r}; the form is got10k:module:Class")
    world = world_of(found, world)

    class Got10kTracker:
        """One target. GOT-10k's boxes are 1-based (its OTB and VOT texts are passed on as they are)."""

        def init(self, image: Frame, box: NDArray[np.float64]) -> None:
            """Start the wrapped tracker."""
            self.tracker = cls()
            self.tracker.init(_picture(image), np.add(box, ONE_BASED))

        def update(self, image: Frame) -> NDArray[np.float64]:
            """Return the wrapped tracker's box, 0-based."""
            box, _ = as_answer(self.tracker.update(_picture(image)))
            zero_based: NDArray[np.float64] = box - ONE_BASED
            return zero_based

    return Family(f"got10k:{path}", Got10kTracker, "what its author gave it", plug_in=path, world=world)


def _picture(image: Frame) -> Any:
    from PIL import Image

    return Image.fromarray(image)
