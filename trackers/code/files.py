"""Files by content, and the files of a package within stated bounds."""

from __future__ import annotations

import hashlib
import os
from functools import lru_cache
from pathlib import Path

from trackers.code.source import read_source

MODULES = 2_000
"""Most Python files of a package that are read whole; of a larger one, those that imports lead to."""
DATA_FILES = 5_000
"""Most other files of a package that count."""
ENTRIES = 30_000
"""Most entries that a package's folders are looked through for."""
SMALL = 1 << 20
"""Bytes below which a file is read every time, whatever its date says."""


def digest_file(file: Path) -> str:
    """Return the digest of a Python file's syntax, or of another file's bytes; "" where it cannot be read."""
    try:
        return read_source(file.read_bytes()).digest if file.suffix == ".py" else digest_bytes(file)
    except OSError:
        return ""


def digest_bytes(file: Path) -> str:
    """Return the sha256 of a file's bytes; a large file is read again when its size or any date differs."""
    stat = file.stat()
    if stat.st_size < SMALL:
        return hashlib.sha256(file.read_bytes()).hexdigest()
    return _digest(file, stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns, stat.st_ino)


@lru_cache(maxsize=256)
def _digest(file: Path, size: int, modified_ns: int, changed_ns: int, inode: int) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def package_files(folder: Path) -> tuple[list[Path], list[Path], str]:
    """Return a folder's Python files, its other files, and in words what of them is too much and left out.

    Bytecode, hidden files, what an installation leaves and virtual environments are none of its files.
    """
    modules: list[Path] = []
    data: list[Path] = []
    entries = 0
    for place, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not _foreign(Path(place, name)))
        for name in files:
            if not name.startswith(".") and not name.endswith((".pyc", ".pyo")):
                (modules if name.endswith(".py") else data).append(Path(place, name))
        entries += len(folders) + len(files)
        if entries > ENTRIES:
            return [], [], f"what no import leads to, as it has more than {ENTRIES:,} entries"
    if len(modules) > MODULES:
        return [], [], f"what no import leads to, as it has more than {MODULES:,} modules"
    if len(data) > DATA_FILES:
        return sorted(modules), [], f"data, as it has more than {DATA_FILES:,} files of it"
    return sorted(modules), sorted(data), ""


def _foreign(folder: Path) -> bool:
    return (
        folder.name.startswith(".")
        or folder.name in ("__pycache__", "node_modules", "site-packages", "dist-packages")
        or folder.name.endswith((".egg-info", ".dist-info"))
        or (folder / "pyvenv.cfg").is_file()
    )
