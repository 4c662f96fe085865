"""The typed values that every dataset becomes: annotations (boxes) and sequences (boxes and frames)."""

from __future__ import annotations

from collections import abc
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Boxes = NDArray[np.float64]
"""(N, 4) float64: x, y, w, h in pixels, 0-based and continuous."""


@dataclass(frozen=True)
class Annotation:
    """The ground truth of one target: all that scoring needs to know of a sequence."""

    name: str
    """The catalogue's own name, e.g. ``Jogging-1``."""
    boxes: Boxes
    """(N, 4), one a frame, converted from the file's convention."""
    valid: NDArray[np.bool_]
    """(N,), False where the file's own row is invalid (NaN, or any of x, y, w, h <= 0 in OTB's 1-based text)."""
    start: int = 0
    """Index of the frame at which the official run starts (5 for OTB's Tiger1, which omits its first 5 images)."""
    attributes: tuple[str, ...] = ()
    """The dataset's attribute codes, e.g. ``("OCC", "SV")``."""
    absent: NDArray[np.bool_] | None = None
    """(N,), True where the dataset's own flags say that the target cannot be seen; None where it has no flags."""
    origin: int = 1
    """Number of the first pixel in the file: ``boxes + (origin, origin, 0, 0)`` are the file's own values."""
    bounds: tuple[int, int] | None = None
    """Width and height of the images where the dataset's rules cut boxes to them (GOT-10k); else None."""
    secret: bool = False
    """Whether a server alone knows the ground truth but for the first row; the other rows are NaN."""

    def first(self, frames: int) -> Annotation:
        """Return the ground truth cut after the first `frames` frames of the official run."""
        end = self.start + frames
        absent = None if self.absent is None else self.absent[:end]
        return replace(self, boxes=self.boxes[:end], valid=self.valid[:end], absent=absent)

    def rest(self, frame: int) -> Annotation:
        """Return the ground truth from a frame on, as that of a sequence that begins there."""
        absent = None if self.absent is None else self.absent[frame:]
        return replace(self, boxes=self.boxes[frame:], valid=self.valid[frame:], absent=absent, start=0)

    def __len__(self) -> int:
        return len(self.boxes)


@dataclass(frozen=True)
class Sequence:
    """A video with its target's ground truth."""

    annotation: Annotation
    frames: abc.Sequence[Path]
    """(N,) image files, in order; frame i belongs to `annotation.boxes[i]`."""

    @property
    def name(self) -> str:
        """The catalogue's own name."""
        return self.annotation.name

    def __len__(self) -> int:
        return len(self.frames)

    def first(self, frames: int) -> Sequence:
        """Return the sequence cut after the first `frames` frames of its official run."""
        annotation = self.annotation.first(frames)
        return Sequence(annotation, self.frames[: len(annotation)])
