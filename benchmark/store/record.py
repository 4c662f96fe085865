"""One trajectory on disk: a tracker's boxes on one sequence, with how it ended. One atomic ``.npz`` file each."""

from __future__ import annotations

import io
import json
import math
import os
import re
import secrets
import zipfile
from dataclasses import asdict, dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from benchmark.documents import parse_json
from benchmark.shapes import check
from trackers.errors import advised, first_line

SCHEMA = 1
PART = ".part"
"""End of the names of files that are being written; a killed process leaves one behind."""
LONGEST_REASON = 500
"""Characters: what an exception says may hold an array."""
Status = Literal["done", "failed", "timeout"]
LARGEST = 2**30
"""Bytes of all arrays of one file; the largest record of telemetry, of 4,000 frames, has 40 million."""
MANY = 1000
"""Arrays of one file."""
_MAGIC = np.lib.format.magic(1, 0)


@dataclass(frozen=True)
class Record:
    """What one tracker did on one sequence from one start."""

    key: str
    """sha256 of everything the boxes depend on (`benchmark.store.keys`)."""
    dataset: str
    tracker: str
    sequence: str
    start: int
    """Index of the frame of row 0 in the sequence's ground truth."""
    repeat: int
    status: Status
    boxes: NDArray[np.float64] = field(repr=False)
    """(M, 4) 0-based x, y, w, h; row 0 is the box given; fewer rows than frames where the run failed; NaN where nothing
    was asked."""
    scores: NDArray[np.float64] = field(repr=False)
    """(M,) in [0, 1]."""
    seconds: float = 0.0
    """Time inside the tracker, its lane's share."""
    lanes: int = 1
    """How many lanes ran side by side."""
    error: str = ""
    """Traceback of a failed run."""
    begun: str = "ope"
    """Name of the protocol's start (`benchmark.protocols.Start`)."""
    times: NDArray[np.float64] = field(default_factory=lambda: np.empty(0), repr=False)
    """(M,) seconds a frame, which sum to `seconds`; empty where they were not kept."""
    frames: int = 0
    """How many frames were read, the first included."""
    content: str = ""
    """What these held (`benchmark.datasets.content.fold`)."""
    busy_cores: float | None = None
    """Cores that other processes kept busy meanwhile; None where that is not known."""
    cores: int = 0
    """Of how many; 0 likewise."""
    codes: NDArray[np.int8] = field(default_factory=lambda: np.empty(0, np.int8), repr=False)
    """(M,) `benchmark.metrics.vot.Code` of a run with restarts; else empty."""
    remarks: str = ""
    """What the tracker left behind in the process that it ran in, in words."""

    @property
    def reason(self) -> str:
        """What the error says, in one line."""
        return reason_of(self.error)


def reason_of(error: str) -> str:
    """Return what a traceback, or a plain text, says in one line; "" of "".

    An exception's text may have several lines, as torch's have, of which the first says what is wrong. It stands after
    the last frame of the traceback, and is the first that is not indented.
    """
    lines = error.strip().splitlines()
    frames = [index for index, line in enumerate(lines) if line.startswith("  File ")]
    after = lines[frames[-1] + 1 if frames else 0 :]
    said = [line for line in after if line.strip() and not line.startswith((" ", "Traceback"))]
    line = first_line(after[after.index(said[0]) :] if said else lines)
    return advised(re.sub(r"^(\w+\.)+(?=\w+(:|$))", "", line)[:LONGEST_REASON])


def write_record(path: Path, record: Record) -> None:
    """Write the record so that a reader sees all of it or none."""
    facts = asdict(record)
    arrays = {name: facts.pop(name) for name in ("boxes", "scores", "times", "codes")}
    if not len(record.codes):
        del arrays["codes"]
    write_arrays(path, {"schema": SCHEMA, **facts}, arrays, deflate=False)  # of their digits a tenth would be saved


