"""The results folder: ``records/`` by content, ``runs/`` that refer to them, ``latest`` naming the newest run."""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from benchmark.store.record import Record, read_record, write_arrays, write_record
from trackers.errors import InputError


def slug(name: str) -> str:
    """Return a name that is safe as one part of a path, and distinct for distinct names."""
    safe = re.sub(r"[^A-Za-z0-9_.@+=,{}-]", "_", name).lstrip(".")[:100] or "_"
    return safe if safe == name else f"{safe}~{sha256(name.encode()).hexdigest()[:8]}"


class Results:
    """One results folder."""

    def __init__(self, folder: Path) -> None:
        """Open the folder, making it where it is missing; InputError where it cannot be written."""
        self.folder = folder
        try:
            (folder / "runs").mkdir(parents=True, exist_ok=True)
            (folder / "records").mkdir(exist_ok=True)
        except OSError as error:
            raise InputError(
                f"cannot write results to {folder} ({error.strerror}); choose another --results"
            ) from error
        if not os.access(folder / "runs", os.W_OK):
            raise InputError(f"cannot write results to {folder} (permission denied); choose another --results")

    def record_path(self, dataset: str, tracker: str, key: str, sequence: str, start: int, repeat: int) -> Path:
        """Return where the record of that key is kept."""
        name = f"{slug(sequence)}.{start}.{repeat}.npz"
        return self.folder / "records" / slug(dataset) / slug(tracker) / key[:12] / name

    def find(self, dataset: str, tracker: str, key: str, sequence: str, start: int, repeat: int) -> Record | None:
        """Return the record of that key if it is there, whole, and its own."""
        return read_record(self.record_path(dataset, tracker, key, sequence, start, repeat), key)

    def keep(self, record: Record, telemetry: Mapping[str, NDArray[Any]] | None = None) -> Path:
        """Write a record, its telemetry beside it (``.telemetry.npz``), and return the record's file."""
        path = self.path_of(record)
        if telemetry:
            write_arrays(self.telemetry_path(record), {"key": record.key}, dict(telemetry))
        write_record(path, record)
        return path

    def path_of(self, record: Record) -> Path:
        """Return where a record is kept."""
        return self.record_path(
            record.dataset, record.tracker, record.key, record.sequence, record.start, record.repeat
        )

    def telemetry_path(self, record: Record) -> Path:
        """Return where a record's telemetry is kept, if there is any."""
        return self.path_of(record).with_suffix(".telemetry.npz")

    def new_run(self) -> Path:
        """Make and return a run's folder, named by the time and a random end."""
        run = self.folder / "runs" / f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}"
        run.mkdir()
        return run

    def set_latest(self, run: Path) -> None:
        """Name `run` as the newest."""
        part = self.folder / f".latest.{secrets.token_hex(4)}"
        part.write_text(run.name + "\n")
        os.replace(part, self.folder / "latest")

    def find_run(self, run: str) -> Path:
        """Return the folder of a RUN argument: a run folder, an id, or ``latest``; InputError where there is none."""
        if run == "latest":
            pointer = self.folder / "latest"
            if not pointer.is_file():
                raise InputError(f"no run in {self.folder} yet: `run_bench` makes one")
            run = pointer.read_text().strip()
        for folder in (self.folder / "runs" / Path(run).name, Path(run)):
            if (folder / "manifest.json").is_file():
                return folder
        raise InputError(f"no run {run!r} in {self.folder / 'runs'}; give a run folder, an id or 'latest'")
