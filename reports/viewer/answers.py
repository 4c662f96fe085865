"""What the viewer's server answers, as JSON. Arrays travel as base64 of little-endian float32, NaN for none."""

from __future__ import annotations

import base64
from typing import Any, Literal, TypedDict

import numpy as np
from numpy.typing import NDArray

Floats = str
"""An array as `packed` writes it."""


class RunLine(TypedDict):
    """One entry of the list of runs."""

    id: str
    title: str


class TrackerLine(TypedDict):
    """Who is looked at."""

    name: str
    legend: str
    """The name with the marks that must stand beside it."""
    colour: str
    dash: str
    """Of its line, as SVG has it; "" for a solid one."""


class SequenceLine(TypedDict):
    """One entry of the list of sequences; lists hold a value a tracker."""

    name: str
    frames: int
    attributes: list[str]
    cause: str
    """What makes a rendered sequence hard; "" where that is not known."""
    auc: list[float | None]
    failed: list[bool]


class Overview(TypedDict):
    """A run as the page opens it."""

    id: str
    coverage: str
    warnings: list[str]
    trackers: list[TrackerLine]
    sequences: list[SequenceLine]
    attributes: dict[str, str]
    """Code: what it stands for."""


class Kinds(TypedDict):
    """What happened in which sequence, by the rules of `reports.failures`."""

    titles: dict[str, str]
    """Kind: what it is called."""
    sequences: dict[str, list[list[str]]]
    """Sequence: the kinds of each tracker."""


class CauseLine(TypedDict):
    """Frames in which a cause of failure acts, both ends included, from 0."""

    name: str
    first: int
    last: int


class PanelData(TypedDict):
    """A chart of telemetry, as `reports.html.data.panel_data` writes it."""

    title: str
    kind: Literal["lines", "heat", "states"]
    rows: list[str]
    low: float
    high: float
    columns: int
    shades: list[str]
    """The colours of states; empty for the other kinds."""
    data: list[str]


class TrackData(TypedDict):
    """One tracker on one sequence."""

    tracker: int
    """Its place among the overview's trackers."""
    start: int
    """Index of the frame of row 0."""
    rows: int
    boxes: Floats
    """(rows, 4)."""
    scores: Floats
    """(rows,), or empty where none are kept."""
    overlap: Floats
    """(rows,), or empty without ground truth."""
    segments: list[tuple[str, int, int]]
    """Kind, first row and the one after the last."""
    error: str
    """Why it ended early; "" where it did not."""
    told: int
    """Frames of which it reported, from row 1 on: what the panels' columns are spread over."""
    panels: list[PanelData]


class SequenceData(TypedDict):
    """One sequence as the page shows it."""

    name: str
    frames: int
    start: int
    size: tuple[int, int]
    """Width and height of a frame; where none can be had, of what holds the true boxes."""
    missing: str
    """Why no frames can be shown; "" where they can."""
    truth: Floats
    """(frames, 4), NaN where there is none."""
    attempt: str
    attempts: list[str]
    """Repeats and starts that may be chosen; one, "", where there is but one."""
    causes: list[CauseLine]
    tracks: list[TrackData]
    remarks: list[str]


class Slot(TypedDict):
    """What one slot of a memory held."""

    frame: int
    weight: float | None
    picture: str
    """WebP in base64; "" without one."""


def packed(values: NDArray[Any]) -> Floats:
    """Return an array of floats as text."""
    with np.errstate(over="ignore"):
        return base64.b64encode(np.ascontiguousarray(values, "<f4").tobytes()).decode()
