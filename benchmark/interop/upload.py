"""Archives for the servers that keep a benchmark's ground truth: GOT-10k's test set and TrackingNet's.

GOT-10k: ``<seq>/<seq>_001.txt`` (``_002``, ``_003`` for repeats; x,y,w,h with commas, one row a frame, the first the
box that was given) and ``<seq>/<seq>_time.txt`` (seconds, one row a frame, a column a repeat). TrackingNet:
``<seq>.txt`` alone, flat. Both in the files' own 0-based pixels, of every sequence. The servers are slow, and silent on
errors: what is written is read back by `check_archive`, which takes nothing else.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmark.datasets.sequence import Annotation
from benchmark.interop.archive import Archive
from benchmark.interop.placing import part_of, writes
from benchmark.plurals import counted
from benchmark.store.record import Record
from trackers.errors import InputError

__all__ = ["SERVERS", "Server", "check_archive", "write_archive"]

Values = NDArray[np.float64]
NEAR = 0.006
"""Pixels: how far a first row may lie from the box that was given, for its digits."""


@dataclass(frozen=True)
class Server:
    """Who scores a benchmark whose ground truth is secret, and what it takes."""

    title: str
    address: str
    folders: bool
    """Whether every sequence has a folder, with its times."""
    digits: int
    repeats: int
    """The most runs of a sequence."""

    def boxes(self, sequence: str, repeat: int) -> str:
        """Return the name of a sequence's boxes in the archive."""
        return f"{sequence}/{sequence}_{repeat + 1:03d}.txt" if self.folders else f"{sequence}.txt"

    def times(self, sequence: str) -> str:
        """Return the name of a sequence's times; "" where there are none."""
        return f"{sequence}/{sequence}_time.txt" if self.folders else ""


SERVERS = {
    "got10k": Server("GOT-10k", "http://got-10k.aitestunion.com/submit_instructions", True, 3, 3),
    "trackingnet": Server("TrackingNet", "https://eval.ai/web/challenges/challenge-page/1805", False, 2, 1),
}
"""By what `benchmark.datasets.base.Dataset.upload` says."""


def write_archive(file: Path, server: Server, truth: Mapping[str, Annotation], records: Sequence[Record]) -> int:
    """Write one tracker's records as the server's archive, read it back, and return how many boxes were made usable.

    A box that is no rectangle, which a server would refuse, becomes the one before it. Raises InputError where a
    sequence of `truth` was not followed to its end, and where the disk does not take the archive.
    """
    runs = _runs(server, truth, records)
    mended, contents = 0, []
    for name, own in runs.items():
        for repeat, record in enumerate(own):
            rows, count = _usable(record.boxes + np.array([1.0, 1.0, 0.0, 0.0]) * truth[name].origin)
            mended += count
            contents.append((server.boxes(name, repeat), _text(rows, server.digits)))
        if server.folders:
            contents.append((server.times(name), _text(np.stack([_times(one) for one in own], axis=1), 8)))
    part = part_of(file)
    with writes(file, "--results"):
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as archive:
                for path, text in contents:
                    archive.writestr(path, text)
            check_archive(part, server, truth)
            part.replace(file)
        finally:
            part.unlink(missing_ok=True)
    return mended


def check_archive(file: Path, server: Server, truth: Mapping[str, Annotation]) -> None:
    """Raise InputError, one line, for the first thing in an archive that its server would refuse or score as nothing.

    `truth` has every sequence of the set: its length and its first box.
    """
    with file.open("rb") as opened:
        archive = Archive(file, opened)
        names = set(archive.names)
        for name, annotation in truth.items():
            repeats = next((r for r in range(server.repeats) if server.boxes(name, r) not in names), server.repeats)
            if not repeats:
                raise archive.refused(f"{server.boxes(name, 0)} is missing")
            first = annotation.boxes[0] + np.array([1.0, 1.0, 0.0, 0.0]) * annotation.origin
            for repeat in range(repeats):
                path = server.boxes(name, repeat)
                rows = _rows(archive, path, len(annotation), 4)
                if np.abs(rows[0] - first).max() > NEAR:
                    raise archive.refused(f"{path} does not begin with the box that was given")
                if (rows[:, 2:] <= 0).any():
                    raise archive.refused(f"{path} has a box without a size")
                names.discard(path)
            if server.folders:
                if (_rows(archive, server.times(name), len(annotation), repeats) < 0).any():
                    raise archive.refused(f"{server.times(name)} has a time below 0")
                names.discard(server.times(name))
        if names:
            raise archive.refused(f"{min(names)} is no file of a submission")


def _rows(archive: Archive, name: str, rows: int, columns: int) -> Values:
    """Return the numbers of a file: so many rows, each of so many values between commas, and nothing else."""
    if name not in archive.names:
        raise archive.refused(f"{name} is missing")
    try:
        text = b"".join(archive.chunks(name)).decode("ascii")
    except UnicodeDecodeError:
        raise archive.refused(f"{name} is no text of numbers") from None
    lines = text.split("\n")
    if lines.pop():
        raise archive.refused(f"{name} does not end with a line")
    if len(lines) != rows:
        raise archive.refused(f"{name} has {counted(len(lines), 'row')} for {counted(rows, 'frame')}")
    found = np.empty((rows, columns))
    for index, line in enumerate(lines):
        values = line.split(",")
        if len(values) != columns or not all(_plain(value) for value in values):
            raise archive.refused(f"{name}, line {index + 1}: {line[:60]!r} is not {columns} numbers between commas")
        found[index] = [float(value) for value in values]
    return found


def _plain(value: str) -> bool:
    whole, point, fraction = value.removeprefix("-").partition(".")
    return whole.isdecimal() and (fraction.isdecimal() or not point)


def _runs(server: Server, truth: Mapping[str, Annotation], records: Sequence[Record]) -> dict[str, list[Record]]:
    """Return every sequence's finished records by their repeat."""
    found: dict[str, list[Record]] = {name: [] for name in truth}
    for record in sorted(records, key=lambda one: one.repeat):
        if record.sequence in found and record.status == "done" and record.repeat < server.repeats:
            found[record.sequence].append(record)
    for name, own in found.items():
        if not own or any(len(record.boxes) != len(truth[name]) for record in own):
            lacking = sum(not one for one in found.values()) or 1
            others = f" and {counted(lacking - 1, 'other')}" if lacking > 1 else ""
            raise InputError(
                f"no archive for {server.title}'s server: it takes all {len(truth)} sequences, and {name}{others}"
                " was not followed to the end"
            )
    return found


def _usable(boxes: Values) -> tuple[Values, int]:
    """Return (N, 4) boxes with each unusable one replaced by the one before it, and how many these are."""
    bad = np.flatnonzero(~np.isfinite(boxes).all(axis=1) | (np.round(boxes[:, 2:], 2) <= 0).any(axis=1))
    bad = bad[bad > 0]
    order = np.arange(len(boxes))
    order[bad] = 0
    return boxes[np.maximum.accumulate(order)], len(bad)


def _times(record: Record) -> Values:
    """Return the (N,) seconds a frame; where single ones were not kept, the average of them all."""
    count = len(record.boxes)
    return record.times if len(record.times) == count else np.full(count, record.seconds / count)


def _text(rows: Values, digits: int) -> str:
    return "".join(_lines(rows, digits))


def _lines(rows: Values, digits: int) -> Iterator[str]:
    for row in rows.tolist():
        yield ",".join(f"{value:.{digits}f}" for value in row) + "\n"
