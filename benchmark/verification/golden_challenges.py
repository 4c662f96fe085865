"""The verification on TrackingNet's dummy submission and on VOT's trajectories, where a golden folder has them."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator, Sequence
from io import BytesIO
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmark.datasets.published import sized
from benchmark.datasets.sequence import Annotation
from benchmark.metrics import score_sequences, summarise
from benchmark.profiles import load_profile
from benchmark.verification.row import Row
from trackers.errors import InputError

__all__ = ["polygon_overlap", "trackingnet_rows", "vot_rows"]

Values = NDArray[np.float64]
DUMMY = (0.880796, 0.878025, 0.878025)
"""Success, precision and normalised precision that TrackingNet's devkit gives its dummy submission."""
OCEAN = (0.5966, 80.0)
"""Accuracy and failures of Ocean's published trajectories on VOT2019, whose print is .598 and 80."""
BURN_IN = 10
"""Frames after each start that VOT's accuracy leaves out."""


def trackingnet_rows(folder: Path) -> Iterator[Row]:
    """Yield the row of the devkit's dummy archives: one file is missing in the submission, one is short.

    A missing file stands for boxes without a size, rows that lack for misses.
    """
    place = folder / "trackingnet_dummy"
    if not place.is_dir():
        return
    truth, sent = _texts(place / "dummy_GT.zip"), _texts(place / "dummy_subm.zip")
    annotations = {name: Annotation(name, rows, sized(rows), origin=0) for name, rows in truth.items()}
    boxes = {}
    for name, rows in truth.items():
        own = sent.get(name, np.zeros_like(rows))[: len(rows)]
        boxes[name] = np.concatenate([own, np.full((len(rows) - len(own), 4), np.nan)])
    profile = load_profile("trackingnet", "TrackingNet")
    overall = summarise(score_sequences(boxes, annotations, profile), profile).overall
    ours = (overall.auc, overall.precision, overall.normalised_precision)
    yield Row(
        "dummy_subm", profile.name, len(truth), ".880796 / .878025 / .878025", DUMMY, ours, "devkit's metrics.py", 1e-6,
        "TrackingNet", ("auc", "precision", "normalised_precision"),
    )  # fmt: skip


def vot_rows(folder: Path) -> Iterator[Row]:
    """Yield the row of Ocean on VOT2019: the mean overlap of reset-based trajectories with polygons, and failures."""
    place = folder / "vot2019"
    if not place.is_dir():
        return
    truth = json.loads((place / "groundtruth.json").read_text("utf-8"))
    overlaps: list[float] = []
    failures = 0
    with zipfile.ZipFile(place / "Ocean_323.zip") as archive:
        listed = [name for name in archive.namelist() if name.endswith("_001.txt")]
        for name in listed:
            lines = archive.read(name).decode().split()
            found, failed = reset_overlaps(lines, truth[name.split("/")[-2]])
            overlaps += found
            failures += failed
    ours = (float(np.mean(overlaps)), float(failures))
    yield Row(
        "Ocean_323", "VOT accuracy", len(listed), "-", OCEAN, ours, "pysot's rules, analytic", 5.001e-5, "VOT2019",
        ("accuracy", "failures"),
    )  # fmt: skip


def reset_overlaps(lines: Sequence[str], truth: Sequence[Sequence[float]]) -> tuple[list[float], int]:
    """Return the overlaps of the frames that accuracy counts, and how often the tracker failed.

    `lines` are a trajectory with restarts: a region a line, or alone 1 where it was started, 2 where it failed, 0 where
    nothing was asked. After a start 10 frames are left out.
    """
    found, failures, counted = [], 0, 0
    for line, true in zip(lines, truth, strict=True):
        values = [float(value) for value in line.split(",")]
        if len(values) > 1:
            if counted <= 0:
                found.append(polygon_overlap(corners(values), corners(true)))
        else:
            failures += values[0] == 2
            counted = BURN_IN if values[0] == 1 else counted
        counted -= 1
    return found, failures


def corners(values: Sequence[float]) -> Values:
    """Return the (K, 2) corners of a box x, y, w, h or of a polygon."""
    if len(values) != 4:
        return np.array(values, float).reshape(-1, 2)
    x, y, w, h = values
    return np.array([[x, y], [x + w, y], [x + w, y + h], [x, y + h]], float)


def polygon_overlap(one: Values, two: Values) -> float:
    """Return the intersection over union of two convex polygons of (K, 2) corners."""
    first, second = (poly if _area(poly) > 0 else poly[::-1] for poly in (one, two))
    shared = first
    for start, end in zip(second, np.roll(second, -1, axis=0), strict=True):
        shared = _cut(shared, start, end)
    common = _area(shared) if len(shared) > 2 else 0.0
    union = _area(first) + _area(second) - common
    return common / union if union > 0 else 0.0


def _cut(polygon: Values, start: Values, end: Values) -> Values:
    """Return the part of a polygon to the left of a line (Sutherland and Hodgman)."""
    kept = []
    (dx, dy) = end - start
    sides = [dx * (y - start[1]) - dy * (x - start[0]) for x, y in polygon]
    for index, point in enumerate(polygon):
        following = (index + 1) % len(polygon)
        here, there = sides[index], sides[following]
        if here >= 0:
            kept.append(point)
        if here * there < 0:
            kept.append(point + (polygon[following] - point) * here / (here - there))
    return np.array(kept).reshape(-1, 2)


def _area(polygon: Values) -> float:
    x, y = polygon.T
    return float(np.sum(x * np.roll(y, -1) - y * np.roll(x, -1))) / 2


def _texts(file: Path) -> dict[str, Values]:
    """Return the boxes of an archive's texts by their names."""
    try:
        with zipfile.ZipFile(file) as archive:
            names = [n for n in archive.namelist() if n.endswith(".txt") and "__MACOSX" not in n]
            return {Path(n).stem: np.loadtxt(BytesIO(archive.read(n)), delimiter=",", ndmin=2) for n in names}
    except (OSError, ValueError, zipfile.BadZipFile) as error:
        raise InputError(f"{file}: cannot be read ({error})") from error
