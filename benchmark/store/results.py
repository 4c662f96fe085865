"""The results folder: ``records/`` by content, ``runs/`` that refer to them, ``latest`` naming the newest run."""

from __future__ import annotations

import os
import re
import secrets
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime
from glob import escape
from hashlib import sha256
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from benchmark.datasets.catalogue import is_plain
from benchmark.store.record import (
    PART,
    Record,
    read_arrays,
    read_record,
    write_arrays,
    write_record,
    write_whole,
)
from trackers.errors import InputError, did_you_mean

MANIFEST = "manifest.json"
MANIFEST_SCHEMA = 1
PLAN = "plan.json"
"""What a run that has not ended yet, or was cut off, has instead of a manifest."""
LOCK = ".lock"
"""Held by who changes what names runs."""


@contextmanager
def writing(place: Path) -> Iterator[None]:
    """Turn what the system says of a full disk or a read-only folder into one line; what was kept before stays.

    Folders of `place`, and on the way to it, that the block has made and nothing came into are taken away.
    """
    missing = [one for one in (place, *place.parents) if not os.path.lexists(one)]
    try:
        yield
    except BrokenPipeError:  # of the output, not of a disk
        raise
    except OSError as error:
        if missing:
            _remove_empty(missing)
        raise InputError(
            f"cannot write {place} ({error.strerror or error}): what is done so far is kept;"
            " make room or choose another folder, then the same command goes on from there"
        ) from error


def _remove_empty(folders: list[Path]) -> None:
    """Remove folders, the innermost first, as far as they hold nothing but empty folders."""
    inner = [Path(folder) for folder, _, _ in os.walk(folders[0], topdown=False)]
    for folder in (*inner, *folders):
        with suppress(OSError):
            folder.rmdir()


def slug(name: str) -> str:
    """Return a name that is safe as one part of a path, and distinct for distinct names."""
    safe = re.sub(r"[^A-Za-z0-9_.@+=,{}-]", "_", name).lstrip(".")[:100] or "_"
    digest = sha256(name.encode("utf-8", "surrogatepass")).hexdigest()
    return safe if safe == name else f"{safe}~{digest[:8]}"


def records_folder(tracker: str) -> str:
    """Return the folder of a tracker's records: files in its name may move from folder to folder."""
    return slug(re.sub(r"(?:[^:@{}/\\]*[/\\])+", "", tracker))


def boxes_folder(run: Path, tracker: str, repeat: int, begun: str) -> Path:
    """Return where a run's folder has the boxes of a tracker's repeat (from 0) and start."""
    place = run / "boxes" / slug(tracker)
    place = place / f"repeat-{repeat + 1}" if repeat else place
    return place / begun if begun != "ope" else place


