"""MATLAB's files of version 5 (``save(..., '-v7')`` too), read with NumPy alone: numbers, texts and structures.

Written from the format's public description, because SciPy's reader can end the process on a damaged file. An element
is a tag, what it holds and how many bytes, and its content, filled up to eight bytes; an array is an element of
elements. What is not asked for is skipped by its size, whatever it is.
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

HEADER = 128
NUMBERS = {1: "i1", 2: "u1", 3: "i2", 4: "u2", 5: "i4", 6: "u4", 7: "f4", 9: "f8", 12: "i8", 13: "u8"}
"""Types of elements that hold numbers."""
TEXTS = {1: "latin-1", 2: "latin-1", 4: "utf-16", 16: "utf-8", 17: "utf-16"}
ARRAY, COMPRESSED = 14, 15
STRUCTURES = (2, 3)
"""Classes of arrays: a structure, and an object, which has its class's name besides."""
TEXT = 4
KINDS = {6: "f8", 7: "f4", 8: "i1", 9: "u1", 10: "i2", 11: "u2", 12: "i4", 13: "u4", 14: "i8", 15: "u8"}
"""Classes of arrays of numbers, which may be kept in fewer bytes."""
COMPLEX = 8
LARGEST = 1 << 31
"""Bytes of an array in a file of this version."""


@dataclass(frozen=True)
class Structures:
    """An array of structures: the content of every field of every one, the first index the fastest."""

    fields: tuple[str, ...]
    rows: tuple[tuple[Array, ...], ...]

    def column(self, field: str) -> list[Array]:
        """Return one field of all of them; ValueError where there is no such field."""
        if field not in self.fields:
            raise ValueError(f"a structure without a field {field!r}")
        place = self.fields.index(field)
        return [row[place] for row in self.rows]


@dataclass(frozen=True)
class Array:
    """One array that is there, not read yet."""

    content: memoryview
    order: Literal["<", ">"]

    def value(self) -> NDArray[np.generic] | str | Structures:
        """Return the array; ValueError where it is damaged, or of a class that is not read."""
        parts = _elements(self.content, self.order)
        flags = int.from_bytes(next(parts)[1][:4], "little" if self.order == "<" else "big")
        shape = tuple(int(size) for size in self._numbers(*next(parts)))
        next(parts)  # its name
        kind = flags & 0xFF
        if kind in STRUCTURES:
            return self._structures(parts, shape, named=kind == 3)
        if kind == TEXT:
            coded, content = next(parts)
            return bytes(content).decode(TEXTS[coded].replace("utf-16", f"utf-16-{'lb'[self.order == '>']}e"))
        if kind not in KINDS or flags >> 8 & COMPLEX or len(shape) < 2 or min(shape) < 0:
            raise ValueError(f"an array of a class ({kind}) that is not read")
        values = self._numbers(*next(parts))
        if len(values) != math.prod(shape):
            raise ValueError("an array that does not lie whole in the file")
        return values.astype(KINDS[kind]).reshape(shape, order="F")

    def _structures(
        self, parts: Iterator[tuple[int, memoryview]], shape: tuple[int, ...], *, named: bool
    ) -> Structures:
        if named:
            next(parts)
        width = int(self._numbers(*next(parts))[0])
        names = bytes(next(parts)[1])
        if width < 1:
            raise ValueError("fields without names")
        fields = tuple(names[at : at + width].split(b"\0")[0].decode("latin-1") for at in range(0, len(names), width))
        arrays = [Array(content, self.order) for kind, content in parts if kind == ARRAY]
        if len(arrays) != len(fields) * math.prod(shape):
            raise ValueError("structures that do not lie whole in the file")
        return Structures(fields, tuple(zip(*[iter(arrays)] * len(fields), strict=True)))

    def _numbers(self, kind: int, content: memoryview) -> NDArray[np.generic]:
        return np.frombuffer(content, np.dtype(NUMBERS[kind]).newbyteorder(self.order))


def read_variable(content: bytes, name: str) -> Array:
    """Return a file's variable.

    Raises:
        ValueError: damaged, or without that variable; StopIteration, LookupError, zlib.error, UnicodeError likewise.
        NotImplementedError: the file is of MATLAB 7.3.
    """
    order: Literal["<", ">"] = ">" if content[126:128] == b"MI" else "<"
    version = int.from_bytes(content[124:126], "little" if order == "<" else "big")
    if version == 0x0200:
        raise NotImplementedError
    if version != 0x0100 or content[126:128] not in (b"IM", b"MI"):
        raise ValueError("it does not begin as a file of MATLAB's version 5")
    for kind, part in _elements(memoryview(content)[HEADER:], order):
        array = _unpacked(part, order) if kind == COMPRESSED else part if kind == ARRAY else None
        if array is None:
            continue
        pieces = _elements(array, order)
        _, _, named = next(pieces), next(pieces), next(pieces)
        if bytes(named[1]) == name.encode():
            return Array(array, order)
    raise ValueError(f"it holds no {name!r}")


def _unpacked(packed: memoryview, order: Literal["<", ">"]) -> memoryview:
    """Return the array that an element holds compressed; zlib.error where its checksum is another."""
    reader = zlib.decompressobj()
    content = reader.decompress(packed, LARGEST)
    if not reader.eof:
        raise ValueError("an array whose end is missing")
    kind, array = next(_elements(memoryview(content), order))
    if kind != ARRAY:
        raise ValueError("a compressed element that is no array")
    return array


def _elements(content: memoryview, order: Literal["<", ">"]) -> Iterator[tuple[int, memoryview]]:
    """Yield the elements that stand one behind the other: what each holds, and its content."""
    place = 0
    while place < len(content):
        if len(content) - place < 8:
            raise ValueError("bytes behind the last element")
        kind, size = (int(number) for number in np.frombuffer(content[place : place + 8], f"{order}u4"))
        if kind >> 16:  # a short one: size and kind share a word, and the content follows in the tag
            kind, size, start, end = kind & 0xFFFF, kind >> 16, place + 4, place + 8
            if size > 4:
                raise ValueError("a short element that is none")
        else:
            start = place + 8
            end = start + size if kind == COMPRESSED else start + -(-size // 8) * 8
        if start + size > len(content):
            raise ValueError("an element that does not lie whole in the file")
        yield kind, content[start : start + size]
        place = end
