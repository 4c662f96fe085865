"""Imported results: one tracker's boxes on a dataset, typed, and where they are kept beside our own runs."""

from __future__ import annotations

import json
import operator
from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmark.datasets.listing import matching
from benchmark.interop.placing import writes
from benchmark.store.record import read_arrays, write_whole
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
    """Keep imported results in ``<results>/imports/<dataset>/<tracker>.npz`` and return that file.

    One file, written whole or not at all; an earlier import of the same tracker and dataset is replaced. Its arrays are
    not compressed: reading them is what scoring waits for.
    """
    file = results / "imports" / slug(imported.dataset) / f"{slug(imported.tracker)}.npz"
    every = list(imported.by_sequence.values())
    facts = {
        "schema": SCHEMA,
        "tracker": imported.tracker,
        "dataset": imported.dataset,
        "dialect": imported.dialect,
        "source": imported.source,
        "remarks": list(imported.remarks),
        "sequences": [one.sequence for one in every],
        "starts": [one.start for one in every],
        "timed": [one.times is not None for one in every],
    }
    content = BytesIO()
    np.savez(
        content,
        facts=np.array(json.dumps(facts)),
        lengths=np.array([len(one.boxes) for one in every]),
        boxes=np.concatenate([one.boxes for one in every]),
        times=np.concatenate([np.empty(0), *(one.times for one in every if one.times is not None)]),
    )
    with writes(file, "--results"):
        write_whole(file, content.getvalue())
    return file


def load_imports(results: Path, dataset: str) -> list[Trajectories]:
    """Return all results imported for a dataset, by tracker."""
    return [load_import(file) for file in matching(results / "imports" / slug(dataset), "*.npz")]


def load_import(file: Path) -> Trajectories:
    """Return what `save_import` kept in that file; raises InputError where it is damaged or of another schema."""
    kept = read_arrays(file)
    if kept is None:
        raise InputError(f"{file}: missing or damaged; import the results again")
    facts, arrays = kept
    if facts.get("schema") != SCHEMA:
        raise InputError(f"{file}: schema {facts.get('schema')!r} is not known; import the results again")
    try:
        return _trajectories(facts, arrays)
    except (KeyError, TypeError, ValueError, IndexError):
        raise InputError(f"{file}: not what `run_bench import` keeps; import the results again") from None


def _trajectories(facts: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> Trajectories:
    """Return what a file holds; raises ValueError and the like where its parts do not fit together."""
    names, starts = [str(name) for name in facts["sequences"]], [operator.index(start) for start in facts["starts"]]
    timed = np.array(facts["timed"], dtype=bool)
    ends, timed_ends = np.cumsum(arrays["lengths"]), np.cumsum(arrays["lengths"][timed])
    boxes, times = np.asarray(arrays["boxes"], float), np.asarray(arrays["times"], float)
    if min(starts) < 0 or min(arrays["lengths"]) < 0:
        raise ValueError("no frame has that number")
    if boxes.shape != (ends[-1], 4) or times.shape != (sum(arrays["lengths"][timed]),):
        raise ValueError("arrays of other lengths")
    each, each_timed = np.split(boxes, ends[:-1]), iter(np.split(times, timed_ends))
    found = {
        name: Trajectory(name, rows, start, next(each_timed) if has_times else None)
        for name, rows, start, has_times in zip(names, each, starts, timed, strict=True)
    }
    tracker, dataset, dialect, source = (str(facts[name]) for name in ("tracker", "dataset", "dialect", "source"))
    return Trajectories(tracker, dataset, dialect, source, found, tuple(map(str, facts["remarks"])))
