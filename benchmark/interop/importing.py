"""Other toolkits' result files become `Trajectories`; a file that cannot be what it should be is refused by name."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmark.datasets.box_text import number
from benchmark.datasets.sequence import Annotation
from benchmark.interop.dialects import Dialect
from benchmark.interop.ground_truth import Length, lengths
from benchmark.interop.layout import a_few, lay_out
from benchmark.interop.matlab import read_mats
from benchmark.interop.names import Names
from benchmark.interop.suspicions import suspicions, where_it_fits
from benchmark.interop.text import read_rows, read_text, read_times
from benchmark.interop.trajectories import Trajectories, Trajectory
from benchmark.metrics.alignment import infer_start
from benchmark.plurals import counted
from trackers.errors import InputError

__all__ = ["import_results"]

Values = NDArray[np.float64]


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
        annotations: Ground truth of as many of its sequences as there is; the others' lengths are its catalogue's.
        names: The spellings of sequences; None for the annotations' names and OTB's catalogue.
        targets: The dataset's sequences, where others are to be left out.
        origin: The number of the first pixel in the files, 1 or 0.
        keep_going: Whether to leave out bad files; else the first raises InputError, with the number of others.
    """
    known = lengths(annotations, dataset)
    wanted = known.keys() if targets is None else set(targets)
    layout = lay_out(path, dialect, tracker, names or Names(annotations), wanted)
    found: dict[str, Trajectory] = {}
    remarks, errors = layout.remarks, []
    if strangers := layout.strangers:
        remarks.append(f"left out {counted(len(strangers), 'file')} about no sequence of {dataset}: {a_few(strangers)}")
    mats = read_mats([files[0] for files in layout.boxes.values()]) if dialect.name == "otb-mat" else {}
    for name, (file, *others) in layout.boxes.items():
        try:
            if others:
                raise InputError(f"{others[0]}: a second file about {name}, beside {file.name!r}; which one is meant?")
            if name not in known:
                raise InputError(
                    f"{file}: nothing here says how long {name} is: name the dataset's folder with --data-root,"
                    " or its ground truth with --ground-truth"
                )
            shift = np.array([1.0, 1.0, 0.0, 0.0]) * origin
            rows = mats[file] if file in mats else _rows(file, dialect, annotations.get(name), known[name], shift)
            if isinstance(rows, InputError):
                raise rows
            if known[name].cut and len(rows) > known[name].frames:
                beyond = counted(len(rows) - known[name].frames, "box", "boxes")
                remarks.append(f"left out {beyond} of {name} beyond its annotated frames")
                rows = rows[: known[name].frames]
            found[name] = _trajectory(file, dialect, name, rows - shift, annotations.get(name), known[name])
        except InputError as error:
            errors.append(str(error))
    if errors and not keep_going:
        more = f" ({counted(len(errors) - 1, 'more such file')})" if len(errors) > 1 else ""
        raise InputError(errors[0] + more)
    if not found:
        none = f"{path}: no result of {dataset} in the {dialect.name} dialect found"
        raise InputError(errors[0] if errors else none + (f" ({'; '.join(remarks)})" if remarks else ""))
    remarks += suspicions(found, annotations)
    return Trajectories(tracker, dataset, dialect.name, str(path), found, tuple(remarks)), errors


def _trajectory(
    file: Path, dialect: Dialect, name: str, boxes: Values, truth: Annotation | None, length: Length
) -> Trajectory:
    if not np.isfinite(boxes).any():
        raise InputError(f"{file}: holds no box")
    start = _start(file, boxes, name, truth, length)
    times_file = dialect.times_file(file)
    timed = times_file is not None and times_file.is_file()
    times = read_times(times_file, len(boxes), repeats=bool(dialect.repeats)) if times_file and timed else None
    return Trajectory(name, boxes, start, times)


def _rows(file: Path, dialect: Dialect, truth: Annotation | None, length: Length, shift: Values) -> Values:
    """Return the rows of a text, in its own convention."""
    return read_rows(file) if dialect.first == "box" else _vot_rows(file, truth, length, shift)


def _vot_rows(file: Path, truth: Annotation | None, length: Length, shift: Values) -> Values:
    """Return the rows of a VOT trajectory: a first line of "1" stands for the ground truth's box."""
    lines = [line.strip() for line in read_text(file).rstrip().split("\n")]
    codes = [line for line in lines[1:] if "," not in line]
    if codes:
        failures = codes.count("2")
        raise InputError(
            f"{file}: a run with restarts ({counted(failures, 'failure')}, {counted(len(codes), 'frame')} without a"
            " box): only an unsupervised experiment is one pass"
        )
    if lines[0] != "1":
        raise InputError(f"{file}: begins with {lines[0][:40] or 'nothing'!r} where a VOT trajectory has 1")
    if truth is None:
        raise InputError(f"{file}: its first box is the ground truth's, which is not here; give --ground-truth")
    start = length.start if len(lines) == length.frames - length.start else 0
    try:
        rest = [[number(value) for value in line.split(",")] for line in lines[1:]]
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
    many = counted(len(boxes), "box", "boxes")
    raise InputError(f"{file}: {name}: {many} where the sequence has {counted(length.frames, 'frame')}")
