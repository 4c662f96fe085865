"""What trackers did in one run, as far as the gate must know it: identity, boxes, scores."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmark.datasets.catalogue import server_of
from benchmark.gate.timings import Timings
from benchmark.scores import RunScores, TrackerScores
from benchmark.store.reading import read_manifest
from benchmark.store.results import Results
from trackers.boxes import tame
from trackers.errors import InputError

Boxes = NDArray[np.float64]
LIBRARIES = {"torch": "torch", "numpy": "numpy", "opencv": "opencv-contrib-python-headless"}
"""What computes boxes, and the package whose version counts."""


@dataclass(frozen=True, eq=False)
class Trajectory:
    """One tracker's boxes on one sequence, with their scores."""

    sequence_digest: str
    """Of ground truth, frame list and frame sizes."""
    start: int
    boxes: Boxes
    """(N, 4); where read from a file, rounded to a ten-thousandth of a pixel."""
    boxes_digest: str
    """sha256 of the boxes as they were before rounding: equal where they are, bit for bit."""
    auc: float
    precision: float
    lanes: int = 1
    """How many ran side by side."""


@dataclass(frozen=True, eq=False)
class TrackerSnapshot:
    """What one tracker did."""

    name: str
    config: Mapping[str, Any] | None
    weights: str
    """Name of the weights."""
    weights_sha256: str | None
    code: str
    """Digest of the code that decides its boxes."""
    sequences: Mapping[str, Trajectory]
    failed: Mapping[str, str] = field(default_factory=dict)
    """Sequence: reason."""
    speed: Timings | None = None
    address: str = ""
    """The name by which a run's tracker is found from any folder of this machine; "" in a baseline."""

    @property
    def auc(self) -> float | None:
        """Mean success AUC over its sequences; None where there is none."""
        return float(np.mean([one.auc for one in self.sequences.values()])) if self.sequences else None


@dataclass(frozen=True, eq=False)
class Snapshot:
    """What the trackers of one run did, and under which conditions."""

    dataset: str
    revision: str
    coverage: str
    rendered: bool
    limit_frames: int | None
    profile: str
    protocol: str
    seed: int
    environment: Mapping[str, str]
    """What boxes may depend on besides tracker and data: the environment class, the processor's model and instructions,
    full versions of libraries."""
    commit: str
    """Of the code, "" where unknown; ends in ``+`` where the tree was changed."""
    trackers: Mapping[str, TrackerSnapshot]


def boxes_digest(boxes: Boxes) -> str:
    """Return the sha256 of boxes, bit for bit (every NaN is the same)."""
    plain = np.ascontiguousarray(np.where(np.isnan(boxes), np.nan, boxes), "<f8")
    return hashlib.sha256(plain.tobytes()).hexdigest()


def read_run(results: Results, folder: Path) -> Snapshot:
    """Return what a finished run did; InputError where the gate cannot use it."""
    manifest = read_manifest(folder)
    scores = RunScores.read(folder)
    if not manifest["trackers"]:
        raise InputError(f"run {folder.name} has imported results alone: the gate judges trackers that were run")
    if server_of(scores.dataset):
        raise InputError(f"run {folder.name} has no score: {scores.dataset} is scored by its server alone")
    if scores.protocol != "ope" or manifest["repeats"] != 1 or scores.jitter:
        raise InputError(
            f"run {folder.name}: the gate judges one pass (--protocol ope, --repeats 1, --jitter 0) of each sequence"
        )
    if (
        "digests" not in manifest["dataset"]
        or not {"model", "instructions"} <= set(manifest["machine"])
        or any("code" not in one for one in manifest["trackers"])
    ):
        raise InputError(f"run {folder.name} was made by an older Engram: run the same command again")
    scored = {tracker.name: tracker for tracker in scores.trackers}
    return Snapshot(
        dataset=scores.dataset,
        revision=manifest["dataset"]["revision"],
        coverage=scores.coverage,
        rendered=scores.rendered,
        limit_frames=manifest["dataset"]["limit_frames"],
        profile=scores.profile,
        protocol=scores.protocol,
        seed=manifest["seed"],
        environment={
            **manifest["environment"],
            **{name: manifest["machine"][name] for name in ("model", "instructions")},
            **{name: manifest["versions"][package] or "" for name, package in LIBRARIES.items()},
        },
        commit=_commit(manifest["git"]),
        trackers={one["name"]: _tracker(results, manifest, one, scored[one["name"]]) for one in manifest["trackers"]},
    )


def _tracker(
    results: Results, manifest: Mapping[str, Any], facts: Mapping[str, Any], scores: TrackerScores
) -> TrackerSnapshot:
    dataset, digests = manifest["dataset"]["name"], manifest["dataset"]["digests"]
    found = {}
    for row in manifest["records"]:
        if row["tracker"] != facts["name"] or row["status"] != "done":
            continue
        name = row["sequence"]
        record = results.find(dataset, row["tracker"], row["key"], name, row["start"], row["repeat"])
        if record is None:
            raise InputError(f"the boxes of {row['tracker']} on {name} are no longer kept: run the same command again")
        if (own := scores.sequences.get(name)) is None:
            raise InputError(f"the run has no score of {row['tracker']} on {name}: run the same command again")
        found[name] = Trajectory(
            digests[name],
            row["start"],
            tame(record.boxes),
            boxes_digest(record.boxes),
            own.auc,
            own.precision,
            record.lanes,
        )
    return TrackerSnapshot(
        name=facts["name"],
        config=facts["config"],
        weights=facts["weights"]["name"],
        weights_sha256=facts["weights"]["sha256"],
        code=facts["code"],
        sequences=found,
        failed=dict(scores.failed),
        address=facts.get("address", ""),
    )


def _commit(git: Mapping[str, Any] | None) -> str:
    return "" if git is None else git["commit"] + ("+" if git["changed"] else "")
