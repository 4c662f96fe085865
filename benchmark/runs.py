"""A run's folder as it is read: scores, manifest, boxes, ground truth, and what is attached to its records."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmark.interop.trajectories import Trajectories, load_imports
from benchmark.protocols.start import is_backward
from benchmark.scores import RunScores, TrackerScores
from benchmark.store.reading import read_manifest
from benchmark.store.record import read_arrays
from benchmark.store.results import boxes_folder, records_folder, slug
from benchmark.store.truth import Truth, read_truth
from trackers.boxes import tame
from trackers.errors import InputError

Values = NDArray[np.float64]
IMPORTED = " (imported)"
"""How `benchmark.scoring` ends the names of imported results."""


@dataclass(frozen=True)
class Trajectory:
    """One tracker's boxes on one sequence, for pictures; scores come from `RunScores` alone."""

    boxes: Values
    """(N, 4) x, y, w, h, 0-based, with the four decimals of the run's files; NaN where that is no box."""
    start: int
    """Index of the frame of row 0."""


@dataclass(frozen=True)
class Run:
    """One run's folder."""

    folder: Path
    scores: RunScores
    manifest: Mapping[str, Any]

    @classmethod
    def read(cls, folder: Path) -> Run:
        """Read a run's folder; InputError where it is damaged or of another schema."""
        manifest = read_manifest(folder)
        return cls(folder, RunScores.read(folder), manifest)

    @cached_property
    def truth(self) -> Truth | None:
        """The ground truth that the run was scored against; None in runs that did not keep it."""
        return read_truth(self.folder)

    @cached_property
    def _records(self) -> dict[tuple[str, str, int], Mapping[str, Any]]:
        """The finished record of the first start, by (tracker, sequence, repeat)."""
        found: dict[tuple[str, str, int], Mapping[str, Any]] = {}
        for record in self.manifest["records"]:
            if record["status"] == "done":
                found.setdefault((record["tracker"], record["sequence"], record["repeat"]), record)
        return found

    @cached_property
    def _imports(self) -> dict[str, Trajectories]:
        try:
            found = load_imports(self.folder.resolve().parent.parent, self.manifest["dataset"]["name"])
        except InputError:
            return {}
        return {one.tracker: one for one in found}

    def trajectory(self, tracker: str, sequence: str, repeat: int = 0) -> Trajectory | None:
        """Return a tracker's boxes in a repeat, of TRE and SRE from the first start; None without any."""
        if tracker.endswith(IMPORTED):
            imported = self._imports.get(tracker.removesuffix(IMPORTED))
            one = imported.by_sequence.get(sequence) if imported else None
            return Trajectory(tame(one.boxes), one.start) if one else None
        record = self._records.get((tracker, sequence, repeat))
        if record is None:
            return None
        place = boxes_folder(self.folder, tracker, repeat, record["begun"])
        try:
            rows = np.loadtxt(place / f"{slug(sequence)}.txt", delimiter=",", ndmin=2)
        except (OSError, ValueError):
            return None
        if rows.shape[1:] != (4,):
            return None
        boxes, start = tame(rows - np.array([1.0, 1.0, 0.0, 0.0])), int(record["start"])
        if is_backward(record["begun"]):
            return Trajectory(boxes[::-1], start - len(boxes) + 1)
        return Trajectory(boxes, start)

    def telemetry(self, tracker: str, sequence: str) -> dict[str, NDArray[Any]] | None:
        """Return what the tracker reported of itself, each (N - 1, ...); None where it or its N boxes are not kept.

        None too of a run that went back: its rows would not stand beside a trajectory, which goes forward.
        """
        attached, followed = self._attached(tracker, sequence, "telemetry"), self.trajectory(tracker, sequence)
        if attached is None or followed is None or is_backward(self._records[tracker, sequence, 0]["begun"]):
            return None
        return {name: values for name, values in attached[1].items() if values.shape[:1] == (len(followed.boxes) - 1,)}

    def latency(self, tracker: str) -> dict[str, Any] | None:
        """Return what `run_bench speed` measured last with a tracker's records: facts, ``sequences``, ``invalid``."""
        sessions: dict[str, dict[str, Any]] = {}
        for name, sequence, repeat in self._records:
            if name != tracker or repeat or (attached := self._attached(tracker, sequence, "latency")) is None:
                continue
            facts = {key: value for key, value in attached[0].items() if key not in ("key", "invalid")}
            written = self._attachment(tracker, sequence, "latency").stat().st_mtime
            one = sessions.setdefault(json.dumps(facts), {**facts, "sequences": [], "invalid": [], "written": written})
            one["sequences"].append(sequence)
            one["written"] = max(one["written"], written)
            if note := attached[0].get("invalid"):
                one["invalid"].append(note)
        return max(sessions.values(), key=lambda one: one["written"], default=None)

    def _attached(
        self, tracker: str, sequence: str, kind: str
    ) -> tuple[dict[str, Any], dict[str, NDArray[Any]]] | None:
        record = self._records.get((tracker, sequence, 0))
        content = read_arrays(self._attachment(tracker, sequence, kind)) if record else None
        return content if content and record and content[0].get("key") == record["key"] else None

    def _attachment(self, tracker: str, sequence: str, kind: str) -> Path:
        """Return where `benchmark.store.results` keeps what is attached to a record."""
        record = self._records[tracker, sequence, 0]
        key: str = record["key"]
        name = f"{slug(sequence)}.{record['start']}.{record['repeat']}.{kind}.npz"
        records: Path = self.folder.resolve().parent.parent / "records"
        return records / slug(self.manifest["dataset"]["name"]) / records_folder(tracker) / key[:12] / name


def join(runs: Sequence[Run]) -> tuple[RunScores, dict[str, tuple[int, str]]]:
    """Return all trackers' scores together, and of each its run and its name there; equal names get the run's id."""
    first = runs[0].scores
    trackers: dict[str, TrackerScores] = {}
    owner: dict[str, tuple[int, str]] = {}
    for index, run in enumerate(runs):
        for what in ("dataset", "coverage", "profile", "protocol", "jitter"):
            if getattr(run.scores, what) != getattr(first, what):
                raise InputError(
                    f"runs {first.run} and {run.scores.run} do not go on one page: {what} is "
                    f"{getattr(first, what)!r} there and {getattr(run.scores, what)!r} here"
                )
        for one in run.scores.trackers:
            name = one.name if one.name not in trackers else f"{one.name} ({run.scores.run})"
            trackers[name] = replace(one, name=name)
            owner[name] = (index, one.name)
    title = ", ".join(dict.fromkeys(run.scores.run for run in runs))
    return replace(first, run=title, trackers=tuple(trackers.values())), owner
