"""A zip of a dataset, unpacked into a folder that it cannot leave: whole or not at all."""

from __future__ import annotations

import secrets
import shutil
import stat
import struct
import zipfile
import zlib
from pathlib import Path, PurePosixPath

from benchmark.datasets.download.fetch import RESERVE
from benchmark.datasets.listing import entries, hidden
from trackers.errors import InputError

CHUNK = 1 << 20
RATIO = 200
"""How many times its packed size a zip may grow: JPEGs hardly do, texts to a tenth."""
FILES = 2_000_000
UNPACKING = ".unpacking-"
"""How the name begins of a folder that what is unpacked lies in until it is whole."""
DAMAGED = (
    OSError,
    EOFError,
    RuntimeError,
    ValueError,
    struct.error,
    zipfile.BadZipFile,
    zlib.error,
    NotImplementedError,
)


def unpack(file: Path, folder: Path) -> None:
    """Unpack a zip into a folder; what systems put into zips unasked is left out, and what is there stays as it is.

    Raises InputError, and leaves nothing behind, for a damaged zip, one whose names would leave the folder, one with
    links in it, one that would grow beyond reason, and where the disk has no room.
    """
    part = folder / f"{UNPACKING}{secrets.token_hex(4)}"
    try:
        with zipfile.ZipFile(file) as archive:
            members = [one for one in archive.infolist() if not any(map(hidden, _parts(file, one)))]
            size = sum(one.file_size for one in members)
            if size > RATIO * file.stat().st_size or len(members) > FILES:
                raise InputError(f"{file}: refused: it would grow to {size:,} bytes in {len(members):,} files")
            folder.mkdir(parents=True, exist_ok=True)
            free = shutil.disk_usage(folder).free
            if size + RESERVE > free:
                raise InputError(
                    f"{folder}: {file.name} needs {size / 1e9:.1f} GB, and {free / 1e9:.1f} GB are free: make room"
                )
            for one in members:
                _write(archive, one, part.joinpath(*_parts(file, one)))
        _move(part, folder)
    except DAMAGED as error:
        said = getattr(error, "strerror", None) or str(error) or type(error).__name__
        raise InputError(
            f"{file}: cannot be unpacked ({said}): remove it, and the same command fetches it again"
        ) from error
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _parts(file: Path, member: zipfile.ZipInfo) -> tuple[str, ...]:
    """Return the parts of a member's path; InputError for one that is no plain file or folder inside."""
    name = member.filename
    parts = PurePosixPath(name).parts
    kind = stat.S_IFMT(member.external_attr >> 16)
    if name.startswith("/") or ".." in parts or set(name) & set("\\:\0"):
        raise InputError(f"{file}: refused: {name[:100]!r} would leave the folder that it is unpacked into")
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        raise InputError(f"{file}: refused: {name[:100]!r} is a link, and no file")
    return parts


def _write(archive: zipfile.ZipFile, member: zipfile.ZipInfo, target: Path) -> None:
    if member.is_dir():
        target.mkdir(parents=True, exist_ok=True)
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    left = member.file_size
    with archive.open(member) as opened, target.open("xb") as out:
        while chunk := opened.read(CHUNK):
            left -= len(chunk)
            if left < 0:
                raise ValueError(f"{member.filename!r} is longer than is said")
            out.write(chunk)


def _move(part: Path, folder: Path) -> None:
    """Move what was unpacked into its place; folders that are there are filled up."""
    for one in entries(part) if part.is_dir() else ():
        target = folder / one.name
        if one.is_dir() and target.is_dir():
            _move(one, target)
        elif one.is_dir() != target.is_dir() and (target.exists() or target.is_symlink()):
            raise InputError(f"{target} is in the way of what is unpacked: move it aside")
        elif not target.exists():
            one.rename(target)
