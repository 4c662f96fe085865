"""What is in a results folder: its runs, which records each of them uses, and how much room everything takes."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from benchmark.store.reading import read_overview
from benchmark.store.results import MANIFEST, PLAN, Results, records_folder
from trackers.errors import InputError

DAY = 24 * 3600.0
_NAME = re.compile(r"([^.].*\.\d+\.\d+)(?:\.[A-Za-z][\w-]*)?\.npz")


@dataclass(frozen=True)
class Run:
    """One run, finished or not."""

    id: str
    folder: Path
    finished: bool
    """False while it runs, and for good where it was cut off."""
    coverage: str
    """Dataset and how much of it, in words."""
    trackers: tuple[str, ...]
    failures: int
    """Trajectories that failed or took too long."""
    records: frozenset[Path] = field(repr=False)
    """The files of the records that it uses, there or not."""
    size: int
    """Bytes of its own folder."""
    touched: float
    """When its plan or manifest was last written, in seconds since 1970."""

    def kept(self) -> int:
        """Return how many of its records are there."""
        return sum(file.is_file() for file in self.records)

    def may_go_on(self, now: float) -> bool:
        """Whether it has not ended and gave a sign of life within the day before `now` (seconds since 1970)."""
        return not self.finished and now - self.touched < DAY

    @property
    def date(self) -> str:
        """When it began, UTC: ``2026-03-01 17:05``; "" where the folder was named by hand."""
        try:
            return f"{datetime.strptime(self.id[:15], '%Y%m%dT%H%M%S'):%Y-%m-%d %H:%M}"
        except ValueError:
            return ""


@dataclass(frozen=True)
class Stock:
    """The records of one tracker on one dataset."""

    dataset: str
    """As its folder is called."""
    tracker: str
    """By name; as its folder is called where no run knows it."""
    records: int
    size: int
    """Bytes, attachments included."""
    unused: int
    """Records that no run in the folder uses."""


def read_runs(results: Results) -> tuple[list[Run], dict[Path, str]]:
    """Return all runs, the newest first, and what is wrong with those that cannot be read, by folder."""
    runs, damaged = [], {}
    for folder in sorted(run_folders(results), key=lambda folder: folder.name, reverse=True):
        try:
            run = read_run(results, folder)
        except InputError as error:
            damaged[folder] = str(error)
        else:
            runs += [run] if run else []
    return runs, damaged


def run_folders(results: Results) -> Iterator[Path]:
    """Yield what lies in ``runs/``, in no order; names that begin with a dot are no runs."""
    return (folder for folder in (results.folder / "runs").iterdir() if not folder.name.startswith("."))


def read_run(results: Results, folder: Path) -> Run | None:
    """Return the run in a folder; None where there is none, InputError where its manifest or plan is damaged."""
    for name in (MANIFEST, PLAN, MANIFEST):  # again: a run may end meanwhile
        try:
            touched = (folder / name).stat().st_mtime
        except (FileNotFoundError, NotADirectoryError):
            continue
        content = read_overview(folder / name)
        return Run(
            id=folder.name,
            folder=folder,
            finished=name == MANIFEST,
            coverage=content["dataset"]["coverage"],
            trackers=tuple(tracker["name"] for tracker in content["trackers"]),
            failures=sum(record.get("status", "done") != "done" for record in content["records"]),
            records=frozenset(_records(results, content)),
            size=_size(folder),
            touched=touched,
        )
    return None


def _size(folder: Path) -> int:
    """Return the bytes of what lies in a folder; links count for themselves."""
    size = 0
    for file in folder.rglob("*"):
        with suppress(FileNotFoundError):
            status = file.lstat()
            size += status.st_size if stat.S_ISREG(status.st_mode) else 0
    return size


def _records(results: Results, content: dict[str, Any]) -> Iterator[Path]:
    dataset = content["dataset"]["name"]
    for one in content["records"]:
        yield results.record_path(dataset, one["tracker"], one["key"], one["sequence"], one["start"], one["repeat"])


def record_files(results: Results) -> Iterator[Path]:
    """Yield the records and what is attached to them; links are not followed, and other people's files left alone."""
    folders = [folder for folder in (results.folder / "records",) if folder.is_dir()]
    for _ in ("dataset", "tracker", "key"):
        inner = (entry for folder in folders for entry in _entries(folder))
        folders = sorted(Path(entry) for entry in inner if entry.is_dir(follow_symlinks=False))
    for folder in folders:
        for entry in sorted(_entries(folder), key=lambda entry: entry.name):
            if entry.is_file(follow_symlinks=False) and _NAME.fullmatch(entry.name):
                yield Path(entry)


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    """Return what a folder has; nothing where another process has removed it meanwhile."""
    try:
        with os.scandir(folder) as entries:
            return list(entries)
    except FileNotFoundError:
        return []


def record_of(file: Path) -> Path:
    """Return the record that a file below ``records/`` is, or is attached to.

    ``a.0.0.npz`` is the record of sequence ``a`` from frame 0, repeat 0; ``a.0.0.telemetry.npz`` is attached to it.
    """
    named = _NAME.fullmatch(file.name)
    return file.with_name(f"{named[1]}.npz") if named else file


def read_stock(results: Results, runs: list[Run]) -> list[Stock]:
    """Return what is kept of each tracker on each dataset."""
    used = frozenset[Path]().union(*(run.records for run in runs))
    names = {records_folder(name): name for run in runs for name in run.trackers}
    found: dict[tuple[str, str], list[int]] = {}
    for file in record_files(results):
        dataset, tracker = file.relative_to(results.folder / "records").parts[:2]
        try:
            size = file.stat().st_size
        except FileNotFoundError:  # removed meanwhile
            continue
        row = found.setdefault((dataset, names.get(tracker, tracker)), [0, 0, 0])
        row[1] += size
        if record_of(file) == file:
            row[0] += 1
            row[2] += file not in used
    return [Stock(dataset, tracker, *row) for (dataset, tracker), row in sorted(found.items())]
