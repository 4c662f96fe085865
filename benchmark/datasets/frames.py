"""A sequence's frames as a list of files that costs little: one folder, and names, each shared with nobody."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from stat import S_ISREG
from typing import overload

import numpy as np
from numpy.typing import NDArray

NOTHING = (-1, -1, -1)


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
        return hash((self.folder, self.names))

    def __repr__(self) -> str:
        return f"Frames({str(self.folder)!r}, {len(self)} files)"

    def stamps(self) -> NDArray[np.int64]:
        """Return (N, 3): each file's size in bytes, and when its content and anything of it were changed, in ns.

        Three times -1 where there is no such file.
        """
        place, stat = os.path.join(self.folder, ""), os.stat
        rows: list[tuple[int, int, int]] = []
        for name in self.names:
            try:
                found = stat(place + name)
            except OSError:
                rows.append(NOTHING)
                continue
            regular = S_ISREG(found.st_mode)
            rows.append((found.st_size, found.st_mtime_ns, found.st_ctime_ns) if regular else NOTHING)
        return np.array(rows, np.int64).reshape(-1, 3)
