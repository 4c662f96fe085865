"""`Trajectories`, ours or imported, in any dialect."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmark.datasets.catalogue import is_plain, read_catalogue
from benchmark.interop.dialects import Dialect
from benchmark.interop.matlab import format_mat
from benchmark.interop.placing import place_files
from benchmark.interop.text import format_rows, format_times, read_rows, read_times
from benchmark.interop.trajectories import Trajectories, Trajectory
from benchmark.plurals import counted
from benchmark.protocols.start import is_backward
from benchmark.store.results import slug
from benchmark.store.truth import read_truth
from trackers.errors import InputError

__all__ = ["export_results", "run_trajectories"]


def export_results(every: Sequence[Trajectories], dialect: Dialect, folder: Path, *, origin: int = 1) -> list[Path]:
    """Write trackers' results below `folder` as the dialect lays them out, all or none; return the files of boxes.

    `origin` is the number of the first pixel in the files, 1 or 0. Raises InputError where two sequences would share a
    file, and where the disk does not take them.
    """
    written: dict[Path, Trajectory] = {}
    for results in every:
        spellings = dialect.names if results.dataset in read_catalogue("otb").sets else {}
        for name, one in results.by_sequence.items():
            file = Path(dialect.boxes_file(slug(results.tracker), _file_name(spellings.get(name, name))))
            if file in written:
                raise InputError(f"{name!r} and {written[file].sequence!r} are one file in {dialect.name}: {file}")
            written[file] = one
    untimed = [dialect.times_file(file) for file, one in written.items() if one.times is None]
    place_files(folder, _contents(written, dialect, origin), "--out")
    for times in filter(None, untimed):
        (folder / times).unlink(missing_ok=True)  # an earlier export's, of other boxes
    return [folder / file for file in written]


def _contents(every: dict[Path, Trajectory], dialect: Dialect, origin: int) -> Iterator[tuple[Path, bytes]]:
    for file, one in every.items():
        rows = one.boxes + np.array([1.0, 1.0, 0.0, 0.0]) * origin
        if dialect.name == "otb-mat":
            yield file, format_mat(rows, one.start)
        else:
            yield file, format_rows(rows, dialect.delimiter, dialect.first).encode()
        times = dialect.times_file(file)
        if times and one.times is not None:
            yield times, format_times(one.times).encode()


def _file_name(sequence: str) -> str:
    """Return a sequence's name, or what is safe as a file's where it is not."""
    return sequence if is_plain(sequence) and sequence.isprintable() and len(sequence) <= 100 else slug(sequence)


def run_trajectories(run: Path, manifest: Mapping[str, Any]) -> list[Trajectories]:
    """Return the results of a run's folder, tracker by tracker, from its ``boxes/`` and its manifest, which is sound.

    Times are those in ``boxes/<tracker>/times/<sequence>_time.txt``. InputError where boxes are missing or too few.
    """
    truth = read_truth(run)
    found: dict[str, dict[str, Trajectory]] = {}
    for record in manifest["records"]:
        tracker, name, begun = record["tracker"], record["sequence"], record.get("begun", "ope")
        if record["status"] != "done" or record["repeat"] or name in found.get(tracker, {}):
            continue  # text of one pass: of repeats the first, of TRE and SRE the first start
        folder = run / "boxes" / slug(tracker) / ("" if begun == "ope" else slug(str(begun)))
        file = folder / f"{slug(name)}.txt"
        boxes = read_rows(file) - np.array([1.0, 1.0, 0.0, 0.0])
        known = truth.annotations.get(name) if truth else None
        goes_back = is_backward(str(begun))
        last = record["start"] if goes_back else len(known) - 1 - record["start"] if known else len(boxes) - 1
        if len(boxes) != last + 1 or not len(boxes):
            raise InputError(
                f"{file}: {counted(len(boxes), 'box', 'boxes')} of {name}, where its run has {last + 1}:"
                " run the same command again"
            )
        timed = folder / "times" / f"{file.stem}_time.txt"
        times = read_times(timed, len(boxes)) if timed.is_file() else None
        found.setdefault(tracker, {})[name] = Trajectory(name, boxes, record["start"], times)
    if not found:
        raise InputError(f"{run}: no finished trajectory to export")
    return [Trajectories(name, manifest["dataset"]["name"], "run", str(run), one) for name, one in found.items()]
