"""Other toolkits' result files become `Trajectories`; a file that cannot be what it should be is refused by name."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmark.datasets.sequence import Annotation
from benchmark.interop.dialects import Dialect
from benchmark.interop.ground_truth import Length, lengths
from benchmark.interop.matlab import read_mat
from benchmark.interop.names import Names
from benchmark.interop.suspicions import suspicions, where_it_fits
from benchmark.interop.text import read_rows, read_times
from benchmark.interop.trajectories import Trajectories, Trajectory
from benchmark.metrics.alignment import infer_start
from trackers.errors import InputError

__all__ = ["import_results"]

Values = NDArray[np.float64]
NOT_BOXES = ("_time", "_scores", "_confidence", "_all_boxes")
"""How the names of texts end that toolkits write beside those of boxes."""


def import_results(
    path: Path,
    dialect: Dialect,
    tracker: str,
    dataset: str,
    annotations: Mapping[str, Annotation],
    *,
    names: Names | None = None,
    targets: Collection[str] | None = None,
    origin: int = 1,
    keep_going: bool = False,
) -> tuple[Trajectories, list[str]]:
    """Return the results in a tracker's folder, or single file, and the errors of files that were left out.

    Args:
        path: The tracker's own folder as the dialect lays it out (got10k: ``results/OTB2015/<tracker>``), or one file.
        dialect: How to read it.
        tracker: What to call it.
        dataset: The dataset's name.
        annotations: Ground truth of as many of its sequences as there is; the others' lengths are OTB's catalogue's.
        names: The spellings of sequences; None for the annotations' names and OTB's catalogue.
        targets: The dataset's sequences, where others are to be left out.
        origin: The number of the first pixel in the files, 1 or 0.
        keep_going: Whether to leave out bad files; else the first raises InputError, with the number of others.
    """
    spellings = names or Names(annotations)
    known = lengths(annotations)
    found: dict[str, Trajectory] = {}
    remarks, errors, others = [], [], 0
    for file, stem in _files(path, dialect, tracker):
        name = spellings.find(stem)
        if name is None or name not in known:
            remarks.append(f"left out {file.name}: no sequence is called so")
            continue
        if targets is not None and name not in targets:
            others += 1
            continue
        if name in found:
            raise InputError(f"{file}: a second file about {name}; which one is meant?")
        try:
            found[name] = _read(file, dialect, name, annotations.get(name), known[name], origin)
        except InputError as error:
            errors.append(str(error))
    if others:
        remarks.append(f"left out {others} files about sequences that are not in {dataset}")
    if errors and not keep_going:
        more = f" ({len(errors) - 1} more such file{'s' if len(errors) > 2 else ''})" if len(errors) > 1 else ""
        raise InputError(errors[0] + more)
    if not found:
        raise InputError(errors[0] if errors else f"{path}: no result of {dataset} in the {dialect.name} dialect found")
    remarks += suspicions(found, annotations)
    return Trajectories(tracker, dataset, dialect.name, str(path), found, tuple(remarks)), errors


def _files(path: Path, dialect: Dialect, tracker: str) -> Iterator[tuple[Path, str]]:
    """Yield the dialect's box files in a tracker's folder, each with what it says of its sequence.

    In a folder of several trackers' .mat files only those that end in the tracker's name are its own.
    """
    if path.is_file():
        yield path, path.stem.removesuffix("_001") if dialect.first != "box" else path.stem
        return
    if not path.is_dir():
        raise InputError(f"{path}: no such file or folder")
    inside = dialect.boxes.partition("/")[2] or dialect.boxes  # below the tracker's folder
    pattern = inside.format(tracker="*", sequence="*")
    files = sorted(path.glob(pattern)) or sorted(path.glob(pattern.partition("/")[2] or pattern))
    own = [
        file for file in files if dialect.name == "otb-mat" and file.stem.casefold().endswith(f"_{tracker}".casefold())
    ]
    for file in own or files:
        if not file.stem.endswith(NOT_BOXES) and file.is_file():
            yield file, file.parent.name if dialect.first != "box" else file.stem


def _read(file: Path, dialect: Dialect, name: str, truth: Annotation | None, length: Length, origin: int) -> Trajectory:
    shift = np.array([1.0, 1.0, 0.0, 0.0]) * origin
    boxes = _rows(file, dialect, truth, length, shift) - shift
    if not np.isfinite(boxes).any():
        raise InputError(f"{file}: holds no box")
    start = _start(file, boxes, name, truth, length)
    times_file = _times_file(file, dialect)
    times = read_times(times_file, len(boxes)) if times_file and times_file.is_file() else None
    return Trajectory(name, boxes, start, times)


def _rows(file: Path, dialect: Dialect, truth: Annotation | None, length: Length, shift: Values) -> Values:
    if dialect.name == "otb-mat":
        return read_mat(file)
    if dialect.first == "box":
        return read_rows(file)
    return _vot_rows(file, truth, length, shift)


def _vot_rows(file: Path, truth: Annotation | None, length: Length, shift: Values) -> Values:
    """Return the rows of a VOT trajectory: a first line of "1" stands for the ground truth's box."""
    try:
        lines = file.read_text("utf-8", errors="replace").split()
    except OSError as error:
        raise InputError(f"{file}: cannot be read ({error.strerror})") from error
    codes = [line for line in lines[1:] if "," not in line]
    if codes:
        failures = codes.count("2")
        raise InputError(
            f"{file}: a run with restarts ({failures} failures, {len(codes)} frames without a box): "
            "only an unsupervised experiment is one pass"
        )
    if not lines or lines[0] != "1":
        raise InputError(f"{file}: begins with {lines[0] if lines else 'nothing'!r} where a VOT trajectory has 1")
    if truth is None:
        raise InputError(f"{file}: its first box is the ground truth's, which is not here; give --ground-truth")
    start = length.start if len(lines) == length.frames - length.start else 0
    try:
        rest = [[float(value) for value in line.split(",")] for line in lines[1:]]
        return np.array([(truth.boxes[start] + shift).tolist(), *rest]).reshape(-1, 4)
    except ValueError:
        raise InputError(f"{file}: holds regions other than x,y,w,h rectangles") from None


def _start(file: Path, boxes: Values, name: str, truth: Annotation | None, length: Length) -> int:
    """Return the index of the frame that the boxes begin at, by their number."""
    if truth is not None:
        try:
            return infer_start(len(boxes), truth)
        except InputError as error:
            raise InputError(f"{file}: {error}{where_it_fits(boxes, truth)}") from None
    for start in (0, length.start):
        if len(boxes) in (length.frames - start, length.frames - start - 1):  # whether the last is invalid is not known
            return start
    raise InputError(f"{file}: {name}: {len(boxes)} boxes where the sequence has {length.frames} frames")


def _times_file(file: Path, dialect: Dialect) -> Path | None:
    """Return where the times of a box file would be."""
    if dialect.name == "got10k":
        return file.parent / "times" / f"{file.stem}_time.txt"
    if dialect.name == "vot":
        return file.with_name(f"{file.stem}_time.value")
    return file.with_name(f"{file.stem}_time.txt") if dialect.times else None
