"""Files by content, and the files of a package within stated bounds."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path, PurePath
from typing import Any

from trackers.code.source import read_source

MODULES = 2_000
"""Most Python files of a package that are read whole; of a larger one, those that imports lead to."""
DATA_FILES = 5_000
"""Most other files of a package that count."""
ENTRIES = 30_000
"""Most entries that a package's folders are looked through for."""
_BYTECODE = (".pyc", ".pyo")
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

    Bytecode, hidden files, what an installation leaves and virtual environments are none of its files. Links to folders
    are followed.
    """
    found, links, entries = _look_through(folder, ENTRIES)
    if entries > ENTRIES:
        return [], [], f"what no import leads to, as it has more than {ENTRIES:,} entries"
    ways: list[tuple[Path, tuple[Path, ...]]] = [(link, (folder.resolve(),)) for link in links]
    left = []
    for link, way in ways:  # which grows
        if (there := link.resolve()) in way:
            continue
        behind, links, more = _look_through(link, ENTRIES - entries)
        if entries + more > ENTRIES:
            left.append(f"what {link.relative_to(folder).as_posix()} links to, as that has too many entries")
            continue
        found, entries = found + behind, entries + more
        ways += [(one, (*way, there)) for one in links]
    modules, data = (sorted(file for file in found if (file.suffix == ".py") is code) for code in (True, False))
    if len(modules) > MODULES:
        return [], [], f"what no import leads to, as it has more than {MODULES:,} modules"
    if len(data) > DATA_FILES:
        data, left = [], [*left, f"data, as it has more than {DATA_FILES:,} files of it"]
    return modules, data, " nor ".join(left)


def _look_through(folder: Path, most: int) -> tuple[list[Path], list[Path], int]:
    """Return a folder's files, links to folders in it, and how many entries it has; looks no further than `most`."""
    found: list[Path] = []
    links: list[Path] = []
    entries = 0
    for place, folders, files in os.walk(folder):
        inside = sorted(name for name in folders if not _foreign(Path(place, name)))
        links += [Path(place, name) for name in inside if Path(place, name).is_symlink()]
        folders[:] = [name for name in inside if not Path(place, name).is_symlink()]
        found += [Path(place, name) for name in files if not name.startswith(".") and not name.endswith(_BYTECODE)]
        entries += len(inside) + len(files)
        if entries > most:
            break
    return found, links, entries


def named_files(value: Any, label: str, endings: tuple[str, ...] = ("",), depth: int = 4) -> dict[str, Path]:
    """Return the files that texts and paths in a value name, by where in it they stand.

    Dicts, lists and objects are looked through to a depth, for texts with one of these endings.
    """
    if isinstance(value, str | PurePath):
        text = str(value)
        return {label: Path(text).absolute()} if text.lower().endswith(endings) and is_file(Path(text)) else {}
    if depth == 0:
        return {}
    if isinstance(value, list | tuple):
        inside: Iterable[tuple[object, Any]] = enumerate(value)
    else:
        inside = (value if isinstance(value, dict) else getattr(value, "__dict__", {})).items()
    return {
        one: file
        for key, part in list(inside)
        for one, file in named_files(part, f"{label}.{key}", endings, depth - 1).items()
    }


def is_file(place: Path) -> bool:
    """Return whether that is a file; what can be no path is none."""
    try:
        return place.is_file()
    except (OSError, ValueError):
        return False


def _foreign(folder: Path) -> bool:
    return (
        folder.name.startswith(".")
        or folder.name in ("__pycache__", "node_modules", "site-packages", "dist-packages")
        or folder.name.endswith((".egg-info", ".dist-info"))
        or (folder / "pyvenv.cfg").is_file()
    )
