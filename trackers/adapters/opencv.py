"""OpenCV's own trackers: ``cv2:csrt``, ``cv2:kcf``, ``cv2:mil``; with networks ``cv2:nano@DIR``, ``cv2:vit@FILE``.

They take BGR and whole pixels.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from trackers.api import Frame
from trackers.errors import InputError, did_you_mean
from trackers.registry import Family

FACTORIES = {
    "csrt": "TrackerCSRT", "kcf": "TrackerKCF", "mil": "TrackerMIL", "nano": "TrackerNano", "vit": "TrackerVit",
}  # fmt: skip
REMEMBERS = {
    "csrt": "correlation filters with channel reliability, updated every frame",
    "kcf": "a kernelised correlation filter, updated every frame",
    "mil": "an online boosted classifier on bags of patches",
    "nano": "the first frame's template, for good (NanoTrack)",
    "vit": "the first frame's template, for good (VitTrack)",
}


MIL_SIDE, MIL_AREA = 3, 18
"""The smallest side and area of a target that MIL finds features in (OpenCV 5.0.0)."""


class OpenCVTracker:
    """One target; keeps its last box where OpenCV says that it lost the target."""

    create: Callable[..., Any]

    def init(self, image: Frame, box: NDArray[np.float64]) -> None:
        """Start on whole pixels, at least one wide."""
        self.box = np.asarray(box, np.float64)
        self.tracker = self.make()
        corner, size = (
            np.round(self.box[:2]).astype(int),
            np.maximum(np.round(self.box[2:]).astype(int), 1),
        )
        with self._named(image):
            self.tracker.init(np.ascontiguousarray(image[..., ::-1]), (*corner.tolist(), *size.tolist()))

    def update(self, image: Frame) -> tuple[NDArray[np.float64], float]:
        """Return the box and whether it was found."""
        with self._named(image):
            found, box = self.tracker.update(np.ascontiguousarray(image[..., ::-1]))
        if found:
            self.box = np.asarray(box, np.float64)
        return self.box, float(found)

    def make(self) -> Any:
        """Return OpenCV's object."""
        return type(self).create()

    @contextmanager
    def _named(self, image: Frame) -> Iterator[None]:
        """Say with which target OpenCV failed: it speaks of its source alone."""
        try:
            yield
        except cv2.error as error:
            x, y, w, h = self.box
            raise RuntimeError(
                f"OpenCV fails with a target of {w:g} x {h:g} at ({x:g}, {y:g}), in a picture of {image.shape[1]} x "
                f"{image.shape[0]}: {getattr(error, 'err', '') or error}"
            ) from error


class Mil(OpenCVTracker):
    """One target, of which it sees what is in the picture at first: else it asks for memory without end."""

    def init(self, image: Frame, box: NDArray[np.float64]) -> None:
        """Start; ValueError for a target so small that OpenCV would look for features in it for ever."""
        border = image.shape[1::-1]
        first, last = (np.clip(np.round(corner), 0, border) for corner in (box[:2], box[:2] + box[2:]))
        size = last - first
        if size.min() < MIL_SIDE or size.prod() < MIL_AREA:
            raise ValueError(f"OpenCV's MIL needs {MIL_SIDE} x {MIL_AREA // MIL_SIDE} pixels; the target has "
                             f"{size[0]:g} x {size[1]:g} in the picture")  # fmt: skip
        super().init(image, np.concatenate([first, size]))


class Networked(OpenCVTracker):
    """One target; OpenCV says how sure it is."""

    def update(self, image: Frame) -> tuple[NDArray[np.float64], float]:
        """Return the box and its score."""
        box, _ = super().update(image)
        return box, float(np.clip(self.tracker.getTrackingScore(), 0, 1))


class Nano(Networked):
    """NanoTrack, from two files."""

    def __init__(self, weights: str, second: str) -> None:
        """Take the files of backbone and head."""
        self.backbone, self.head = weights, second

    def make(self) -> Any:
        """Return OpenCV's object."""
        wanted = cv2.TrackerNano.Params()
        wanted.backbone, wanted.neckhead = self.backbone, self.head
        return _read(type(self).create, wanted, f"{self.backbone} and {self.head}")


class Vit(Networked):
    """VitTrack, from one file."""

    def __init__(self, weights: str) -> None:
        """Take the network's file."""
        self.net = weights

    def make(self) -> Any:
        """Return OpenCV's object."""
        wanted = cv2.TrackerVit.Params()
        wanted.net = self.net
        return _read(type(self).create, wanted, self.net)


def _read(create: Callable[..., Any], wanted: Any, files: str) -> Any:
    try:
        return create(wanted)
    except cv2.error as error:
        raise InputError(f"OpenCV {cv2.__version__} cannot read {files}: {error.err or error}") from error


def family(kind: str) -> Family:
    """Return the family of OpenCV's tracker `kind`; InputError where this OpenCV has none."""
    if kind not in FACTORIES:
        raise InputError(
            f"no OpenCV tracker {kind!r}.{did_you_mean(kind, FACTORIES)} There are: {', '.join(FACTORIES)}."
        )
    factory = f"{FACTORIES[kind]}_create"
    found: Any = getattr(cv2, factory, None) or getattr(getattr(cv2, "legacy", None), factory, None)
    if found is None:
        raise InputError(f"this OpenCV ({cv2.__version__}) has no {kind}: install opencv-contrib-python-headless")
    base = {"mil": Mil, "nano": Nano, "vit": Vit}.get(kind, OpenCVTracker)
    cls = type(base.__name__, (base,), {"create": staticmethod(found), "__module__": __name__})
    return Family(f"cv2:{kind}", cls, REMEMBERS[kind], plug_in=f"OpenCV {cv2.__version__}")
