"""OpenCV's own trackers: ``cv2:csrt``, ``cv2:kcf``, ``cv2:mil``. They take BGR and whole pixels."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from trackers.api import Frame
from trackers.errors import InputError, did_you_mean
from trackers.registry import Family

FACTORIES = {"csrt": "TrackerCSRT", "kcf": "TrackerKCF", "mil": "TrackerMIL"}
REMEMBERS = {
    "csrt": "correlation filters with channel reliability, updated every frame",
    "kcf": "a kernelised correlation filter, updated every frame",
    "mil": "an online boosted classifier on bags of patches",
}


def family(kind: str) -> Family:
    """Return the family of OpenCV's tracker `kind`; InputError where this OpenCV has none."""
    if kind not in FACTORIES:
        raise InputError(
            f"no OpenCV tracker {kind!r}.{did_you_mean(kind, FACTORIES)} There are: {', '.join(FACTORIES)}."
        )
    factory = f"{FACTORIES[kind]}_create"
    create: Any = getattr(cv2, factory, None) or getattr(getattr(cv2, "legacy", None), factory, None)
    if create is None:
        raise InputError(f"this OpenCV ({cv2.__version__}) has no {kind}: install opencv-contrib-python-headless")

    class OpenCVTracker:
        """One target; keeps its last box where OpenCV says that it lost the target."""

        def init(self, image: Frame, box: NDArray[np.float64]) -> None:
            """Start on whole pixels, at least one wide."""
            self.box = np.asarray(box, np.float64)
            self.tracker = create()
            corner, size = (
                np.round(self.box[:2]).astype(int),
                np.maximum(np.round(self.box[2:]).astype(int), 1),
            )
            self.tracker.init(np.ascontiguousarray(image[..., ::-1]), (*corner.tolist(), *size.tolist()))

        def update(self, image: Frame) -> tuple[NDArray[np.float64], float]:
            """Return the box and whether it was found."""
            found, box = self.tracker.update(np.ascontiguousarray(image[..., ::-1]))
            if found:
                self.box = np.asarray(box, np.float64)
            return self.box, float(found)

    return Family(f"cv2:{kind}", OpenCVTracker, REMEMBERS[kind], plug_in=f"OpenCV {cv2.__version__}")
