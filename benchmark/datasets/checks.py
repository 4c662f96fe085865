"""What must hold of any sequence before a tracker sees it."""

from __future__ import annotations

from collections.abc import Callable, Collection
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmark.datasets.base import Progress
from benchmark.datasets.box_text import row_text
from benchmark.datasets.images import FrameError, check_depth, frame_size
from benchmark.datasets.sequence import Boxes, Sequence
from benchmark.plurals import counted
from trackers.errors import InputError

FARTHEST = 1e7
"""Pixels: no value of a box is larger."""
MOST = 0.5
"""Of the boxes: a target that leaves the image seldom does so in more."""


def load_each(names: Collection[str], load: Callable[[str], Sequence], progress: Progress | None) -> list[Sequence]:
    """Return what `load` makes of every name; raise one `InputError` for all that fail: the first, and how many."""
    sequences: list[Sequence] = []
    problems: list[str] = []
    for done, name in enumerate(names, start=1):
        try:
            sequences.append(load(name))
        except InputError as error:
            problems.append(str(error))
        except OSError as error:
            problems.append(f"{name}: {error.filename or 'a file'} cannot be read ({error.strerror or error})")
        if progress is not None:
            progress(done, len(names))
    if problems:
        others = len(problems) - 1
        more = f" (and {counted(others, 'more such sequence')})" if others else ""
        raise InputError(problems[0] + more)
    return sequences


def check_rows(name: str, rows: Boxes, start: int, file: Path) -> None:
    """Raise `InputError` where (N, 4) rows of ground truth are too few from the frame of that index on, show no target
    in it, or have a box beyond any image.
    """
    if len(rows) - start < 2:
        raise InputError(f"{name}: {counted(max(len(rows) - start, 0), 'frame')} to run; tracking needs at least 2")
    first, where = rows[start], f"{file}, row {start + 1}"
    if not np.isfinite(first).all():
        raise InputError(f"{name}: the first box is NaN or empty ({where}): it must show the target")
    if first[2] <= 0 or first[3] <= 0:
        raise InputError(f"{name}: the first box, {row_text(first)}, has no area ({where}): it must show the target")
    if len(wild := np.flatnonzero((np.abs(rows) > FARTHEST).any(axis=1))):
        index = int(wild[0])
        raise InputError(f"{name}: {row_text(rows[index])} is no box in pixels ({file}, row {index + 1})")


def check_boxes(sequence: Sequence, rows: Boxes, file: Path, *, every: bool = True) -> None:
    """Raise `InputError` where a sequence cannot be run: too short, no first box, a box outside its image
    or beyond any, a first frame whose values are not of 8 bits (`benchmark.datasets.images.check_depth`).

    `rows` are the ground truth's (N, 4) values as `file` has them, for the messages. Where not `every` box must lie
    inside, the first one must.
    """
    name, start = sequence.name, sequence.annotation.start
    check_rows(name, rows, start, file)
    try:
        check_depth(sequence.frames[start])
    except FrameError as error:
        raise InputError(f"{name}: {error}") from error
    outside = _first_outside(sequence, every)
    if outside is not None:
        index, (width, height) = outside
        raise InputError(
            f"{name}: the box {row_text(rows[index])} lies outside its image of {width}x{height} pixels"
            f" ({file}, row {index + 1}): rows are x,y,width,height, {sequence.annotation.origin}-based, and 0,0,0,0"
            " where no target is seen"
        )


def seem_corners(sequence: Sequence) -> bool:
    """Tell whether most boxes reach beyond the image, and all lie within it if their sizes are second corners."""
    rows = sequence.annotation.boxes[sequence.annotation.valid]
    try:
        size = np.array(frame_size(sequence.frames[0]))
    except FrameError:
        return False
    second = rows[:, 2:] - sequence.annotation.origin
    within = ((second > rows[:, :2]) & (second <= size + 1)).all()
    beyond = (rows[:, :2] + rows[:, 2:] > size + 1).any(axis=1)
    return bool(within and beyond.mean() > MOST)


def _first_outside(sequence: Sequence, every: bool) -> tuple[int, tuple[int, int]] | None:
    """Return the first frame whose box shares no pixel with the image, and that image's size, by files' headers.

    An unreadable frame is passed over: it fails the run of its sequence, with its own message.
    """
    boxes, candidates = sequence.annotation.boxes, sequence.annotation.valid & every
    candidates[sequence.annotation.start] = True

    def outside(some: Boxes, size: tuple[int, int]) -> NDArray[np.bool_]:
        return np.asarray(((some[:, :2] >= size) | (some[:, :2] + some[:, 2:] <= 0)).any(axis=1), np.bool_)

    try:
        suspects = np.flatnonzero(candidates & outside(boxes, frame_size(sequence.frames[0])))
        for index in suspects:  # frames may differ in size, so each suspect's own header decides
            size = frame_size(sequence.frames[int(index)])
            if outside(boxes[index : index + 1], size).any():
                return int(index), size
    except FrameError:
        pass
    return None
