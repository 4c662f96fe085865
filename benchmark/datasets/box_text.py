"""Boxes as text: one ``x,y,width,height`` row a frame, 1-based, as OTB and most of the field write them."""

from __future__ import annotations

import codecs
import os
import re
from io import BytesIO
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmark.datasets.sequence import Boxes
from benchmark.plurals import counted
from trackers.errors import InputError

MAX_BYTES = 2**28
"""Bytes of the largest text that is read: rows of millions of frames."""
_DELIMITERS = re.compile(r"[\s,;]+")
EMPTY_CELL = re.compile(r"[,;][ \t]*[,;]")
"""What has lost a number of a row."""
_EMPTY_IN_BYTES = re.compile(EMPTY_CELL.pattern.encode())
_LINE_ENDS = re.compile(r"\r\n|\r|\n")
_FLAGS = np.frombuffer(b"01", np.uint8)
_BETWEEN = np.frombuffer(b",;\t\n ", np.uint8)
_TO_SPACES = bytes.maketrans(b",;\t", b"   ")
_WHOLE_NUMBERS = re.compile(rb"(?:[0-9]{1,15}\s+)*[0-9]{1,15}")
"""What most files hold; such a text reads five times as fast."""


def read_boxes(path: Path) -> Boxes:
    """Return the rows of a box file as (N, 4) float64, in the file's own convention; see `parse_boxes`."""
    data = _read(path)
    rows = usual_rows(data)
    return parse_boxes(decoded(data), str(path)) if rows is None else rows


def usual_rows(data: bytes) -> Boxes | None:
    """Return the (N, 4) rows of a usual text, four numbers in every line and none of them empty; None for any other."""
    if _EMPTY_IN_BYTES.search(data):
        return None
    body = data.rstrip().translate(_TO_SPACES)
    if not any(digit in body for digit in b"0123456789"):
        return None
    kind = np.int64 if _WHOLE_NUMBERS.fullmatch(body) else np.float64
    try:
        rows = np.loadtxt(BytesIO(body), kind, comments=None, ndmin=2).astype(np.float64, copy=False)
    except ValueError:
        return None
    return rows if rows.shape == (body.count(b"\n") + 1, 4) else None


def read_flags(path: Path) -> NDArray[np.bool_]:
    """Return (N,) flags from a file of 0 and 1, one a line or between delimiters; none where there is no file.

    Raises `InputError` for anything else.
    """
    if not path.is_file():
        return np.zeros(0, np.bool_)
    usual = _usual_flags(_read(path))
    if usual is not None:
        return usual
    values = _DELIMITERS.sub(" ", read_text(path)).split()
    if other := next((value for value in values if value not in ("0", "1")), None):
        raise InputError(f"{path}: {other[:60]!r} is neither 0 nor 1")
    return np.array([value == "1" for value in values], np.bool_)


def _usual_flags(data: bytes) -> NDArray[np.bool_] | None:
    """Return the flags of a text of 0 and 1 with one sign between two of them; None for any other."""
    signs = np.frombuffer(data.rstrip(), np.uint8)
    flags, between = signs[::2], signs[1::2]
    if not (len(signs) % 2 and np.isin(flags, _FLAGS).all() and np.isin(between, _BETWEEN).all()):
        return None
    return np.asarray(flags == _FLAGS[1], np.bool_)


def read_text(path: Path) -> str:
    """Return a text of numbers: UTF-8, or UTF-16 that says so by its byte order mark, as some editors write it.

    What is neither reads as it may: it is no number. Raises `InputError` where the file cannot be read or is too large.
    """
    return decoded(_read(path))


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            if os.fstat(file.fileno()).st_size > MAX_BYTES:
                raise InputError(f"{path}: larger than {MAX_BYTES >> 20} MB: this is no text of boxes")
            return file.read()
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror})") from error


def decoded(data: bytes) -> str:
    """Return bytes as the text that they are: UTF-8, or UTF-16 with its byte order mark."""
    wide = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    return data.decode("utf-16" if wide else "utf-8-sig", errors="replace")


def parse_boxes(text: str, source: str) -> Boxes:
    """Return a text's rows as (N, 4) float64: values delimited by commas, tabs, spaces or a mixture of them.

    An empty line between rows is a frame without a box: four NaN. Empty lines at the end are no rows. Anything
    but four numbers raises `InputError` with `source` and the line's number.
    """
    lines = _LINE_ENDS.split(text.rstrip()) if text.strip() else []
    rows = np.empty((len(lines), 4))
    for index, line in enumerate(lines):
        if EMPTY_CELL.search(line):
            raise InputError(f"{source}, line {index + 1}: {line.strip()[:60]!r} has nothing between two delimiters")
        values = _DELIMITERS.sub(" ", line).split()
        if len(values) not in (0, 4):
            raise InputError(
                f"{source}, line {index + 1}: {counted(len(values), 'value')} where a box has 4 (x, y, width, height)"
            )
        try:
            rows[index] = [number(value) for value in values] or np.nan
        except ValueError:
            raise InputError(f"{source}, line {index + 1}: {line.strip()[:60]!r} is not a box of 4 numbers") from None
    return rows


def number(text: str) -> float:
    """Return the number that a text is; ValueError where it is none."""
    if "_" in text:  # which Python allows within a number, and nobody else
        raise ValueError
    return float(text)


def from_file(rows: Boxes, origin: int) -> Boxes:
    """Return boxes of a file whose first pixel has that number as the inside knows them: it covers [0, 1)."""
    boxes: Boxes = rows - np.array([1.0, 1.0, 0.0, 0.0]) * origin
    return boxes


def from_one_based(rows: Boxes) -> Boxes:
    """Return 1-based boxes as the inside knows them."""
    return from_file(rows, 1)


def all_positive(rows: Boxes) -> NDArray[np.bool_]:
    """Return (N,): whether every value of a row is a number above 0."""
    return np.asarray((np.isfinite(rows) & (rows > 0)).all(axis=1), np.bool_)


def row_text(row: Boxes) -> str:
    """Return one (4,) row as a person would write it, for messages: ``10,20,30.5,40``."""
    return ",".join(f"{value:g}" for value in row)
