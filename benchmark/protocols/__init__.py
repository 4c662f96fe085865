"""What is run: where a tracker is started, and on which box. One pass, temporal and spatial robustness, VOT's.

The first three after Wu, Lim and Yang (CVPR 2013, section 4) as the OTB MATLAB toolkit 1.1 does them (splitSeqTRE,
shiftInitBB, calcSeqErrRobust). Its lists of frames to omit are not used beyond a sequence's official start.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from benchmark.datasets.sequence import Annotation
from benchmark.metrics import SequenceScores, pool, score_sequence
from benchmark.plurals import counted
from benchmark.profiles import Profile
from benchmark.protocols.start import Start
from benchmark.protocols.vot import multistart, supervised
from trackers.errors import InputError, did_you_mean

__all__ = ["PROTOCOLS", "Start", "is_vot", "ope", "score_runs", "sre", "start_of", "starts", "tre"]

Values = NDArray[np.float64]
PROTOCOLS = ("ope", "tre", "sre", "vot-supervised", "vot-multistart")
SEGMENTS = 20
SHORTEST = 20
"""Frames that the last segment has at least."""
_ORIGIN = np.array([1.0, 1.0, 0.0, 0.0])
"""From 0-based boxes to the toolkit's 1-based ones, in which it rounds."""
_SHIFTS = {
    "left": (-1, 0), "right": (1, 0), "up": (0, -1), "down": (0, 1),
    "top-left": (-1, -1), "top-right": (1, -1), "bottom-left": (-1, 1), "bottom-right": (1, 1),
}  # fmt: skip
_SCALES = {"scale-80": 0.8, "scale-90": 0.9, "scale-110": 1.1, "scale-120": 1.2}


def starts(protocol: str, annotation: Annotation, image_size: tuple[int, int]) -> list[Start]:
    """Return the runs of a protocol of `PROTOCOLS` on one sequence with images of (width, height) pixels."""
    if protocol == "ope":
        return [ope(annotation)]
    if protocol == "tre":
        return tre(annotation)
    if protocol == "sre":
        return sre(annotation, image_size)
    if protocol == "vot-supervised":
        return supervised(annotation, image_size)
    if protocol == "vot-multistart":
        return multistart(annotation)
    known = ", ".join(PROTOCOLS)
    raise InputError(f"there is no protocol {protocol!r}.{did_you_mean(protocol, PROTOCOLS)} Known: {known}")


def start_of(name: str, frame: int, box: Values) -> Start:
    """Return the start of that name, as a record of its run tells it."""
    return Start(name, frame, box, _SCALES.get(name, 1.0))


def is_vot(protocol: str) -> bool:
    """Return whether a protocol is one of VOT's, with measures of its own."""
    return protocol.startswith("vot-")


def ope(annotation: Annotation) -> Start:
    """Return the one pass: from the official start, or the first ground truth after it that shows a target, to the end.

    A box that begins beyond the image's first pixel is invalid in some toolkits' scoring, and a start in all of them.
    """
    boxes = annotation.boxes
    beyond = (boxes[:, :2] + annotation.origin <= 0).any(axis=1) & (boxes[:, 2:] > 0).all(axis=1)
    frame = int(_allowed(replace(annotation, valid=annotation.valid | beyond))[0])
    return Start("ope", frame, annotation.boxes[frame])


