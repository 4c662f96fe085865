"""What imported boxes look like that they should not: the mistakes that this field makes, named."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from benchmark.datasets.sequence import Annotation
from benchmark.interop.trajectories import Trajectory
from benchmark.metrics.overlap import overlap
from benchmark.plurals import counted
from benchmark.signed import signed
from trackers.boxes import WILD, tame

__all__ = ["suspicions", "where_it_fits"]

Values = NDArray[np.float64]
NEAR = 3.0
"""Pixels: a first box further from the ground truth is lost, not shifted."""
WELL_TRACKED = 0.6
"""Overlaps above this tell where boxes lie on the target."""
SHIFTED = 0.75
"""Pixels: published trackers lie within half a pixel of the truth on the median well-tracked frame."""


def suspicions(results: Mapping[str, Trajectory], annotations: Mapping[str, Annotation]) -> list[str]:
    """Return one line for each suspicion about a tracker's boxes; a suspicion that most sequences share is no chance.

    Only sequences with ground truth can be looked at, but for whole numbers.
    """
    sound = {name: replace(one, boxes=tame(one.boxes)) for name, one in results.items() if len(one.boxes)}
    pairs = [(one, annotations[name]) for name, one in sound.items() if name in annotations]
    return [
        *_no_boxes(sound), *_corners(pairs), *_first_boxes(pairs), *_median_offset(pairs), *_whole_numbers(sound)
    ]  # fmt: skip


def where_it_fits(boxes: Values, annotation: Annotation) -> str:
    """Return a hint for a result of the wrong length: which end of the ground truth it fits; "" where neither."""
    rows, frames = len(boxes), len(annotation)
    if not 1 < rows < frames:
        return ""
    boxes = tame(boxes)
    head = float(np.median(overlap(boxes, annotation.boxes[:rows])))
    tail = float(np.median(overlap(boxes, annotation.boxes[frames - rows :])))
    if max(head, tail) < 0.3:
        return ""
    missing = counted(frames - rows, "row")
    at_start = head < tail and not np.allclose(boxes[0], annotation.boxes[0], atol=NEAR)
    return f"; it looks as if {missing} were missing at the {'start' if at_start else 'end'}"


def _no_boxes(results: Mapping[str, Trajectory]) -> Iterator[str]:
    if hits := [name for name, one in results.items() if np.isnan(one.boxes).any()]:
        which = _which(hits, len(results))
        yield f"some boxes are not finite, or beyond {WILD:g} px, and are scored as misses: {which}"


def _corners(pairs: list[tuple[Trajectory, Annotation]]) -> Iterator[str]:
    def looks_so(one: Trajectory, truth: Annotation) -> bool:
        x, y, right, bottom = (one.boxes[0] + np.array([1.0, 1.0, 0.0, 0.0])).tolist()  # as in the file
        as_corners = np.array([x, y, right - x, bottom - y]) - np.array([1.0, 1.0, 0.0, 0.0])
        true = truth.boxes[one.start]
        return bool(np.abs(as_corners - true).max() <= NEAR and np.abs(one.boxes[0] - true).max() > NEAR)

    if hits := [one.sequence for one, truth in pairs if looks_so(one, truth)]:
        yield f"looks like x1, y1, x2, y2 where x, y, width, height is expected: {_which(hits, len(pairs))}"


def _first_boxes(pairs: list[tuple[Trajectory, Annotation]]) -> Iterator[str]:
    offsets = {one.sequence: one.boxes[0] - truth.boxes[one.start] for one, truth in pairs}
    near = {name: np.round(offset, 2) for name, offset in offsets.items() if np.abs(offset).max() <= NEAR}
    lost = [name for name in offsets if name not in near]
    if near:
        rows, counts = np.unique(np.array(list(near.values())), axis=0, return_counts=True)
        common = rows[counts.argmax()]
        hits = [name for name, offset in near.items() if np.array_equal(offset, common)]
        if common.any() and 2 * len(hits) > len(pairs):
            if np.array_equal(common, [-1, -1, 0, 0]):
                yield f"looks 0-based (first boxes lie at -1, -1 from the ground truth): {_which(hits, len(pairs))}"
            else:
                text = ", ".join(signed(value, "g") for value in common)
                yield f"first boxes lie {text} px (x, y, w, h) from the ground truth: {_which(hits, len(pairs))}"
    if lost:
        yield f"does not begin on the target: {_which(lost, len(pairs))}"


def _median_offset(pairs: list[tuple[Trajectory, Annotation]]) -> Iterator[str]:
    medians = []
    for one, truth in pairs:
        step = max(1, len(one.boxes) // 200)  # a sample of the frames tells as much
        true = truth.boxes[one.start + 1 : one.start + len(one.boxes) : step]
        boxes = one.boxes[1::step][: len(true)]  # without the box that was given
        good = overlap(boxes, true) > WELL_TRACKED
        if good.sum() >= 20:
            medians.append(np.median((boxes[:, :2] + boxes[:, 2:] / 2 - true[:, :2] - true[:, 2:] / 2)[good], axis=0))
    if len(medians) >= 10 and np.abs(median := np.median(medians, axis=0)).max() >= SHIFTED:
        x, y = (signed(one, ".1f") for one in median)
        yield (
            f"where it tracks well, its boxes lie {x}, {y} px from the target"
            f" (median of {counted(len(medians), 'sequence')}): an offset of pixel indices?"
        )


def _whole_numbers(results: Mapping[str, Trajectory]) -> Iterator[str]:
    moved = [one.boxes[1:] for one in results.values() if len(one.boxes) > 1]
    if moved and all(bool(np.all((rows == np.round(rows)) | np.isnan(rows))) for rows in moved):
        yield "every value is a whole number: truncated when it was written? That alone can change the AUC by .005"


def _which(names: list[str], total: int) -> str:
    shown = ", ".join(names[:3]) + (", ..." if len(names) > 3 else "")
    return f"{len(names)} of {total} sequences ({shown})"
