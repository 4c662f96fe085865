"""A zip that came from elsewhere, read within limits: what it says of itself is checked before it is unpacked."""

from __future__ import annotations

import stat
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from benchmark.datasets.catalogue import is_plain
from trackers.errors import InputError

__all__ = ["Archive", "check_names", "check_sizes"]

FILES = 50_000
"""The most files that a bundle holds; a zip of so few and so little needs no zip64."""
FILE = 512 << 20
"""Bytes of one file, unpacked."""
TOTAL = 2 << 30
"""Bytes of all files, and of the bundle."""
FREE, RATIO = 64 << 20, 100
"""All files may take so many bytes, and so many times the bundle's size more: a run's text is packed to a fifth."""
DIRECTORY = 16 << 20
"""Bytes of the list of files at a zip's end."""
PART = 200
"""UTF-8 bytes between two slashes of a name."""
DEPTH = 8
"""Parts of a name."""
CHUNK = 1 << 20
DAMAGED = (
    OSError, EOFError, RuntimeError, ValueError, OverflowError, KeyError, IndexError, MemoryError,
    struct.error, zipfile.BadZipFile, zlib.error,
)  # fmt: skip
"""What the standard library raises for bytes that are no sound zip."""


class Archive:
    """A zip that is open for reading; every error is one line about its file."""

    def __init__(self, path: Path, file: BinaryIO) -> None:
        """Read the list of what the open file holds; raises InputError where that is damaged or beyond the limits."""
        self.path = path
        try:
            size = _size_of_sound(file)
            self._zip = zipfile.ZipFile(file)
            members = self._zip.infolist()
        except DAMAGED as error:
            raise self.damaged(error) from error
        self._members = {member.filename: member for member in members}
        self.names = tuple(self._members)
        if len(self._members) != len(members):
            raise self.refused("a name stands twice in it")
        for member in members:
            if fault := _fault(member):
                raise self.refused(f"{member.orig_filename!r} {fault}")
        if fault := check_names(self.names) or check_sizes([member.file_size for member in members], size):
            raise self.refused(fault)

    def chunks(self, name: str) -> Iterator[bytes]:
        """Yield the content of one file; no more of it than the list says."""
        try:
            with self._zip.open(self._members[name]) as opened:
                left = self._members[name].file_size
                while chunk := opened.read(CHUNK):
                    left -= len(chunk)
                    if left < 0:
                        raise ValueError(f"{name!r} is longer than is said")
                    yield chunk
                if left:
                    raise ValueError(f"{name!r} is shorter than is said")
        except DAMAGED as error:
            raise self.damaged(error) from error

    def damaged(self, error: BaseException) -> InputError:
        """Return the error of a file that cannot be read."""
        said = " ".join(repr(str(error))[1:-1].split())[:120] or type(error).__name__
        return InputError(f"{self.path}: damaged, or not a bundle ({said}); fetch it again")

    def refused(self, why: str) -> InputError:
        """Return the error of a file that can be read, but not trusted."""
        return InputError(f"{self.path}: refused: {why}")


def check_names(names: tuple[str, ...]) -> str:
    """Return what is wrong with the names of files in one folder, "" where they mean what they say on every system."""
    for name in names:
        parts = name.split("/")
        try:
            longest = max(len(part.encode()) for part in parts)
        except UnicodeEncodeError:  # half of a surrogate pair
            return f"{name!r} is no name of a file"
        if any(part in (".", "..") for part in parts) or name.startswith("/") or set(name) & set("\\:"):
            return f"{name!r} leaves the run's folder"
        if longest > PART or len(parts) > DEPTH:
            return f"{name[:60]!r}... is too long: {PART} bytes between slashes, {DEPTH} parts"
        if not all(map(is_plain, parts)) or not name.isprintable() or any(part[-1] in ". " for part in parts):
            return f"{name!r} is no name of a file on every system"
    spelt = {_folded(name): name for name in names}
    if len(spelt) < len(names):
        one = next(name for name in names if spelt[_folded(name)] != name)
        return f"{one!r} and {spelt[_folded(one)]!r} are one file on some systems"
    for name in spelt:
        for end in (index for index, sign in enumerate(name) if sign == "/"):
            if (above := spelt.get(name[:end])) is not None:
                return f"{above!r} is a file and a folder"
    return ""


def check_sizes(sizes: list[int], packed: int) -> str:
    """Return what is wrong with the sizes of files that take `packed` bytes in a bundle; "" where nothing is."""
    if len(sizes) > FILES:
        return f"it holds {len(sizes)} files; a bundle has at most {FILES}"
    if max(sizes, default=0) > FILE:
        return f"a file in it has more than {FILE >> 20} MiB"
    if sum(sizes) > TOTAL or packed > TOTAL:
        return f"it holds more than {TOTAL >> 30} GiB"
    if sum(sizes) > FREE + RATIO * packed:
        return f"it would grow from {packed:,} to {sum(sizes):,} bytes, more than {RATIO} times"
    return ""


def _folded(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()


def _size_of_sound(file: BinaryIO) -> int:
    """Return a zip's size; raises ValueError where its end is none of ours: nobody reads a list of any length."""
    size = file.seek(0, 2)
    if size > TOTAL:
        raise ValueError(f"more than {TOTAL >> 30} GiB")
    file.seek(max(size - 42, 0))
    tail = file.read(42)
    end = tail[-22:]
    if len(end) < 22 or not end.startswith(b"PK\5\6") or end[-2:] != b"\0\0":
        raise ValueError("its end is missing")
    if tail[:-22].startswith(b"PK\6\7"):
        raise ValueError("a zip64")
    if int.from_bytes(end[12:16], "little") > DIRECTORY:
        raise ValueError(f"its list of files has more than {DIRECTORY >> 20} MiB")
    file.seek(0)
    return size


def _fault(member: zipfile.ZipInfo) -> str:
    """Return why a member is no plain file that is packed as ours are."""
    if member.flag_bits & 1:
        return "is encrypted"
    if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        return "is packed in an unusual way"
    if stat.S_IFMT(member.external_attr >> 16) not in (0, stat.S_IFREG):
        return "is no plain file"
    if member.orig_filename != member.filename:
        return "has a NUL in its name"
    return ""
