"""VOT's own protocols: restarts after failures (2013-2019), and runs from anchors, forwards and backwards (since 2020).

As vot-toolkit 0.7.4 has them (experiments ``supervised`` and ``multistart``). Numbers go between toolkit and tracker as
text of four decimals, read as single precision: boxes are rounded so here too, that both give the same trajectories.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmark.datasets.region import Region, digest_regions
from benchmark.datasets.regions import region_boxes
from benchmark.datasets.sequence import Annotation
from benchmark.metrics.vot.pixels import carried, region_overlap
from benchmark.protocols.start import BACKWARD, Start
from trackers.errors import InputError

__all__ = ["ANCHOR_STEP", "Restarts", "anchors_of", "multistart", "rules", "supervised"]

SKIP = 5
"""Frames from a failure to the next start."""
ANCHOR_STEP = 50
"""Frames between the anchors that a sequence without any gets."""
REVISION = 1
"""Changes whenever the same rules would give other trajectories."""


@dataclass(frozen=True)
class Restarts:
    """A target is lost where box and truth share no pixel of the image; it is shown again some frames later.

    A frame without ground truth is no failure, nor is the target shown in it.
    """

    size: tuple[int, int]
    """Width and height of the images."""
    skip: int = SKIP
    """Frames from a failure to the next start."""

    def lost(self, annotation: Annotation, frame: int, box: NDArray[np.float64]) -> bool:
        """Return whether a (4,) box of a frame has lost the target."""
        truth = annotation.region(frame)
        return truth is not None and region_overlap(carried(box), truth, self.size) <= 0

    def again(self, annotation: Annotation, frame: int) -> int:
        """Return the frame of the next start after a failure; the sequence's length where there is none."""
        later = range(frame + self.skip, len(annotation))
        return next((index for index in later if annotation.region(index) is not None), len(annotation))

    def shown(self, annotation: Annotation, frame: int) -> NDArray[np.float64]:
        """Return the (4,) box that a tracker is shown in a frame of its (re)start."""
        return shown(annotation.region(frame))


def shown(region: Region) -> NDArray[np.float64]:
    """Return the (4,) box that stands for a region where a tracker is started on it."""
    box: NDArray[np.float64] = carried(region_boxes([carried(region)])[0])
    return box


def supervised(annotation: Annotation, size: tuple[int, int]) -> list[Start]:
    """Return the one run of a sequence, with restarts; images are of (width, height) pixels."""
    frame = next((i for i in range(annotation.start, len(annotation)) if annotation.region(i) is not None), None)
    if frame is None:
        raise InputError(f"{annotation.name} has no valid ground truth to start from")
    return [Start("supervised", frame, shown(annotation.region(frame)), restarts=Restarts(size))]


def multistart(annotation: Annotation) -> list[Start]:
    """Return the runs from a sequence's anchors: first those that go forwards, then those that go backwards."""
    anchors = anchors_of(annotation)
    frames = [int(frame) for frame in np.flatnonzero(anchors) if annotation.region(int(frame)) is not None]
    forward = [Start(f"forward-{i:08d}", i, shown(annotation.region(i))) for i in frames if anchors[i] > 0]
    backward = [Start(f"{BACKWARD}{i:08d}", i, shown(annotation.region(i))) for i in frames if anchors[i] < 0]
    runs = [*forward, *backward]
    if not runs:
        raise InputError(f"{annotation.name} has no anchor with ground truth to start from")
    return runs


def anchors_of(annotation: Annotation) -> NDArray[np.int8]:
    """Return (N,): 1 where a run begins forwards, -1 where one begins backwards, 0 elsewhere.

    Where no file says so: every 50 frames of the first half forwards, of the second half, and in the last frame,
    backwards, so that every run is the longer of the two that begin there.
    """
    count = len(annotation)
    anchors = np.zeros(count, np.int8)
    if annotation.anchors is not None:
        anchors[:] = annotation.anchors
        return anchors
    first = annotation.start
    for frame in [*range(first, count - 1, ANCHOR_STEP), count - 1]:
        anchors[frame] = 1 if frame - first < (count - first) / 2 else -1
    return anchors


def rules(start: Start, annotation: Annotation) -> dict[str, Any]:
    """Return what decides a run's frames and boxes besides tracker, sequence and start, for its key."""
    if start.restarts is not None:
        known = digest_regions(annotation.regions) if annotation.regions is not None else ""
        return {"restarts": REVISION, **asdict(start.restarts), "regions": known}
    return {"backward": REVISION} if start.backward else {}
