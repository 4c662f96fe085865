"""What of a tracker's records should not be, in words: it is scored as it is, and said wherever its scores are."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from benchmark.datasets.sequence import Annotation
from benchmark.metrics.corners import read_as_corners
from benchmark.metrics.vot import Code
from benchmark.protocols.start import is_backward
from benchmark.store.record import Record
from trackers.boxes import oddities


def odd_in(done: Sequence[Record], annotations: Mapping[str, Annotation]) -> tuple[str, ...]:
    """Return what is odd in boxes and confidences, and what was left behind in the process; the first row was given."""
    said = [(record.boxes[asked], record.scores[asked]) for record in done for asked in (_asked(record),)]
    boxes = np.concatenate([np.empty((0, 4)), *(rows for rows, _ in said)])
    scores = np.concatenate([np.empty(0), *(rows for _, rows in said)])
    return (*oddities(boxes, scores), *_corners(done, annotations), *_left(done))


def _asked(record: Record) -> NDArray[np.bool_]:
    """Return (N,): in which frames the tracker was asked for the box, and not shown it."""
    if len(record.codes):
        return np.asarray((record.codes == Code.TRACKED) | (record.codes == Code.FAILED))
    return np.arange(len(record.boxes)) > 0


def _corners(done: Sequence[Record], annotations: Mapping[str, Annotation]) -> tuple[str, ...]:
    pairs = []
    for record in done:
        if not is_backward(record.begun):
            annotation, rows = annotations[record.sequence], slice(record.start, record.start + len(record.boxes))
            known = annotation.valid[rows]
            told = _asked(record)[: len(known)] & known
            pairs.append((record.boxes[: len(known)][told], annotation.boxes[rows][told]))
    if not pairs:
        return ()
    found = read_as_corners(*(np.concatenate(one) for one in zip(*pairs, strict=True)))
    if found is None:
        return ()
    corners, given = found
    return (
        f"boxes seem to be x1, y1, x2, y2: so read they overlap the target by {corners:.2f}, as x, y, w, h by"
        f" {given:.2f}, which is scored",
    )


def _left(done: Sequence[Record]) -> tuple[str, ...]:
    """Return one remark of each kind, the one with the largest number."""
    kinds: dict[str, str] = {}  # by what stands round the number, whether it is one or several
    for remark in sorted(
        (one for record in done for one in record.remarks.split("; ") if one),
        key=lambda one: int(next(iter(re.findall(r"\d+", one)), 0)),
    ):
        kinds[re.sub(r"\d+ (\w\w)\w*", r"\1", remark)] = remark
    return tuple(kinds.values())