def tre(annotation: Annotation) -> list[Start]:
    """Return up to 20 runs whose starts are spread evenly over the allowed frames.

    A frame is allowed from the official start on where its ground truth is valid and 20 or more frames are left. A
    sequence with fewer than 20 allowed frames has fewer runs.
    """
    allowed = _allowed(annotation)
    allowed = allowed[len(annotation) - allowed >= SHORTEST]
    if not len(allowed):
        raise InputError(
            f"{annotation.name} has {counted(len(annotation), 'frame')}; TRE needs {SHORTEST} after a valid start"
        )
    steps = [k * len(allowed) // (SEGMENTS - 1) for k in range(SEGMENTS - 1)]
    frames = [int(allowed[step]) for step in dict.fromkeys([*steps, len(allowed) - 1])]
    return [Start(f"tre-{k:02d}", frame, annotation.boxes[frame]) for k, frame in enumerate(frames, start=1)]


def sre(annotation: Annotation, image_size: tuple[int, int]) -> list[Start]:
    """Return the 12 runs from the official start whose first box is shifted by a tenth of its size, or scaled.

    Boxes are rounded to whole pixels and cut at the borders of the image, as the toolkit does.
    """
    first = ope(annotation)
    box = first.box + _ORIGIN
    shifted = {name: (_shift(box, *direction), 1.0) for name, direction in _SHIFTS.items()}
    scaled = {name: (_scale(box, ratio), ratio) for name, ratio in _SCALES.items()}
    return [
        Start(name, first.frame, _inside(moved, image_size) - _ORIGIN, ratio)
        for name, (moved, ratio) in (shifted | scaled).items()
    ]


def score_runs(
    runs: Mapping[str, Values], begun: Sequence[Start], annotation: Annotation, profile: Profile
) -> SequenceScores:
    """Return the pooled scores of a protocol's runs on one sequence: every frame of every run weighs the same.

    `runs` hold each start's boxes by its name, (N, 4) from its frame on. With a profile that counts the first frame as
    the ground truth, so does the first frame of every run. Raises InputError where a run is missing or too short.
    """
    if missing := [start.name for start in begun if start.name not in runs]:
        raise InputError(f"{annotation.name}: no boxes of {', '.join(missing)}")
    scored = {}
    for start in begun:
        rest = annotation.back(start.frame) if start.backward else annotation.rest(start.frame)
        one = score_sequence(_unscaled(runs[start.name], start.scale), rest, profile, start=0)
        scored[start.name] = replace(one, first_frame=start.frame)
    return pool(scored, annotation.name)


def _allowed(annotation: Annotation) -> NDArray[np.int64]:
    valid = np.flatnonzero(annotation.valid)
    allowed: NDArray[np.int64] = valid[valid >= annotation.start]
    if not len(allowed):
        raise InputError(f"{annotation.name} has no valid ground truth to start from")
    return allowed


def _shift(box: Values, right: int, down: int) -> Values:
    """Return the box moved by a tenth along one axis, or with one corner moved outwards and the opposite one held."""
    x, y, w, h = box
    if not (right and down):
        return np.array([x + right * np.ceil(0.1 * w), y + down * np.ceil(0.1 * h), w, h])
    left, last_x = (_round(x - 0.1 * w), x + w - 1) if right < 0 else (x, _round(x + w - 1 + 0.1 * w))
    top, last_y = (_round(y - 0.1 * h), y + h - 1) if down < 0 else (y, _round(y + h - 1 + 0.1 * h))
    return np.array([left, top, last_x - left + 1, last_y - top + 1])


def _scale(box: Values, ratio: float) -> Values:
    size = ratio * box[2:]
    return _round(np.concatenate([box[:2] + box[2:] / 2 - size / 2, size]))


def _inside(box: Values, image_size: tuple[int, int]) -> Values:
    corner = np.maximum(box[:2], 1.0)
    return np.concatenate([corner, np.minimum(box[2:], np.array(image_size) - corner + 1)])


def _unscaled(boxes: Values, ratio: float) -> Values:
    """Return a run's boxes with its first box's scaling undone as calcSeqErrRobust does: rounded, half a pixel off."""
    if ratio == 1.0:
        return boxes
    rows = boxes + _ORIGIN
    size = rows[:, 2:] / ratio
    undone: Values = _round(np.concatenate([rows[:, :2] + (rows[:, 2:] - 1) / 2 - size / 2, size], axis=1)) - _ORIGIN
    return undone


def _round(values: Values) -> Values:
    """Round halves away from 0, as MATLAB does."""
    rounded: Values = np.trunc(values + np.copysign(0.5, values))
    return rounded
