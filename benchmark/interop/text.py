"""Rows of boxes as text, in and out: fast where the text is as usual, exact about what is wrong where it is not."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmark.datasets.box_text import decoded, number, parse_boxes, usual_rows
from benchmark.plurals import counted
from trackers.errors import InputError

__all__ = ["format_rows", "format_times", "read_rows", "read_text", "read_times"]

Values = NDArray[np.float64]
LARGEST = 64 << 20
"""Bytes of a text: a million frames have less."""


def read_rows(path: Path) -> Values:
    """Return the (N, 4) rows of a text of boxes, in the text's own convention; commas, tabs and spaces may be mixed.

    Raises InputError with file and line where a row is not four numbers.
    """
    content = _content(path)
    rows = usual_rows(content)
    return parse_boxes(decoded(content), str(path)) if rows is None else rows


def read_times(path: Path, frames: int, *, repeats: bool = False) -> Values:
    """Return the (frames,) seconds a frame of a text with one number a line; raises InputError for anything else.

    One time fewer than frames is taken as the first frame's missing (some toolkits time updates only): it becomes 0,
    and so does NaN. With `repeats`, a line may hold the times of several runs: the first is taken.
    """
    lines = read_text(path).split("\n" if repeats else None)
    texts = [line.partition(",")[0] for line in lines if line.strip()] if repeats else lines
    times = np.empty(len(texts))
    for index, text in enumerate(texts):
        try:
            times[index] = number(text)
        except ValueError:
            raise InputError(f"{path}: not a text of one time a line ({text[:40].strip()!r})") from None
    times[np.isnan(times)] = 0.0
    if wrong := times[(times < 0) | np.isinf(times)].tolist():
        raise InputError(f"{path}: {wrong[0]:g} is no time in seconds")
    if len(times) == frames - 1:
        times = np.concatenate([[0.0], times])
    if len(times) != frames:
        raise InputError(f"{path}: {counted(len(times), 'time')} for {counted(frames, 'box', 'boxes')}")
    return times


def format_rows(rows: Values, delimiter: str, first: str = "box") -> str:
    """Return (N, 4) rows as text that reads back to the same numbers; `first`, unless "box", replaces the first row."""
    lines = [delimiter.join(map(_number, row)) for row in rows.tolist()]
    if first != "box" and lines:
        lines[0] = first
    return "".join(f"{line}\n" for line in lines)


def format_times(times: Values) -> str:
    """Return (N,) times as text, one a line, that reads back to the same numbers."""
    return "".join(f"{time!r}\n" for time in times.tolist())


def _number(value: float) -> str:
    """Return the shortest decimal that reads back as the value.

    From 0.5 on, x - 1 + 1 gives back the very x that a file held. Below, a rounding error may be left: it is taken off
    where nine decimals are as near.
    """
    if value < 0.5:
        rounded = round(value, 9) + 0.0  # + 0.0: no "-0"
        value = rounded if abs(rounded - value) <= 2 * math.ulp(abs(value) + 1) else value
    return repr(value).removesuffix(".0")


def read_text(path: Path) -> str:
    """Return a text, whatever bytes it has; raises InputError where it cannot be read, or is no text of results."""
    return decoded(_content(path))


def _content(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST + 1)
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror})") from error
    if len(content) > LARGEST:
        raise InputError(f"{path}: more than {LARGEST >> 20} MiB: no text of one sequence's results")
    return content
