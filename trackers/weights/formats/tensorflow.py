"""TensorFlow checkpoints (PREFIX.index, PREFIX.data-00000-of-00001), read with NumPy alone.

Written from the formats' public descriptions. The index is a LevelDB table: blocks of keys that share their beginnings,
each block followed by a byte that says how it is compressed (TensorFlow's Saver does not) and a checksum; the last 48
bytes say where the list of blocks is. Key "" holds a header, every other key where a tensor lies in the data files, and
its checksum: what is damaged is found, not run.
"""

from __future__ import annotations

import math
import re
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from trackers.errors import InputError
from trackers.weights.formats.crc32c import crc32c, masked

INDEX = ".index"
NOTE = "checkpoint"
BESIDE = re.compile(r"\.(?:data-\d{5}-of-\d{5}|meta)$")
"""How the names of a checkpoint's other files end."""
MAGIC = 0xDB4775248B80FB57
FOOTER = 48
TYPES = {
    1: "<f4", 2: "<f8", 3: "<i4", 4: "u1", 5: "<i2", 6: "i1", 9: "<i8", 10: "?", 19: "<f2",
}  # fmt: skip
"""TensorFlow's numbers of the types that are read."""
MOST_SHARDS = 1000
"""Data files: more than any checkpoint has."""


@dataclass(frozen=True)
class Entry:
    """Where one tensor lies."""

    dtype: int
    shape: tuple[int, ...]
    shard: int
    offset: int
    size: int
    checksum: int
    sliced: bool
    """Whether it is kept in parts, under other keys."""


def find_index(path: Path) -> Path | None:
    """Return the index file that a folder, a prefix or one of its files means; None where it means none.

    A folder's is the one that its text file ``checkpoint`` names, whatever folder that says, or the only one there.
    """
    if path.name == NOTE and path.is_file():
        return find_index(path.parent)
    if path.is_dir():
        found = sorted(path.glob(f"*{INDEX}"))
        note = path / NOTE
        if note.is_file():
            first = next(iter(note.read_text(errors="replace").splitlines()), "")
            name = first.partition(":")[2].strip().strip('"').replace("\\", "/").rsplit("/", 1)[-1]
            found = [file for file in found if file.name == name + INDEX] or found
        if len(found) > 1:
            raise InputError(f"{path} holds {len(found)} checkpoints: name one, e.g. {found[-1]}")
        return found[0] if found else None
    if path.suffix == INDEX:
        return path if path.is_file() else None
    beside = path.with_name(BESIDE.sub("", path.name) + INDEX)
    return beside if beside.is_file() else None


def shards(index: Path) -> tuple[Path, ...]:
    """Return the data files of an index that are there, in order."""
    return tuple(sorted(index.parent.glob(f"{_escaped(index.name.removesuffix(INDEX))}.data-*-of-*")))


def files_of(path: Path) -> tuple[Path, ...]:
    """Return the files that a path means: of a checkpoint its index and data files, else the path alone."""
    index = find_index(path)
    return (path,) if index is None else (index, *shards(index))


def _escaped(name: str) -> str:
    return "".join(f"[{letter}]" if letter in "*?[" else letter for letter in name)


def read_checkpoint(index: Path) -> dict[str, NDArray[np.generic]]:
    """Return the tensors of a checkpoint by name.

    Raises:
        InputError: a file is missing or damaged, or what it holds is of a kind that is not read.
    """
    try:
        entries, count = _read_index(index.read_bytes())
    except (ValueError, IndexError, struct.error, OSError, UnicodeDecodeError) as error:
        raise InputError(f"{index} is not a readable TensorFlow checkpoint index: {error}") from error
    prefix = index.with_name(index.name.removesuffix(INDEX))
    files = [prefix.with_name(f"{prefix.name}.data-{part:05d}-of-{count:05d}") for part in range(count)]
    if missing := next((file for file in files if not file.is_file()), None):
        raise InputError(f"{missing} is missing: a TensorFlow checkpoint is the .index file and its .data files")
    try:
        content = [np.memmap(file, np.uint8, "r") if file.stat().st_size else np.empty(0, np.uint8) for file in files]
    except OSError as error:
        raise InputError(f"{prefix}.data-...: cannot be read ({error.strerror})") from error
    return {
        name: _read(entry, content, f"{index}: {name}")
        for name, entry in entries.items()
        if entry.dtype in TYPES  # not texts, which no network of ours has
    }


