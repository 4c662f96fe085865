"""A sequence's frames as a list of files that costs little: one folder, and names, each shared with nobody."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from stat import S_IFREG
from typing import overload

import numpy as np
from numpy.typing import NDArray

from benchmark.plurals import counted

NOTHING = (-1, -1, -1)
_MISSING = (0, *NOTHING)
"""What no file has: a mode of nothing, and NOTHING."""


class Frames(Sequence[Path]):
    """Image files of one folder, in order. Paths are made when they are asked for; a slice is such a list too."""

    __slots__ = ("folder", "names")

    def __init__(self, folder: Path, names: tuple[str, ...]) -> None:
        self.folder = folder
        self.names = names

    @overload
    def __getitem__(self, index: int) -> Path: ...
    @overload
    def __getitem__(self, index: slice) -> Frames: ...
    def __getitem__(self, index: int | slice) -> Path | Frames:
        if isinstance(index, slice):
            return Frames(self.folder, self.names[index])
        return self.folder / self.names[index]

    def __iter__(self) -> Iterator[Path]:
        return (self.folder / name for name in self.names)

    def __len__(self) -> int:
        return len(self.names)

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Frames):
            return self.folder == other.folder and self.names == other.names
        return isinstance(other, tuple) and tuple(self) == other

    def __hash__(self) -> int:
        return hash((self.folder, len(self.names)))  # not of each name: there are thousands, and one list a folder

    def __repr__(self) -> str:
        return f"Frames({str(self.folder)!r}, {counted(len(self), 'file')})"

    def stamps(self) -> NDArray[np.int64]:
        """Return (N, 3): each file's size in bytes, and when its content and anything of it were changed, in ns.

        Three times -1 where there is no such file.
        """
        values: list[int] = []
        extend = values.extend
        with _looking_in(self.folder) as stat:
            for name in self.names:
                try:
                    found = stat(name)
                except OSError:
                    extend(_MISSING)
                else:
                    extend((found.st_mode, found.st_size, found.st_mtime_ns, found.st_ctime_ns))
        looked = np.fromiter(values, np.int64, len(values)).reshape(-1, 4)
        regular = looked[:, :1] & ~0o7777 == S_IFREG
        return np.where(regular, looked[:, 1:], np.array(NOTHING))


@contextmanager
def _looking_in(folder: Path) -> Iterator[Callable[[str], os.stat_result]]:
    """Yield what looks at a file of a folder; where the system can, from the folder itself, without its whole path."""
    if os.stat not in os.supports_dir_fd or not folder.is_dir():
        place = os.path.join(folder, "")
        yield lambda name: os.stat(place + name)
        return
    opened = os.open(folder, os.O_RDONLY)
    try:
        yield partial(os.stat, dir_fd=opened)
    finally:
        os.close(opened)
