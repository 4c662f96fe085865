"""The ground truth that a run was scored against, kept in its folder: what a report needs to look at single frames."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypedDict

import numpy as np
from numpy.typing import NDArray

from benchmark.datasets.sequence import Annotation
from benchmark.shapes import check
from benchmark.store.record import read_arrays, write_arrays

SCHEMA = 1
FILE = "ground_truth.npz"
FARTHEST = 1e9
"""Pixels from the origin that a box may lie at the most; no picture is that large."""


@dataclass(frozen=True)
class Truth:
    """The sequences of a run."""

    root: str
    """Where the dataset was found; "" where it is drawn by the program."""
    annotations: dict[str, Annotation]
    """By sequence."""


def write_truth(run: Path, annotations: Sequence[Annotation], root: str) -> None:
    """Write the ground truth of a run's sequences into its folder, as one file."""
    facts = {
        "schema": SCHEMA,
        "root": root,
        "names": [one.name for one in annotations],
        "lengths": [len(one) for one in annotations],
        "starts": [one.start for one in annotations],
        "attributes": [list(one.attributes) for one in annotations],
    }
    boxes = np.concatenate([one.boxes for one in annotations])
    write_arrays(run / FILE, facts, {"boxes": boxes, "valid": np.concatenate([one.valid for one in annotations])})


def read_truth(run: Path) -> Truth | None:
    """Return what `write_truth` wrote; None where the run has none, or it is damaged or of another schema."""
    content = read_arrays(run / FILE)
    if content is None or content[0].get("schema") != SCHEMA:
        return None
    try:
        return _truth(*content)
    except (ValueError, KeyError):
        return None


class _Facts(TypedDict):
    root: str
    names: list[str]
    lengths: list[int]
    starts: list[int]
    attributes: list[list[str]]


def _truth(facts: dict[str, Any], arrays: dict[str, NDArray[Any]]) -> Truth:
    """Return what a file holds; ValueError or KeyError where its parts do not fit together."""
    check(facts, _Facts)
    boxes, valid, count = arrays["boxes"], arrays["valid"], sum(facts["lengths"])
    if boxes.shape != (count, 4) or boxes.dtype != np.float64 or valid.shape != (count,) or valid.dtype != np.bool_:
        raise ValueError("arrays of other lengths or kinds")
    if np.abs(np.where(np.isfinite(boxes), boxes, 0)).max(initial=0) > FARTHEST:
        raise ValueError("boxes that are nowhere near a picture")
    annotations, end = {}, 0
    rows = zip(facts["names"], facts["lengths"], facts["starts"], facts["attributes"], strict=True)
    for name, length, start, attributes in rows:
        if not 0 <= start < length:
            raise ValueError("a sequence that begins outside of itself")
        part, end = slice(end, end + length), end + length
        annotations[name] = Annotation(name, boxes[part], valid[part], start, tuple(attributes))
    return Truth(facts["root"], annotations)
