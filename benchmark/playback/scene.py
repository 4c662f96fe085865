"""What a picture of tracking is drawn from: trails of boxes on one video, and which of its frames are shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmark.datasets.sequence import Annotation, Boxes
from trackers.errors import InputError


@dataclass(frozen=True)
class Trail:
    """What one tracker did on a video."""

    name: str
    start: int
    """Index of the frame of row 0, in which the tracker was shown its target."""
    boxes: Boxes = field(repr=False)
    """(M, 4); row 0 is the box that was given; fewer rows than frames where the tracker failed."""
    scores: NDArray[np.float64] = field(repr=False)
    """(M,) in [0, 1]; (0,) where none are kept."""
    telemetry: Mapping[str, NDArray[Any]] = field(default_factory=dict, repr=False)
    """By signal, (M - 1, *shape): none for row 0."""
    seconds: float = 0.0
    """Time inside the tracker."""
    error: str = ""
    """Why it ended early, in one line."""

    def box(self, frame: int) -> NDArray[np.float64] | None:
        """Return the (4,) box in a frame; None where there is none."""
        row = frame - self.start
        return self.boxes[row] if 0 <= row < len(self.boxes) else None

    def along(self, values: NDArray[Any], frames: int) -> NDArray[np.float64]:
        """Return a value a frame, (frames, *shape), NaN where there is none, of values that end with the last row."""
        spread = np.full((frames, *values.shape[1:]), np.nan)
        first = self.start + len(self.boxes) - len(values)
        kept = values[: max(frames - first, 0)]
        spread[first : first + len(kept)] = kept
        return spread


@dataclass(frozen=True)
class Scene:
    """A video with what trackers did on it."""

    name: str
    """The sequence's or the file's."""
    source: str
    """Where it is from, in a few words, e.g. the dataset; "" where the name says it all."""
    length: int
    """Frames of the whole video."""
    trails: tuple[Trail, ...]
    cast: tuple[str, ...]
    """All trackers of the run, shown or not: colours are given out in this order, as on the report's page."""
    truth: Annotation | None = None


@dataclass(frozen=True)
class Cut:
    """Which frames are shown: every `every`-th of [first, last], counted from 0."""

    first: int
    last: int
    every: int = 1

    @classmethod
    def of(cls, start: int, length: int, begin: int | None, end: int | None, every: int) -> Cut:
        """Return the cut of a video of which frames from `start` on can be shown.

        `begin` and `end` are the user's --from and --to: frames counted from 1; None for the first and the last.
        Raises InputError where that leaves nothing.
        """
        first, last = start if begin is None else begin - 1, length - 1 if end is None else min(end, length) - 1
        if not start <= first < length:
            raise InputError(f"--from {begin}: frames {start + 1} to {length} can be shown")
        if last < first:
            raise InputError(f"--to {end} comes before the first frame shown, {first + 1}")
        return cls(first, last, every)

    def __len__(self) -> int:
        return (self.last - self.first) // self.every + 1

    def __contains__(self, frame: int) -> bool:
        return self.first <= frame <= self.last and (frame - self.first) % self.every == 0
