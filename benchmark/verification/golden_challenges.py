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
from benchmark.datasets.regions import parse_regions
from benchmark.datasets.sequence import Annotation
from benchmark.metrics import score_sequences, summarise
from benchmark.metrics.vot import Code
from benchmark.metrics.vot.area import area_overlaps, corners
from benchmark.metrics.vot.pixels import region_overlaps
from benchmark.metrics.vot.supervised import Restarted, supervised_measures
from benchmark.profiles import load_profile
from benchmark.profiles.vot import VOTProfile, load_vot_profile, vot_span
from benchmark.verification.row import Row
from trackers.errors import InputError

__all__ = ["trackingnet_dummy", "trackingnet_rows", "vot_rows"]

Values = NDArray[np.float64]
DUMMY = (0.880796, 0.878025, 0.878025, 0.889556)
"""Success, precision, normalised precision and coverage that TrackingNet's devkit gives its dummy submission."""
OCEAN = (
    ("vot-toolkit", True, (0.5979837, 80.0, 0.3172247), "-", "vot-toolkit 0.7.4", 1e-6),
    ("vot-toolkit", False, (0.5975, 80.0, 0.3170), "-", "vot-toolkit 0.7.4, unbounded", 5.001e-5),
    ("pysot-toolkit", True, (0.5966, 80.0, 0.3222), ".598 / - / .323", "its rules, analytic", 5.001e-5),
)
"""Accuracy, failures and expected overlap of Ocean's runs, by profile and whether regions end where the image does: as
computed, as printed, by whom."""


def trackingnet_rows(folder: Path) -> Iterator[Row]:
    """Yield the row of the devkit's dummy archives."""
    place = folder / "trackingnet_dummy"
    if not place.is_dir():
        return
    annotations, boxes = trackingnet_dummy(place)
    profile = load_profile("trackingnet", "TrackingNet")
    overall = summarise(score_sequences(boxes, annotations, profile), profile).overall
    given = [np.nansum(rows[1:], axis=1) > 0 for rows in boxes.values()]
    coverage = (sum(map(np.count_nonzero, given)) + len(given)) / sum(map(len, boxes.values()))
    ours = (overall.auc, overall.precision, overall.normalised_precision, float(coverage))
    yield Row(
        "dummy_subm", profile.name, len(boxes), ".880796 / .878025 / .878025 / .889556", DUMMY, ours,
        "devkit's metrics.py", 1e-6, "TrackingNet", ("auc", "precision", "normalised_precision", "coverage"),
    )  # fmt: skip


def trackingnet_dummy(place: Path) -> tuple[dict[str, Annotation], dict[str, Values]]:
    """Return the ground truth and the boxes of the devkit's dummy archives, in which a file is missing and one short.

    A missing file stands for boxes without a size, rows that lack for misses.
    """
    truth, sent = _texts(place / "dummy_GT.zip"), _texts(place / "dummy_subm.zip")
    boxes = {}
    for name, rows in truth.items():
        own = sent.get(name, np.zeros_like(rows))[: len(rows)]
        boxes[name] = np.concatenate([own, np.full((len(rows) - len(own), 4), np.nan)])
    return {name: Annotation(name, rows, sized(rows), origin=0) for name, rows in truth.items()}, boxes


def vot_rows(folder: Path) -> Iterator[Row]:
    """Yield rows of Ocean on VOT2019, whose runs with restarts are published: by either toolkit's rules.

    vot-toolkit counts pixels of the image, or all where it has no images. Sizes are not published with the runs: each
    is taken from the truth.
    """
    place = folder / "vot2019"
    if not place.is_dir():
        return
    truth = json.loads((place / "groundtruth.json").read_text("utf-8"))
    span, _ = vot_span("VOT2019", [1])
    with zipfile.ZipFile(place / "Ocean_323.zip") as archive:
        listed = [name for name in archive.namelist() if name.endswith("_001.txt")]
        texts = {name.split("/")[-2]: archive.read(name).decode().split() for name in listed}
    for name, bounded, expected, printed, source, tolerance in OCEAN:
        profile = load_vot_profile(name)
        runs = {sequence: [_restarted(lines, truth[sequence], profile, bounded)] for sequence, lines in texts.items()}
        found = supervised_measures(runs, profile, span)
        ours = (found.accuracy, found.failures, found.eao or 0.0)
        yield Row(
            "Ocean_323", name, len(texts), printed, expected, ours, source, tolerance, "VOT2019",
            ("accuracy", "failures", "eao"),
        )  # fmt: skip


def _restarted(lines: Sequence[str], truth: Sequence[Sequence[float]], profile: VOTProfile, bounded: bool) -> Restarted:
    """Return a run: a region a line, or alone 1 where it was started, 2 where it failed, 0 where nothing was asked."""
    found = parse_regions("\n".join(lines), "a run")
    codes = [int(float(line)) if region is None else Code.TRACKED for line, region in zip(lines, found, strict=True)]
    regions = [corners(np.array(row)) if len(row) != 4 else np.array(row, float) for row in truth]
    if profile.overlap == "area":
        return Restarted(area_overlaps(found, regions), np.array(codes, np.int8))
    width, height = np.ceil(np.concatenate([corners(region) for region in regions]).max(axis=0)) + 1
    size = (int(width), int(height)) if bounded else None
    return Restarted(region_overlaps(found, regions, size), np.array(codes, np.int8))


def _texts(file: Path) -> dict[str, Values]:
    """Return the boxes of an archive's texts by their names."""
    try:
        with zipfile.ZipFile(file) as archive:
            names = [n for n in archive.namelist() if n.endswith(".txt") and "__MACOSX" not in n]
            return {Path(n).stem: np.loadtxt(BytesIO(archive.read(n)), delimiter=",", ndmin=2) for n in names}
    except (OSError, ValueError, zipfile.BadZipFile) as error:
        raise InputError(f"{file}: cannot be read ({error})") from error
