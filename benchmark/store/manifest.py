"""What a run was, so that it can be run again: trackers, data, versions, machine, command."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from benchmark.datasets.selection import Selection
from benchmark.store.keys import code_digest
from benchmark.store.record import Record, write_whole
from benchmark.store.results import MANIFEST, MANIFEST_SCHEMA, PLAN, boxes_folder, slug
from trackers.names import TrackerSpec

PACKAGES = ("engram-bench", "torch", "numpy", "opencv-contrib-python-headless", "scipy")


def manifest(
    *,
    selection: Selection,
    specs: Sequence[TrackerSpec],
    records: Sequence[Record],
    digests: Mapping[str, str],
    command: Sequence[str],
    seed: int,
    lanes: int,
    repeats: int,
    timeout: float | None,
    environment: Mapping[str, str],
    machine: dict[str, str],
    workers: int = 1,
    jitter: float = 0.0,
    protocol: str = "ope",
    profile: str | None = None,
    telemetry: bool = False,
    imported: Sequence[str] = (),
) -> dict[str, Any]:
    """Return a run's manifest as plain data.

    `digests` holds every sequence's (`benchmark.datasets.fingerprint`); so many `workers` ran side by side;
    the first boxes of repeats were off by up to `jitter` pixels. `profile` is that by which the run was scored,
    `telemetry` says whether trackers' was kept, `imported` names the results that were scored beside.
    """
    return {
        "schema": MANIFEST_SCHEMA,
        "command": list(command),
        "dataset": {
            "name": selection.dataset,
            "revision": selection.revision,
            "coverage": selection.coverage,
            "sequences": [video.name for video in selection.sequences],
            "digests": dict(digests),
            "limit_frames": selection.limit_frames,
        },
        "trackers": [_tracker(spec) for spec in specs],
        "seed": seed,
        "lanes": lanes,
        "workers": workers,
        "repeats": repeats,
        "jitter": jitter,
        "protocol": protocol,
        "profile": profile,
        "timeout": timeout,
        "telemetry": telemetry,
        "imported": list(imported),
        "environment": dict(environment),
        "machine": machine,
        "versions": {name: _version(name) for name in PACKAGES},
        "git": _git(),
        "records": [
            {
                name: getattr(record, name)
                for name in ("tracker", "sequence", "begun", "start", "repeat", "status", "key", "busy_cores", "cores")
            }
            for record in records
        ],
    }


def plan(selection: Selection, command: Sequence[str], wanted: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return what a run that begins says of itself: enough to list it, and to keep its records if it is cut off.

    `wanted` hold tracker, sequence, start, repeat and key of every record that it will use.
    """
    return {
        "schema": MANIFEST_SCHEMA,
        "command": list(command),
        "dataset": {"name": selection.dataset, "coverage": selection.coverage},
        "trackers": [{"name": name} for name in dict.fromkeys(one["tracker"] for one in wanted)],
        "records": [dict(one) for one in wanted],
    }


def write_plan(folder: Path, content: dict[str, Any]) -> None:
    """Write the plan of a run that begins."""
    write_json(folder / PLAN, content)


def write_run(folder: Path, content: dict[str, Any], records: Sequence[Record]) -> None:
    """Write a run's manifest, which makes it a finished one, and its boxes.

    Boxes are OTB text, 1-based, 4 decimals, readable by other toolkits; repeats after the first have folders of their
    own (``repeat-2``, ...), and so have the starts of TRE and SRE (``tre-01``, ``left``, ...). Below each such folder
    ``times/`` has the seconds a frame.
    """
    for record in records:
        if record.status == "done":
            place = boxes_folder(folder, record.tracker, record.repeat, record.begun)
            place.mkdir(parents=True, exist_ok=True)
            rows = (f"{x + 1:.4f},{y + 1:.4f},{w:.4f},{h:.4f}\n" for x, y, w, h in record.boxes)
            (place / f"{slug(record.sequence)}.txt").write_text("".join(rows))
            if len(record.times):
                (place / "times").mkdir(exist_ok=True)
                text = "".join(f"{seconds:.9f}\n" for seconds in record.times)
                (place / "times" / f"{slug(record.sequence)}_time.txt").write_text(text)
    write_json(folder / MANIFEST, content)
    (folder / PLAN).unlink(missing_ok=True)


def write_json(file: Path, content: dict[str, Any]) -> None:
    """Write JSON whole or not at all."""
    write_whole(file, (json.dumps(content, indent=1, allow_nan=False) + "\n").encode())


def _tracker(spec: TrackerSpec) -> dict[str, Any]:
    weights = asdict(spec.weights)
    del weights["tensors"]  # its name and digest say so
    for part in ("path", "second"):
        weights[part] = weights[part].name if weights[part] else None
    return {
        "name": spec.name,
        "address": spec.address,
        "family": spec.family.name,
        "plug_in": spec.family.plug_in,
        "covers": spec.family.reach.words() if spec.family.reach else "",
        "remembers": spec.remembers,
        "preset": spec.preset,
        "config": spec.settings,
        "weights": weights,
        "code": code_digest(spec),
    }


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _git() -> dict[str, Any] | None:
    """Return commit and whether the tree was changed, where this code runs from a git checkout."""
    here = Path(__file__).parent
    try:
        commit = subprocess.run(["git", "rev-parse", "HEAD"], cwd=here, capture_output=True, text=True, timeout=10)
        if commit.returncode:
            return None
        status = subprocess.run(["git", "status", "--porcelain"], cwd=here, capture_output=True, text=True, timeout=10)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return {"commit": commit.stdout.strip(), "changed": bool(status.stdout.strip())}
