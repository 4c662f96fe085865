"""The results folder: ``records/`` by content, ``runs/`` that refer to them, ``latest`` naming the newest run."""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from benchmark.store.record import Record, read_arrays, read_record, write_arrays, write_record
from trackers.errors import InputError


@contextmanager
def writing(place: Path) -> Iterator[None]:
    """Turn what the system says of a full disk or a read-only folder into one line; what was kept before stays."""
    try:
        yield
    except OSError as error:
        raise InputError(
            f"cannot write {place} ({error.strerror or error}): what is done so far is kept;"
            " make room or choose another --results, then the same command goes on from there"
        ) from error


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
        """Return the record of that key if it is there, whole, and its own; its file is marked as used now."""
        path = self.record_path(dataset, tracker, key, sequence, start, repeat)
        with suppress(OSError):
            os.utime(path)  # cleaning spares what was used of late: a run that counts on it may not be told of yet
        return read_record(path, key)

    def keep(self, record: Record, telemetry: Mapping[str, NDArray[Any]] | None = None) -> Path:
        """Write a record, its telemetry beside it (``.telemetry.npz``), and return the record's file.

        A failure does not replace what another run has done meanwhile. InputError where the disk does not take it.
        """
        path = self.path_of(record)
        if record.status != "done" and (there := read_record(path, record.key)) and there.status == "done":
            return path
        if telemetry:
            self.attach(record, "telemetry", {}, telemetry)
        with writing(path):
            write_record(path, record)
        return path

    def telemetry(self, record: Record) -> dict[str, NDArray[Any]] | None:
        """Return a record's telemetry; None where there is none, or it is damaged."""
        content = read_arrays(self.telemetry_path(record))
        return content[1] if content and content[0].get("key") == record.key else None

    def attach(self, record: Record, kind: str, facts: dict[str, Any], arrays: Mapping[str, NDArray[Any]]) -> None:
        """Write facts and arrays beside a record (``.KIND.npz``), replacing what is there of that kind."""
        path = self.path_of(record).with_suffix(f".{kind}.npz")
        with writing(path):
            write_arrays(path, {"key": record.key, **facts}, dict(arrays))

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
        now = datetime.now(UTC)
        moment = f"{now:%Y%m%dT%H%M%S}{now.microsecond // 1000:03}Z"  # names are in the order of time
        run = self.folder / "runs" / f"{moment}-{secrets.token_hex(3)}"
        with writing(run):
            run.mkdir()
        return run

    def set_latest(self, run: Path) -> None:
        """Name `run` as the newest."""
        part = self.folder / f".latest.{secrets.token_hex(4)}.part"
        with writing(self.folder / "latest"):
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