class Results:
    """One results folder."""

    def __init__(self, folder: Path, write: bool = True) -> None:
        """Open the folder; to `write` into, making it where it is missing; InputError where it cannot be written."""
        self.folder = folder = folder.absolute()  # whatever a tracker does with the working directory
        self.damaged: list[Path] = []
        """Records that were looked for and are not whole: they count as missing."""
        if not write:
            return
        try:
            (folder / "runs").mkdir(parents=True, exist_ok=True)
            (folder / "records").mkdir(exist_ok=True)
        except OSError as error:
            raise InputError(
                f"cannot write results to {folder} ({error.strerror}); choose another --results"
            ) from error
        if not os.access(folder / "runs", os.W_OK, effective_ids=os.access in os.supports_effective_ids):
            raise InputError(f"cannot write results to {folder} (permission denied); choose another --results")

    def record_path(self, dataset: str, tracker: str, key: str, sequence: str, start: int, repeat: int) -> Path:
        """Return where the record of that key is kept."""
        name = f"{slug(sequence)}.{start}.{repeat}.npz"
        # At one go: plans ask for thousands, and every "/" would parse the path again.
        return Path(self.folder, "records", slug(dataset), records_folder(tracker), key[:12], name)

    def find(self, dataset: str, tracker: str, key: str, sequence: str, start: int, repeat: int) -> Record | None:
        """Return the record of that key if it is there, whole, and its own; its file is marked as used now.

        It may have been kept when the tracker's files lay elsewhere: what is returned has the tracker's name of now.
        """
        path = self.record_path(dataset, tracker, key, sequence, start, repeat)
        with suppress(OSError):
            os.utime(path)  # cleaning spares what was used of late: a run that counts on it may not be told of yet
        record = read_record(path, key)
        if record is None and path.exists():
            self.damaged.append(path)
        return record and replace(record, tracker=tracker)

    def keep(self, record: Record, telemetry: Mapping[str, NDArray[Any]] | None = None) -> Path:
        """Write a record, its telemetry beside it (``.telemetry.npz``), and return the record's file.

        A failure does not replace what another run has done meanwhile. InputError where the disk does not take it.
        """
        path = self.path_of(record)
        with self.locked():
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

    def detach(self, record: Record) -> None:
        """Remove all that is attached to a record, which is about to be replaced."""
        path = self.path_of(record)
        for file in path.parent.glob(f"{escape(path.stem)}.*.npz"):
            with writing(file):
                file.unlink(missing_ok=True)

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

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keep other processes from changing ``latest``, the runs' names and records while the block runs."""
        with writing(self.folder / LOCK), (self.folder / LOCK).open("a") as file:
            with suppress(ImportError):  # a system without such locks; files are written whole all the same
                import fcntl

                fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def set_latest(self, run: Path) -> None:
        """Name `run` as the newest."""
        with self.locked():
            self._point(run.name)

    def _point(self, run: str) -> None:
        with writing(self.folder / "latest"):
            write_whole(self.folder / "latest", f"{run}\n".encode())

    def latest(self) -> str | None:
        """Return the id of the newest run: the one that ``latest`` names, else the one that ended last; or None.

        InputError where ``latest`` is damaged.
        """
        named = self.pointer()
        if named == "":
            raise InputError(
                f"{self.folder / 'latest'} is damaged, it names no run: give an id (`run_bench results` lists them), or"
                " remove that file, and the run that ended last is meant"
            )
        there = named is not None and (self.folder / "runs" / named / MANIFEST).is_file()
        return named if there else self.newest()

    def pointer(self) -> str | None:
        """Return the id in ``latest``, of a run that is there or not; "" where that is no id, None without the file."""
        try:
            named = (self.folder / "latest").read_text("utf-8").strip()
        except FileNotFoundError:
            return None
        except (OSError, ValueError):
            return ""
        return named if is_plain(named) else ""

    def newest(self) -> str | None:
        """Return the id of the run that ended last, by the time of its manifest; None where none has ended."""
        ended = {}
        for file in self._manifests():
            with suppress(FileNotFoundError):  # removed meanwhile
                ended[file.stat().st_mtime] = file.parent.name
        return ended[max(ended)] if ended else None

    def _manifests(self) -> list[Path]:
        return [file for file in (self.folder / "runs").glob(f"*/{MANIFEST}") if not file.parent.name.startswith(".")]

    def remove_run(self, run: Path) -> None:
        """Remove a run of this folder: its files and its name, not the records that it used.

        ``latest`` then names the run that ended last of those that are left.
        """
        from benchmark.store.naming import take_name

        gone = run.with_name(f".{run.name}.{secrets.token_hex(4)}{PART}")  # cleaning knows it where this is cut off
        with self.locked(), writing(run):
            take_name(self, run.name)
            run.replace(gone)
            newest = self.newest()
            with suppress(InputError):  # damaged: it is written anew
                newest = self.latest()
            if newest is not None:
                self._point(newest)
            else:
                (self.folder / "latest").unlink(missing_ok=True)
        shutil.rmtree(gone, ignore_errors=True)

    def own(self, run: Path) -> Path:
        """Return a run's folder as this results folder has it; InputError where it lies elsewhere."""
        if run.resolve().parent != (self.folder / "runs").resolve():
            raise InputError(f"{run} is no run of {self.folder}: --results names the folder that keeps it")
        return self.folder / "runs" / run.resolve().name

    def find_runs(self, run: str) -> list[Path]:
        """Return the folders of a RUN argument: several where its name was given to a command on several datasets."""
        from benchmark.store.naming import find_named

        named = find_named(self, run)
        return [self.find_run(one) for one in (named if len(named) > 1 else (run,))]

    def find_run(self, run: str, *, ended: bool = True) -> Path:
        """Return the folder of a RUN argument: a run folder, an id, a name or ``latest``; InputError without any.

        With `ended` False also one that goes on, or was cut off.
        """
        from benchmark.store.naming import dataset_of, find_named, read_names

        wanted = self.latest() if run == "latest" else run
        if wanted is None:
            raise InputError(f"no run in {self.folder} yet: `run_bench` makes one")
        runs, named = self.folder / "runs", find_named(self, wanted)
        if len(named) > 1:
            listed = ", ".join(f"{wanted}/{dataset_of(self, one)}" for one in named)
            raise InputError(f"{run} stands for {len(named)} runs: say which, {listed}, or give an id")
        for folder in (Path(wanted), runs / Path(wanted).name, runs / "".join(named)):
            if (folder / MANIFEST).is_file():
                return folder
            if (folder / PLAN).is_file():
                if ended:
                    raise InputError(f"{run}: the run has not ended, or was cut off: its command again goes on with it")
                return folder
        hint = did_you_mean(run, ("latest", *read_names(self).values(), *(f.parent.name for f in self._manifests())))
        raise InputError(
            f"no run {run!r} in {runs}.{hint} Give a run folder, an id, a name or 'latest'; `run_bench results` lists"
            " them"
        )
