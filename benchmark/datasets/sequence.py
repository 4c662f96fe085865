"""The typed values that every dataset becomes: annotations (boxes) and sequences (boxes and frames)."""

from __future__ import annotations

from collections import abc
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmark.datasets.region import Region

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
    regions: tuple[Region, ...] | None = None
    """The file's own N regions where they need not be boxes (VOT); else None, and `boxes` are all there is."""
    anchors: NDArray[np.int8] | None = None
    """(N,), 1 where VOT's multi-start runs begin forwards, -1 backwards, 0 elsewhere; None where no file says so."""
    tags: abc.Mapping[str, NDArray[np.bool_]] = field(default_factory=dict)
    """Attributes of single frames (VOT), (N,) each."""

    def first(self, frames: int) -> Annotation:
        """Return the ground truth cut after the first `frames` frames of the official run."""
        return self._rows(slice(self.start + frames))

    def rest(self, frame: int) -> Annotation:
        """Return the ground truth from a frame on, as that of a sequence that begins there."""
        return replace(self._rows(slice(frame, None)), start=0)

    def back(self, frame: int) -> Annotation:
        """Return the ground truth from a frame back to the first, as that of a sequence that runs backwards."""
        return replace(self._rows(slice(frame, None, -1)), start=0)

    def _rows(self, rows: slice) -> Annotation:
        return replace(
            self,
            boxes=self.boxes[rows],
            valid=self.valid[rows],
            absent=None if self.absent is None else self.absent[rows],
            regions=None if self.regions is None else self.regions[rows],
            anchors=None if self.anchors is None else self.anchors[rows],
            tags={name: flags[rows] for name, flags in self.tags.items()},
        )

    def region(self, frame: int) -> Region:
        """Return what the target covers in a frame; None where that is not known."""
        if self.regions is not None:
            return self.regions[frame]
        return self.boxes[frame] if self.valid[frame] else None

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
