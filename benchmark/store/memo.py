"""What frame files were found to hold, remembered by size and times: a frame is read again only if these have changed.

``DIR/frames/`` has one file for every folder of frames, written whole or not at all. It is a memo and no more: where it
is missing or damaged, frames are read again.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmark.datasets.content import DIGEST_BYTES, Seen, Stamp, fold, look, stamp_of
from benchmark.datasets.frames import Frames
from benchmark.store.record import read_arrays, write_arrays

SCHEMA = 1
MEMO = "frames"
"""The folder's name."""
READERS = 4
"""Threads that read frames; reading and hashing release the interpreter's lock."""
TABLES = 64
"""Folders whose memo is held at a time, to bound the memory."""
Table = dict[str, Seen]
"""What the frames of one folder hold, by their names."""


class FrameMemo:
    """What is known of frames' content for one results folder."""

    def __init__(self, results: Path, *, trust: bool = True) -> None:
        """Keep the memo in a results folder; without `trust`, every frame that is asked for is read anew."""
        self._folder = results / MEMO
        self._trust = trust
        self._tables: dict[Path, Table] = {}
        self._known: dict[Path, bytes] = {}
        """Digests that this process has settled."""
        self._folded: dict[Frames, str] = {}
        """What whole lists of frames were found to hold, until something new is learnt."""
        self._looked: dict[Path, tuple[Frames, NDArray[np.int64]]] = {}
        """Of a folder, frames and the stamps that they were seen to have."""

    def content(self, frames: Sequence[Path]) -> str:
        """Return what frames hold now (`benchmark.datasets.content.fold`); those that may have changed are read."""
        if not isinstance(frames, Frames):
            return self._content(frames)
        found = self._folded.get(frames) or (self._unchanged(frames) if self._trust else None) or self._content(frames)
        self._folded[frames] = found
        return found

    def _unchanged(self, frames: Frames) -> str | None:
        """Return what frames hold where all of them are as the memo has them, found by one comparison; else None."""
        kept = read_arrays(self._file(frames.folder))
        if kept is None or kept[0].get("schema") != SCHEMA:
            return None
        try:
            names, stamps, digests = kept[1]["names"], kept[1]["stamps"], kept[1]["digests"]
            count = len(frames)
            if not count or tuple(names[:count].tolist()) != frames.names or digests.dtype != np.uint8:
                return None
            if not np.array_equal(self._stamps(frames), stamps[:count]):
                return None
            return fold([digests[: DIGEST_BYTES * count].tobytes()])
        except (KeyError, TypeError, ValueError):
            return None

    def saw(self, frames: Frames, stamps: NDArray[np.int64]) -> None:
        """Take the (N, 3) stamps of frames that were looked at just now: these are not looked at once more."""
        self._looked[frames.folder] = (frames, stamps)

    def _stamps(self, frames: Frames) -> NDArray[np.int64]:
        """Return the stamps of frames, where `saw` had these the ones that it was given."""
        known, stamps = self._looked.get(frames.folder, (None, None))
        if known is not None and stamps is not None and frames.names[0] in known.names:
            begin = known.names.index(frames.names[0])
            if known.names[begin : begin + len(frames)] == frames.names:
                return stamps[begin : begin + len(frames)]
        return frames.stamps()

    def _content(self, frames: Sequence[Path]) -> str:
        unknown = [path for path in dict.fromkeys(frames) if path not in self._known]
        stale = []
        for path in unknown:
            before = self._table(path.parent).get(path.name) if self._trust else None
            if before is not None and before.stamp == stamp_of(path):
                self._known[path] = before.digest
            else:
                stale.append(path)
        if stale:
            with ThreadPoolExecutor(READERS, thread_name_prefix="frames") as pool:
                seen = list(pool.map(_look, stale))
            self.learn(stale, seen)
            self._known.update({path: one.digest for path, one in zip(stale, seen, strict=True)})
        return fold(self._known[path] for path in frames)

    def learn(self, frames: Sequence[Path], seen: Sequence[Seen]) -> None:
        """Remember what a reader has found in the first of `frames`, where it has read the very files that are here."""
        self._folded.clear()
        by_folder: dict[Path, list[tuple[Path, Seen]]] = {}
        for path, one in zip(frames, seen, strict=False):
            if one.stamp is not None:
                by_folder.setdefault(path.parent, []).append((path, one))
        for folder, found in by_folder.items():
            table = self._table(folder)
            fresh = {p.name: one for p, one in found if table.get(p.name) != one and one.stamp == stamp_of(p)}
            table |= fresh
            self._known |= {path: one.digest for path, one in found if table.get(path.name) == one}
            if fresh:
                self._write(folder, table)

    def _table(self, folder: Path) -> Table:
        if folder not in self._tables:
            if len(self._tables) >= TABLES:
                self._tables.pop(next(iter(self._tables)))
            self._tables[folder] = _read(self._file(folder))
        return self._tables[folder]

    def _file(self, folder: Path) -> Path:
        return self._folder / f"{sha256(os.fsencode(os.path.abspath(folder))).hexdigest()[:24]}.npz"

    def _write(self, folder: Path, table: Table) -> None:
        arrays = {
            "names": np.array(list(table), np.str_),
            "stamps": np.array([one.stamp for one in table.values()], np.int64),
            "digests": np.frombuffer(b"".join(one.digest for one in table.values()), np.uint8),
        }
        with suppress(OSError):  # a disk that is full, or may only be read: it is a memo
            write_arrays(self._file(folder), {"schema": SCHEMA, "folder": os.path.abspath(folder)}, arrays)


def _look(path: Path) -> Seen:
    return look(path)[0]


def _read(file: Path) -> Table:
    content = read_arrays(file)
    if content is None or content[0].get("schema") != SCHEMA:
        return {}
    try:
        names, stamps = content[1]["names"].tolist(), content[1]["stamps"].tolist()
        digests = content[1]["digests"].tobytes()
        if len(digests) != DIGEST_BYTES * len(names):
            return {}
        return {
            name: Seen(digests[DIGEST_BYTES * i : DIGEST_BYTES * (i + 1)], Stamp(*stamp))
            for i, (name, stamp) in enumerate(zip(names, stamps, strict=True))
        }
    except (KeyError, TypeError, ValueError):
        return {}
