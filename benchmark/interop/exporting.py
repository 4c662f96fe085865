"""`Trajectories`, ours or imported, in any dialect."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from benchmark.interop.dialects import Dialect
from benchmark.interop.matlab import write_mat
from benchmark.interop.text import format_rows, format_times, read_rows, read_times
from benchmark.interop.trajectories import Trajectories, Trajectory
from benchmark.store.results import slug
from trackers.errors import InputError

__all__ = ["export_results", "run_trajectories"]


def export_results(results: Trajectories, dialect: Dialect, folder: Path, *, origin: int = 1) -> list[Path]:
    """Write one tracker's results below `folder` as the dialect lays them out; return the files of boxes.

    `origin` is the number of the first pixel in the files, 1 or 0.
    """
    tracker = slug(results.tracker)
    written = []
    for name, one in results.by_sequence.items():
        rows = one.boxes + np.array([1.0, 1.0, 0.0, 0.0]) * origin
        file = folder / dialect.boxes_file(tracker, name)
        file.parent.mkdir(parents=True, exist_ok=True)
        if dialect.name == "otb-mat":
            write_mat(file, rows, one.start)
        else:
            file.write_text(format_rows(rows, dialect.delimiter, dialect.first), "utf-8")
        times = dialect.times_file(tracker, name)
        if times and one.times is not None:
            (folder / times).parent.mkdir(parents=True, exist_ok=True)
            (folder / times).write_text(format_times(one.times), "utf-8")
        written.append(file)
    return written


def run_trajectories(run: Path, manifest: dict[str, object]) -> list[Trajectories]:
    """Return the results of a run's folder, tracker by tracker, from its ``boxes/`` and its manifest.

    Times are taken from ``boxes/<tracker>/times/<sequence>_time.txt`` where a run has them.
    """
    records = manifest.get("records")
    dataset = manifest.get("dataset")
    if not isinstance(records, list) or not isinstance(dataset, dict):
        raise InputError(f"{run / 'manifest.json'}: no manifest of a run: 'records' or 'dataset' is missing")
    found: dict[str, dict[str, Trajectory]] = {}
    for record in records:
        tracker, name = record["tracker"], record["sequence"]
        if record["status"] != "done" or record["repeat"] or name in found.get(tracker, {}):
            continue  # text of one pass: of repeats the first, of TRE and SRE the first start
        file = run / "boxes" / slug(tracker) / f"{slug(name)}.txt"
        boxes = read_rows(file) - np.array([1.0, 1.0, 0.0, 0.0])
        timed = file.parent / "times" / f"{file.stem}_time.txt"
        times = read_times(timed, len(boxes)) if timed.is_file() else None
        found.setdefault(tracker, {})[name] = Trajectory(name, boxes, int(record["start"]), times)
    if not found:
        raise InputError(f"{run}: no finished trajectory to export")
    return [Trajectories(name, str(dataset["name"]), "run", str(run), one) for name, one in found.items()]