def read_record(path: Path, key: str) -> Record | None:
    """Return the record kept there under that key; None where it is missing, damaged, or of another key or schema."""
    if (content := read_arrays(path)) is None:
        return None
    facts, arrays = content
    if facts.pop("schema", None) != SCHEMA or facts.get("key") != key:
        return None
    try:
        times, codes = arrays.get("times", np.empty(0)), arrays.get("codes", np.empty(0, np.int8))
        record = Record(**facts, boxes=arrays["boxes"], scores=arrays["scores"], times=times, codes=codes)
        check(record, Record)
    except (KeyError, TypeError, ValueError):
        return None
    rows = len(record.boxes)
    shapes = record.boxes.shape == (rows, 4) and record.scores.shape == (rows,)
    shapes &= record.times.shape in ((rows,), (0,)) and record.codes.shape in ((rows,), (0,))
    kinds = all(values.dtype == np.float64 for values in (record.boxes, record.scores, record.times))
    kinds &= record.codes.dtype == np.int8
    return record if shapes and kinds and record.start >= 0 <= record.repeat else None


def write_arrays(path: Path, facts: dict[str, Any], arrays: dict[str, NDArray[Any]], *, deflate: bool = True) -> None:
    """Write plain facts and arrays as one ``.npz``, atomically."""
    content = io.BytesIO()
    save = np.savez_compressed if deflate else np.savez
    save(content, facts=np.array(json.dumps(facts, allow_nan=False)), **arrays)  # type: ignore[arg-type]
    write_whole(path, content.getvalue())


def write_whole(path: Path, content: bytes) -> None:
    """Write a file so that a reader, or a process killed at any moment, sees the old one or the new one."""
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}{PART}")
    try:
        for again in (True, False):
            try:
                path.parent.mkdir(parents=True, exist_ok=True)
                file = part.open("xb")
                break
            except FileNotFoundError:  # the folder was empty a moment ago, and cleaned away
                if not again:
                    raise
        with file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def read_arrays(path: Path) -> tuple[dict[str, Any], dict[str, NDArray[Any]]] | None:
    """Return what `write_arrays` wrote; None where the file is missing or damaged, or larger than one may be.

    What is read takes no more memory than `LARGEST`, whatever the file claims: arrays are of plain numbers, stored or
    deflated, and every size is known to be true before room is made for it.
    """
    try:
        with path.open("rb") as file, zipfile.ZipFile(file) as archive:
            members = archive.infolist()
            if sum(one.file_size for one in members) > LARGEST or len(members) > MANY:
                return None
            arrays = {one.filename.removesuffix(".npy"): _read_array(archive, one) for one in members}
        facts = parse_json(str(arrays.pop("facts")))
    except Exception:  # damaged bytes raise many kinds, zlib.error among them
        return None
    return (facts, arrays) if isinstance(facts, dict) and len(arrays) + 1 == len(members) else None


def _read_array(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> NDArray[Any]:
    """Return one array; ValueError where header and size do not agree, or it holds anything but plain values."""
    if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise ValueError("packed in another way")
    data = archive.read(member)
    begin = len(_MAGIC) + 2 + int.from_bytes(data[len(_MAGIC) : len(_MAGIC) + 2], "little")
    shape, fortran, dtype = _read_header(data[:begin])
    if dtype.kind not in "biufU" or math.prod(shape) * dtype.itemsize != len(data) - begin:
        raise ValueError("not as long as its header says")
    return np.ndarray(shape, dtype, data, begin, order="F" if fortran else "C").copy(order="K")


@lru_cache(maxsize=1024)
def _read_header(header: bytes) -> tuple[tuple[int, ...], bool, np.dtype[Any]]:
    """Return shape, order and kind; ValueError where it is no header. A sequence's records have the same ones."""
    if not header.startswith(_MAGIC):
        raise ValueError("another version of the format")
    return np.lib.format.read_array_header_1_0(io.BytesIO(header[len(_MAGIC) :]))
