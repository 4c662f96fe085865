"""The baseline file: a snapshot that somebody approved, as JSON that a diff shows well, sealed by a digest."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from benchmark.documents import read_json
from benchmark.gate.snapshot import Boxes, Snapshot, TrackerSnapshot, Trajectory
from benchmark.gate.timings import Timings
from benchmark.shapes import check
from benchmark.store.reading import check_schema
from benchmark.store.record import write_whole
from benchmark.store.results import writing
from trackers.errors import InputError

SCHEMA = 1
DECIMALS = 4
"""Boxes are written to a ten-thousandth of a pixel; their digest is of all bits."""


@dataclass(frozen=True, eq=False)
class Baseline:
    """A snapshot and its approval."""

    snapshot: Snapshot
    date: str
    """UTC, ``2026-03-01 17:05``."""
    reason: str
    """Why it was blessed, in the words of whoever did."""
    run: str
    """Id of the run."""


def write_baseline(file: Path, baseline: Baseline) -> None:
    """Write the file, whole or not at all; InputError where it cannot be written."""
    content = _to_dict(baseline)
    content = {"schema": SCHEMA, "digest": _digest(content), **content}
    with writing(file):
        write_whole(file, (json.dumps(content, indent=1, allow_nan=False, ensure_ascii=False) + "\n").encode())


def read_baseline(file: Path) -> Baseline:
    """Return what the file holds; InputError where it is missing, damaged, edited by hand or of another schema."""
    if not file.exists():
        raise InputError(f"there is no baseline {file}: `run_bench bless --baseline {file}` writes one")
    content = read_json(file, "restore it from version control")
    if not isinstance(content, dict) or "schema" not in content:
        raise InputError(f"{file} is no baseline: `run_bench bless` writes them")
    check_schema(file, content, SCHEMA, "bless it again")
    del content["schema"]
    if content.pop("digest", None) != _digest(content):
        raise InputError(
            f"{file} does not match its digest: it was edited by hand or damaged; restore it from version control,"
            " or bless again"
        )
    try:
        baseline = _from_dict(content)
        check(baseline, Baseline)
        _check_boxes(baseline)
        return baseline
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        raise InputError(f"{file} is no baseline that can be read ({error!r}): bless again") from error


def _digest(content: Mapping[str, Any]) -> str:
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _to_dict(baseline: Baseline) -> dict[str, Any]:
    facts = {name: value for name, value in vars(baseline.snapshot).items() if name != "trackers"}
    trackers = {name: _tracker_to_dict(one) for name, one in baseline.snapshot.trackers.items()}
    plain = {
        "blessed": {"date": baseline.date, "reason": baseline.reason, "run": baseline.run},
        **facts,
        "trackers": trackers,
    }
    loaded: dict[str, Any] = json.loads(json.dumps(plain, default=dict))
    return loaded


def _from_dict(content: Mapping[str, Any]) -> Baseline:
    facts = dict(content)
    blessed = facts.pop("blessed")
    trackers = {name: _tracker_from_dict(name, one) for name, one in facts.pop("trackers").items()}
    return Baseline(Snapshot(**facts, trackers=trackers), **blessed)


def _tracker_to_dict(tracker: TrackerSnapshot) -> dict[str, Any]:
    return {
        "auc": None if tracker.auc is None else round(tracker.auc, 6),
        "config": tracker.config,
        "weights": tracker.weights,
        "weights_sha256": tracker.weights_sha256,
        "code": tracker.code,
        "sequences": {
            name: {**{key: value for key, value in vars(one).items() if key != "boxes"}, "boxes": _text(one.boxes)}
            for name, one in tracker.sequences.items()
        },
        "speed": None if tracker.speed is None else tracker.speed.to_dict(),
    }


def _tracker_from_dict(name: str, data: Mapping[str, Any]) -> TrackerSnapshot:
    facts = {key: value for key, value in data.items() if key != "auc"}
    sequences = {key: Trajectory(**{**one, "boxes": _boxes(one["boxes"])}) for key, one in facts["sequences"].items()}
    speed = Timings.from_dict(facts["speed"]) if facts["speed"] else None
    return TrackerSnapshot(name=name, **{**facts, "sequences": sequences, "speed": speed})


def _check_boxes(baseline: Baseline) -> None:
    for name, tracker in baseline.snapshot.trackers.items():
        for sequence, one in tracker.sequences.items():
            if not one.start >= 0 or np.isinf(one.boxes).any():
                raise ValueError(f"the boxes of {name} on {sequence} cannot be")
        if tracker.speed is not None and not all(visit.rounds for visit in tracker.speed.visits):
            raise ValueError(f"the timings of {name} have a visit without a round")


def _text(boxes: Boxes) -> str:
    """Return boxes as one line: ``x y w h;x y w h;...``."""
    return ";".join(" ".join(f"{value:.{DECIMALS}f}".rstrip("0").rstrip(".") for value in box) for box in boxes)


def _boxes(text: str) -> Boxes:
    return np.array([[float(value) for value in box.split(" ")] for box in text.split(";")], np.float64).reshape(-1, 4)
