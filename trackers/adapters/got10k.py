"""Trackers written for the GOT-10k toolkit: ``got10k:module:Class``, with ``init(PIL, box)`` and ``update(PIL)``."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trackers.api import Frame
from trackers.errors import InputError
from trackers.registry import Family

ONE_BASED = np.array([1.0, 1.0, 0.0, 0.0])


def family(path: str) -> Family:
    """Return the family of the class ``module:Class``; InputError where it cannot be imported."""
    module, _, name = path.partition(":")
    try:
        cls: Any = getattr(import_module(module), name)
    except (ImportError, AttributeError, ValueError) as error:
        raise InputError(f"got10k:{path}: cannot import it ({error}); the form is got10k:module:Class") from error

    class Got10kTracker:
        """One target. GOT-10k's boxes are 1-based (its OTB and VOT texts are passed on as they are)."""

        def init(self, image: Frame, box: NDArray[np.float64]) -> None:
            """Start the wrapped tracker."""
            self.tracker = cls()
            self.tracker.init(_picture(image), np.add(box, ONE_BASED))

        def update(self, image: Frame) -> NDArray[np.float64]:
            """Return the wrapped tracker's box, 0-based."""
            box: NDArray[np.float64] = np.subtract(self.tracker.update(_picture(image)), ONE_BASED)
            return box

    return Family(f"got10k:{path}", Got10kTracker, "what its author gave it", plug_in=path)


def _picture(image: Frame) -> Any:
    from PIL import Image

    return Image.fromarray(image)
