"""How trackers of different schools are driven, one target each: ours, GOT-10k's, pytracking's.

All are called alike: ``init(image, box)`` with an (H, W, 3) uint8 RGB array and a (4,) box, 0-based x, y, w, h; then
``update(image)``, which returns box and score.
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import numpy as np

from .answers import as_answer, shown

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Make = Callable[[], Any]
    """Makes a tracker for one target."""
    Answer = tuple[NDArray[np.float64], float]

INPUTS = ("picture", "array")
"""What ``input`` in braces may say of a class for GOT-10k."""
ONE_BASED = np.array([1.0, 1.0, 0.0, 0.0])


class Plain:
    """``init(image, box)`` and ``update(image) -> box`` or ``(box, score)``, as `trackers.api` has it."""

    def __init__(self, make: Make) -> None:
        self._make = make

    def init(self, image: NDArray[np.uint8], box: NDArray[np.float64]) -> None:
        """Start a new tracker."""
        self._tracker = self._make()
        self._tracker.init(image, box)

    def update(self, image: NDArray[np.uint8]) -> Answer:
        """Return box and score."""
        return as_answer(self._tracker.update(image))


class Got10k:
    """The same with PIL's images, or arrays, and boxes that begin at 1: what GOT-10k reads is passed on as it is."""

    def __init__(self, make: Make, *, arrays: bool) -> None:
        self._make, self._arrays = make, arrays

    def init(self, image: NDArray[np.uint8], box: NDArray[np.float64]) -> None:
        """Start a new tracker."""
        self._tracker = self._make()
        self._tracker.init(self._picture(image), np.add(box, ONE_BASED))

    def update(self, image: NDArray[np.uint8]) -> Answer:
        """Return box and score."""
        box, score = as_answer(self._tracker.update(self._picture(image)))
        return box - ONE_BASED, score

    def _picture(self, image: NDArray[np.uint8]) -> Any:
        if self._arrays:
            return image
        from PIL import Image

        return Image.fromarray(image)


class PyTracking:
    """``initialize(image, {"init_bbox": box})`` and ``track(image, info) -> {"target_bbox": box}``."""

    def __init__(self, make: Make) -> None:
        self._make = make

    def init(self, image: NDArray[np.uint8], box: NDArray[np.float64]) -> None:
        """Start a new tracker."""
        self._tracker = self._make()
        if not hasattr(self._tracker, "visdom"):
            with suppress(AttributeError):  # it has slots
                self._tracker.visdom = None  # what the repositories' own programs set, and some ask for
        self._informed = info_goes(self._tracker.track)
        said = self._tracker.initialize(image, {"init_bbox": [float(value) for value in box]})
        self._previous = dict(said) if isinstance(said, Mapping) else {}

    def update(self, image: NDArray[np.uint8]) -> Answer:
        """Return the box, and 1: these trackers have no score that all mean alike."""
        info = {"previous_output": self._previous}
        by_place = [info] if self._informed == "place" else []
        by_name = {"info": info} if self._informed == "name" else {}
        said = self._tracker.track(image, *by_place, **by_name)
        if not isinstance(said, Mapping) or "target_bbox" not in said:
            raise TypeError(f"track must return a dict with target_bbox; it returned {shown(said)}")
        self._previous = dict(said)
        box, _ = as_answer(said["target_bbox"], "target_bbox, as track returns it, must be a box x, y, w, h; it is")
        return box, 1.0


def info_goes(track: Callable[..., Any]) -> str:
    """Return how ``track`` takes what is known of the frame before: by ``name``, by ``place``, or "" for not at all.

    A second argument of another name that may be left out means something else.
    """
    known = inspect.signature(track).parameters
    if "info" in known and known["info"].kind in (
        inspect.Parameter.KEYWORD_ONLY,
        inspect.Parameter.POSITIONAL_OR_KEYWORD,
    ):
        return "name"
    places = [one for one in known.values() if one.kind not in (one.KEYWORD_ONLY, one.VAR_KEYWORD)]
    if places and places[0].kind == inspect.Parameter.VAR_POSITIONAL:
        return "place"
    return "place" if places[1:] and (places[1].name == "info" or places[1].default is places[1].empty) else ""


def take_input(setting: str, fields: dict[str, Any]) -> str | None:
    """Take ``input`` out of the fields of a class for GOT-10k, and return it; ValueError for what cannot be meant."""
    wanted: str | None = fields.pop("input", None)
    if setting or wanted not in (None, *INPUTS):
        raise ValueError("in braces go fields, and input=array or input=picture")
    return wanted


def school_of(cls: type) -> str:
    """Return ``got10k``, ``pytracking`` or ``plain``; TypeError for a class that is of none."""
    if any(base.__module__.partition(".")[0] == "got10k" for base in cls.__mro__):
        return "got10k"
    if hasattr(cls, "init") and hasattr(cls, "update"):
        return "plain"
    if hasattr(cls, "initialize") and hasattr(cls, "track"):
        return "pytracking"
    raise TypeError(
        f"{cls.__name__} has neither init and update, nor initialize and track: it is no tracker that is known here"
    )


def takes_arrays(cls: type) -> bool:
    """Return whether a class for GOT-10k gets arrays: it reads its frames itself there, so that nobody makes pictures.

    That is said by its replacing the toolkit's own loop over a sequence.
    """
    loops = [base for base in cls.__mro__ if {"forward_test", "track"} & set(vars(base))]
    return bool(loops) and loops[0].__module__.partition(".")[0] != "got10k"