def _read(entry: Entry, content: Sequence[NDArray[np.uint8]], called: str) -> NDArray[np.generic]:
    """Return one tensor of the data files; InputError where it is damaged."""
    if entry.sliced:
        raise InputError(f"{called} is kept in slices, which are not read; save it anew without a partitioner")
    dtype = np.dtype(TYPES[entry.dtype])
    file = content[entry.shard] if entry.shard < len(content) else np.empty(0, np.uint8)
    data = file[entry.offset : entry.offset + entry.size]
    if len(data) != entry.size or entry.size != dtype.itemsize * math.prod(entry.shape):
        raise InputError(f"{called} does not lie whole in the data files (damaged or truncated)")
    if masked(crc32c(data)) != entry.checksum:
        raise InputError(f"{called} is damaged: its checksum is another; fetch the files again")
    return np.frombuffer(bytes(data), dtype).reshape(entry.shape).copy()


def _read_index(content: bytes) -> tuple[dict[str, Entry], int]:
    """Return the tensors' places by name, and the number of data files."""
    if len(content) < FOOTER or struct.unpack_from("<Q", content, len(content) - 8)[0] != MAGIC:
        raise ValueError("it does not end as one")
    footer, place = content[-FOOTER:], 0
    numbers = []
    for _ in range(4):  # offset and size of a block of remarks, then of the list of blocks
        number, place = _varint(footer, place)
        numbers.append(number)
    entries: dict[str, Entry] = {}
    count = 1
    for _, handle in _block(content, numbers[2], numbers[3]):
        offset, place = _varint(handle, 0)
        size, _ = _varint(handle, place)
        for key, value in _block(content, offset, size):
            fields = list(_fields(value))
            known = {number: what for number, what in fields if isinstance(what, int)}
            if key == b"":
                count = known.get(1, 1)
                if known.get(2, 0) != 0 or not 1 <= count <= MOST_SHARDS:
                    raise ValueError("it is of another byte order, or of no number of data files")
                continue
            shape = next((what for number, what in fields if number == 2 and isinstance(what, bytes)), b"")
            dtype, shard, at, length, checksum = (known.get(number, 0) for number in (1, 3, 4, 5, 6))
            sliced = any(number == 7 for number, _ in fields)
            entries[key.decode()] = Entry(dtype, _shape(shape), shard, at, length, checksum, sliced)
    return entries, count


def _shape(content: bytes) -> tuple[int, ...]:
    sizes = []
    for number, what in _fields(content):
        if number == 2 and isinstance(what, bytes):
            size = dict(_fields(what)).get(1, 0)
            sizes.append(size if isinstance(size, int) else 0)
    return tuple(sizes)


def _block(content: bytes, offset: int, size: int) -> Iterator[tuple[bytes, bytes]]:
    if content[offset + size] != 0:
        raise ValueError("its blocks are compressed, which is not read; save it anew with TensorFlow's Saver")
    body = content[offset : offset + size]
    if struct.unpack_from("<I", content, offset + size + 1)[0] != masked(crc32c(content[offset : offset + size + 1])):
        raise ValueError("a block's checksum is another: it is damaged")
    end = size - 4 - 4 * struct.unpack_from("<I", body, size - 4)[0]
    place, key = 0, b""
    while place < end:
        shared, place = _varint(body, place)
        new, place = _varint(body, place)
        length, place = _varint(body, place)
        key = key[:shared] + body[place : place + new]
        place += new
        yield key, body[place : place + length]
        place += length


def _varint(content: bytes, place: int) -> tuple[int, int]:
    """Return a number of seven bits a byte, the lowest first, and the place behind it."""
    number = shift = 0
    while True:
        byte = content[place]
        number |= (byte & 127) << shift
        place, shift = place + 1, shift + 7
        if byte < 128:
            return number, place


def _fields(content: bytes) -> Iterator[tuple[int, int | bytes]]:
    """Yield the fields of a protocol-buffer message: number, and a number or bytes."""
    place = 0
    while place < len(content):
        key, place = _varint(content, place)
        kind = key & 7
        if kind == 0:
            number, place = _varint(content, place)
            yield key >> 3, number
        elif kind == 2:
            length, place = _varint(content, place)
            yield key >> 3, content[place : place + length]
            place += length
        elif kind in (1, 5):
            width = 8 if kind == 1 else 4
            yield key >> 3, int.from_bytes(content[place : place + width], "little")
            place += width
        else:
            raise ValueError(f"a field of unknown kind {kind}")
