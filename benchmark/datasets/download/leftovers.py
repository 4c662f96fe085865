"""What a ``data get`` that was killed leaves behind, and the lock by which one that still runs is told from it.

A killed process leaves a folder that was being unpacked, the beginning of a download, or a zip that was unpacked and
not yet removed. The first is of no use and is cleared; the second is gone on with, and cleared where nothing needs it
any more; the third may have been kept on purpose, so it is only told.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from benchmark.datasets.catalogue import is_plain
from benchmark.datasets.download.sources import Source
from benchmark.datasets.download.unpack import UNPACKING
from benchmark.datasets.published import PublishedDataset
from trackers.errors import InputError

ARCHIVES = ".archives"
"""The folder of the data root in which zips lie until they are unpacked."""
LOCK = ".lock"


@dataclass(frozen=True)
class Leftovers:
    """What lies in the data root of a dataset's fetching beside the dataset."""

    half_unpacked: tuple[Path, ...]
    """Folders."""
    begun: tuple[Path, ...]
    """Files of downloads that are not whole, and what is known of them."""
    zips: tuple[Path, ...]
    running: bool
    """Whether a process is fetching the dataset now, so that all of it is in use."""

    @property
    def any(self) -> bool:
        """Whether there is anything."""
        return bool(self.half_unpacked or self.begun or self.zips or self.running)


def archives_folder(dataset: str, source: Source, root: Path) -> Path:
    """Return where a dataset's zips lie until they are unpacked; sets that are unpacked into one folder share it."""
    place = source.place(dataset)
    return root / ARCHIVES / (place if is_plain(place) else dataset.replace("/", "-"))


def leftovers(dataset: PublishedDataset, source: Source, root: Path) -> Leftovers:
    """Return what a dataset's fetching has left in a data root, or is at."""
    folder = archives_folder(dataset.name, source, root)
    files = [one for one in _inside(folder) if one.name != LOCK]
    begun = tuple(one for one in files if one.name.endswith((".part", ".part.tag")))
    return Leftovers(
        half_unpacked=tuple(
            one
            for place in _unpacked_into(dataset, source, root)
            for one in _inside(place)
            if one.name.startswith(UNPACKING) and one.is_dir() and not one.is_symlink()
        ),
        begun=begun,
        zips=tuple(one for one in files if one not in begun),
        running=_held(folder),
    )


def _unpacked_into(dataset: PublishedDataset, source: Source, root: Path) -> Iterator[Path]:
    place = root / source.place(dataset.name)
    yield place
    if source.description(dataset.name):  # two zips a video: beside its images, and among them
        for target in dataset.targets.values():
            yield place / target.folder
            yield place / target.folder / "color"


def clear(found: Leftovers, *, needed: bool) -> tuple[int, int]:
    """Remove what is of no use, downloads that were begun too unless they are `needed`; return (how much, bytes)."""
    useless = (*found.half_unpacked, *(() if needed else found.begun))
    size = sum(map(size_of, useless))
    for one in useless:
        if one.is_dir():
            shutil.rmtree(one, ignore_errors=True)
        else:
            one.unlink(missing_ok=True)
    return len(useless), size


def size_of(path: Path) -> int:
    """Return the bytes of a file, or of all files below a folder, as far as they can be asked for."""
    if not path.is_dir():
        return path.stat().st_size if path.is_file() else 0
    return sum(size_of(Path(place) / name) for place, _, names in os.walk(path) for name in names)


@contextmanager
def fetching(folder: Path) -> Iterator[None]:
    """Hold a folder of archives while the block runs; raise InputError where another process does.

    The lock ends with the process, however that ends. Where a file system knows no locks, nothing is held.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        file = (folder / LOCK).open("a")
    except OSError as error:
        raise InputError(f"cannot write {folder} ({error.strerror}): name another --data-root") from error
    with file:
        if not (_lock(file.fileno()) or _lock_soon(file.fileno())):
            raise InputError(f"another `run_bench data get` is fetching into {folder}: let it end, or stop it")
        yield


def _held(folder: Path) -> bool:
    try:
        with (folder / LOCK).open("r") as file:
            return not _lock(file.fileno())
    except OSError:
        return False


def _lock_soon(file: int) -> bool:
    """Lock an open file that somebody may have only looked whether it is locked."""
    time.sleep(0.2)
    return _lock(file)


def _lock(file: int) -> bool:
    """Lock an open file, and return False where somebody else has it."""
    with suppress(ImportError, OSError):  # no such locks here
        import fcntl

        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
    return True


def _inside(folder: Path) -> list[Path]:
    """Return all that a folder holds, what is hidden too; nothing where it cannot be listed."""
    try:
        return sorted(folder.iterdir())
    except OSError:
        return []
