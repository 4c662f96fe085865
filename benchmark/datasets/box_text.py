"""Boxes as text: one ``x,y,width,height`` row a frame, 1-based, as OTB and most of the field write them."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmark.datasets.sequence import Boxes
from trackers.errors import InputError

_DELIMITERS = re.compile(r"[\s,;]+")


def read_boxes(path: Path) -> Boxes:
    """Return the rows of a box file as (N, 4) float64, in the file's own convention; see `parse_boxes`."""
    try:
        text = path.read_text(encoding="utf-8-sig", errors="replace")
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror})") from error
    return parse_boxes(text, str(path))


def parse_boxes(text: str, source: str) -> Boxes:
    """Return a text's rows as (N, 4) float64: values delimited by commas, tabs, spaces or a mixture of them.

    An empty line between rows is a frame without a box: four NaN. Empty lines at the end are no rows. Anything
    but four numbers raises `InputError` with `source` and the line's number.
    """
    lines = text.rstrip().splitlines()
    rows = np.empty((len(lines), 4))
    for index, line in enumerate(lines):
        values = _DELIMITERS.sub(" ", line).split()
        if len(values) not in (0, 4):
            raise InputError(
                f"{source}, line {index + 1}: {len(values)} values where a box has 4 (x, y, width, height)"
            )
        try:
            rows[index] = [float(value) for value in values] or np.nan
        except ValueError:
            raise InputError(f"{source}, line {index + 1}: {line.strip()[:60]!r} is not a box of 4 numbers") from None
    return rows


def from_one_based(rows: Boxes) -> Boxes:
    """Return 1-based boxes as the inside knows them: 0-based, so that the first pixel covers [0, 1)."""
    boxes: Boxes = rows - np.array([1.0, 1.0, 0.0, 0.0])
    return boxes


def all_positive(rows: Boxes) -> NDArray[np.bool_]:
    """Return (N,): whether every value of a row is a number above 0."""
    return np.asarray((np.isfinite(rows) & (rows > 0)).all(axis=1), np.bool_)


def row_text(row: Boxes) -> str:
    """Return one (4,) row as a person would write it, for messages: ``10,20,30.5,40``."""
    return ",".join(f"{value:g}" for value in row)
