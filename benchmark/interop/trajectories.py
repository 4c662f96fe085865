"""Imported results: one tracker's boxes on a dataset, typed, and where they are kept beside our own runs."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmark.store.manifest import write_json
from benchmark.store.record import read_arrays, write_arrays
from benchmark.store.results import slug
from trackers.errors import InputError

__all__ = ["Trajectories", "Trajectory", "load_import", "load_imports", "save_import"]

SCHEMA = 1
Values = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Trajectory:
    """One tracker's boxes on one sequence."""

    sequence: str
    boxes: Values
    """(N, 4) x, y, w, h: 0-based and continuous, as everywhere inside."""
    start: int = 0
    """Index of the frame of the first box."""
    times: Values | None = None
    """(N,) seconds a frame, 0 where it was not measured; None where nothing was."""


@dataclass(frozen=True, eq=False)
class Trajectories:
    """One tracker's results on a dataset."""

    tracker: str
    dataset: str
    dialect: str
    source: str
    """The file or folder it was imported from."""
    by_sequence: Mapping[str, Trajectory]
    remarks: tuple[str, ...] = ()
    """What looked suspicious."""

    @property
    def boxes(self) -> dict[str, Values]:
        """The boxes by sequence, as `benchmark.metrics.score_sequences` takes them."""
        return {name: one.boxes for name, one in self.by_sequence.items()}

    @property
    def starts(self) -> dict[str, int]:
        """The first frame's index by sequence, likewise."""
        return {name: one.start for name, one in self.by_sequence.items()}

    @property
    def times(self) -> dict[str, Values]:
        """The times of the sequences that have them."""
        return {name: one.times for name, one in self.by_sequence.items() if one.times is not None}


def save_import(results: Path, imported: Trajectories) -> Path:
    """Keep imported results in ``<results>/imports/<dataset>/<tracker>/`` and return that folder.

    An earlier import of the same tracker and dataset is replaced as a whole.
    """
    folder = results / "imports" / slug(imported.dataset) / slug(imported.tracker)
    part = folder.with_name(f".{folder.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    for name, one in imported.by_sequence.items():
        arrays = {"boxes": one.boxes} if one.times is None else {"boxes": one.boxes, "times": one.times}
        write_arrays(part / f"{slug(name)}.npz", {"sequence": name, "start": one.start}, arrays)
    content = {
        "schema": SCHEMA,
        "tracker": imported.tracker,
        "dataset": imported.dataset,
        "dialect": imported.dialect,
        "source": imported.source,
        "sequences": list(imported.by_sequence),
        "remarks": list(imported.remarks),
    }
    write_json(part / "import.json", content)
    shutil.rmtree(folder, ignore_errors=True)
    part.rename(folder)
    return folder


def load_imports(results: Path, dataset: str) -> list[Trajectories]:
    """Return all results imported for a dataset, by tracker."""
    folder = results / "imports" / slug(dataset)
    return [load_import(file.parent) for file in sorted(folder.glob("*/import.json"))]


def load_import(folder: Path) -> Trajectories:
    """Return what `save_import` kept in that folder; raises InputError where it is damaged or of another schema."""
    file = folder / "import.json"
    try:
        content = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(f"{file}: no readable import ({error}); import the results again") from error
    if content.get("schema") != SCHEMA:
        raise InputError(f"{file}: schema {content.get('schema')!r} is not known; import the results again")
    found = {name: _trajectory(folder / f"{slug(name)}.npz", name) for name in content["sequences"]}
    return Trajectories(
        tracker=content["tracker"],
        dataset=content["dataset"],
        dialect=content["dialect"],
        source=content["source"],
        by_sequence=found,
        remarks=tuple(content["remarks"]),
    )


def _trajectory(file: Path, name: str) -> Trajectory:
    kept = read_arrays(file)
    if kept is None or kept[0].get("sequence") != name or "boxes" not in kept[1]:
        raise InputError(f"{file}: missing or damaged; import the results again")
    facts, arrays = kept
    return Trajectory(name, arrays["boxes"], int(facts["start"]), arrays.get("times"))
