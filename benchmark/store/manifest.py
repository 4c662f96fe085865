"""What a run was, so that it can be run again: trackers, data, versions, machine, command."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Sequence
from dataclasses import asdict
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from benchmark.datasets.selection import Selection
from benchmark.store.record import Record
from trackers.names import TrackerSpec

SCHEMA = 1
PACKAGES = ("engram-bench", "torch", "numpy", "opencv-contrib-python-headless", "scipy")


def manifest(
    *,
    selection: Selection,
    specs: Sequence[TrackerSpec],
    records: Sequence[Record],
    command: Sequence[str],
    seed: int,
    lanes: int,
    environment: dict[str, str],
    machine: dict[str, str],
) -> dict[str, Any]:
    """Return a run's manifest as plain data."""
    return {
        "schema": SCHEMA,
        "command": list(command),
        "dataset": {
            "name": selection.dataset,
            "revision": selection.revision,
            "coverage": selection.coverage,
            "sequences": [video.name for video in selection.sequences],
            "limit_frames": selection.limit_frames,
        },
        "trackers": [_tracker(spec) for spec in specs],
        "seed": seed,
        "lanes": lanes,
        "environment": environment,
        "machine": machine,
        "versions": {name: _version(name) for name in PACKAGES},
        "git": _git(),
        "records": [
            {name: getattr(record, name) for name in ("tracker", "sequence", "start", "repeat", "status", "key")}
            for record in records
        ],
    }


def write_run(folder: Path, content: dict[str, Any], records: Sequence[Record]) -> None:
    """Write a run's manifest and its boxes: OTB text, 1-based, 4 decimals, readable by other toolkits."""
    from benchmark.store.results import slug

    for record in records:
        if record.status == "done":
            file = folder / "boxes" / slug(record.tracker) / f"{slug(record.sequence)}.txt"
            file.parent.mkdir(parents=True, exist_ok=True)
            rows = (f"{x + 1:.4f},{y + 1:.4f},{w:.4f},{h:.4f}\n" for x, y, w, h in record.boxes)
            file.write_text("".join(rows))
    write_json(folder / "manifest.json", content)


def write_json(file: Path, content: dict[str, Any]) -> None:
    """Write JSON whole or not at all."""
    part = file.with_name(f".{file.name}.{os.getpid()}.part")
    part.write_text(json.dumps(content, indent=1, allow_nan=False) + "\n", "utf-8")
    os.replace(part, file)


def _tracker(spec: TrackerSpec) -> dict[str, Any]:
    weights = asdict(spec.weights)
    weights["path"] = spec.weights.path.name if spec.weights.path else None
    return {
        "name": spec.name,
        "family": spec.family.name,
        "plug_in": spec.family.plug_in,
        "remembers": spec.family.remembers,
        "preset": spec.preset,
        "config": None if spec.config is None else asdict(spec.config),
        "weights": weights,
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
