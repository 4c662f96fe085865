"""Files that appear all together or not at all: on a full disk, a read-only one, and beside others that write."""

from __future__ import annotations

import errno
import os
import secrets
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from benchmark.store.record import PART
from trackers.errors import InputError

__all__ = ["new_content", "part_of", "place_files", "writes"]


@contextmanager
def writes(place: Path, option: str) -> Iterator[None]:
    """Turn what the system says while the block writes into one line, and remove the folders that it made for nothing.

    `option` is what the user chooses the place with.
    """
    missing = [folder for folder in (place, *place.parents) if not folder.exists()]
    try:
        yield
    except BaseException as error:
        for folder in missing:
            with suppress(OSError):
                folder.rmdir()
        if not isinstance(error, OSError):
            raise
        raise InputError(
            f"cannot write {place} ({error.strerror or error}): what was there before is kept;"
            f" make room or choose another {option}"
        ) from error


def part_of(place: Path) -> Path:
    """Return the name, nobody else's, under which a file or folder is written before it takes its place."""
    return place.with_name(f".{place.name[:100]}.{secrets.token_hex(4)}{PART}")


@contextmanager
def new_content(folder: Path, option: str) -> Iterator[Path]:
    """Yield a place to write into; what lies there at the end of the block is `folder`'s content, at an error nothing.

    `folder` is a new one, or empty. Raises InputError where the disk does not take it.
    """
    part = part_of(folder / "files")
    with writes(folder, option):
        try:
            part.mkdir(parents=True)
            yield part
            for entry in list(part.iterdir()):
                os.replace(entry, folder / entry.name)
        finally:
            shutil.rmtree(part, ignore_errors=True)


def place_files(folder: Path, contents: Iterable[tuple[Path, bytes]], option: str) -> None:
    """Write files below `folder`, each given by its path from there; none of them where one cannot be written.

    A file of the same name is replaced. Raises InputError where the disk does not take them.
    """
    part = part_of(folder / "files")
    with writes(folder, option):
        try:
            names = []
            for name, content in contents:
                (part / name).parent.mkdir(parents=True, exist_ok=True)
                (part / name).write_bytes(content)
                names.append(name)
            for name in names:
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                if (folder / name).is_dir():
                    raise IsADirectoryError(errno.EISDIR, f"{name} is a folder")
            for name in names:
                os.replace(part / name, folder / name)
        finally:
            shutil.rmtree(part, ignore_errors=True)
