"""Cleaning a results folder: records that the newest runs do not use, and what killed processes left behind.

Several runs may write the folder meanwhile. What they need is spared: the records of every run that has begun within a
day (its plan names them before the first frame, and is touched with every record kept), and every file that was written
or used within the hour.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from benchmark.store.naming import is_id
from benchmark.store.record import PART
from benchmark.store.results import Results
from benchmark.store.runs import Run, read_runs, record_files, record_of, run_folders
from trackers.errors import InputError

HOUR = 3600.0


@dataclass(frozen=True)
class Removed:
    """Something that was removed, or would be."""

    path: Path
    kind: str
    """``record``, ``orphan`` (attached to a record that is gone), ``part file`` (or folder) or ``empty run``."""
    size: int
    """Bytes."""


def clean(results: Results, keep: int, dry_run: bool = False) -> list[Removed]:
    """Remove what the newest `keep` runs do not use, and say what it was; with `dry_run` say it only.

    Runs' own folders stay, except where nothing was written into one. Nothing outside ``records/`` and ``runs/`` is
    touched but part files. InputError where a run to be kept cannot be read: what it uses is not known.
    """
    began = time.time()
    used = frozenset[Path]().union(*(run.records for run in _kept(results, keep, began)))
    removed = []
    for one in list(_unused(results, used)):
        if began - max(_modified(one.path), _modified(record_of(one.path))) < HOUR:
            continue
        with suppress(FileNotFoundError):  # another cleaning was faster
            if not dry_run:
                _remove(one)
            removed.append(one)
    if not dry_run:
        for folder in sorted({one.path.parent for one in removed if one.kind in ("record", "orphan")}):
            _remove_empty(folder, results.folder / "records")
    return removed


def _kept(results: Results, keep: int, now: float) -> list[Run]:
    """Return the newest runs, cut-off ones among them, and all that may still be running.

    The one that ``latest`` names is among them: by its name it is not the newest where the clock was set back.
    """
    runs, damaged = read_runs(results)
    for folder, reason in damaged.items():
        raise InputError(f"what {folder} uses is not known, so nothing is removed ({reason}), or remove that folder")
    latest = results.pointer()
    return runs[:keep] + [run for run in runs[keep:] if run.may_go_on(now) or run.id == latest]


def _unused(results: Results, used: frozenset[Path]) -> Iterator[Removed]:
    for file in record_files(results):
        record = record_of(file)
        if record != file and not record.exists():
            yield Removed(file, "orphan", _size(file))
        elif record not in used:
            yield Removed(file, "record", _size(file))
    parts = [results.folder.glob(f".*{PART}")]
    parts += [(results.folder / inner).rglob(f".*{PART}") for inner in ("records", "runs", "frames", "imports")]
    for file in chain.from_iterable(parts):
        yield Removed(file, "part file", _size(file))
    for folder in run_folders(results):
        if is_id(folder.name) and not folder.is_symlink() and folder.is_dir() and not any(folder.iterdir()):
            yield Removed(folder, "empty run", 0)


def _remove(one: Removed) -> None:
    if one.kind == "empty run":
        with suppress(OSError):  # something is in it by now
            os.rmdir(one.path)
    elif one.path.is_dir() and not one.path.is_symlink():
        shutil.rmtree(one.path)
    else:
        one.path.unlink()


def _size(file: Path) -> int:
    with suppress(FileNotFoundError):
        return file.lstat().st_size
    return 0


def _modified(file: Path) -> float:
    with suppress(FileNotFoundError):
        return file.lstat().st_mtime
    return 0.0


def _remove_empty(folder: Path, top: Path) -> None:
    """Remove a folder and those above it, below `top`, as far as they are empty."""
    while folder != top:
        try:
            os.rmdir(folder)
        except OSError:  # not empty, or gone
            return
        folder = folder.parent
