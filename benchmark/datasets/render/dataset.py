"""The rendered sets as datasets: drawn when first asked for, then read from the cache."""

from __future__ import annotations

import os
import shutil
import signal
import time
from collections.abc import Collection, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from dataclasses import dataclass, replace
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np

from benchmark.datasets.base import Dataset, Inventory, Progress
from benchmark.datasets.render.cache import cache_folder, complete, fingerprint, install, sequence_folder
from benchmark.datasets.render.catalogue import Catalogue, Entry, read_catalogue
from benchmark.datasets.sequence import Annotation, Sequence
from benchmark.store.record import read_arrays, write_arrays
from trackers.errors import InputError, did_you_mean

if TYPE_CHECKING:
    from benchmark.datasets.render.geometry import Floats
    from benchmark.datasets.render.truth import Truth

LONG = 3600.0
"""Seconds without a new frame after which nobody draws into a folder any more."""


@dataclass(frozen=True)
class CauseSpan:
    """Frames in which a cause of failure acts, both ends included, counted from 0."""

    name: str
    first: int
    last: int


class RenderedDataset(Dataset):
    """`demo`, `demo-full` or `demo-large`: small videos whose ground truth is known exactly."""

    rendered = True

    def __init__(self, catalogue: Catalogue, cache: Path | None = None, workers: int | None = None) -> None:
        """Open a set; nothing is drawn. `cache` is the folder for frames, else `cache_folder()`."""
        self.catalogue = catalogue
        self.name, self.title = catalogue.name, catalogue.title
        self.revision, self.source = catalogue.revision, catalogue.source
        self.total = len(catalogue.entries)
        self._cache = cache
        self._workers = workers or os.cpu_count() or 1

    @classmethod
    def open(cls, name: str, cache: Path | None = None, workers: int | None = None) -> RenderedDataset:
        """Open a built-in set by its name: `demo`, `demo-full` or `demo-large`."""
        return cls(read_catalogue(name), cache, workers)

    def inventory(self) -> Inventory:
        """Return every sequence as found: what is not drawn yet can be."""
        return Inventory(tuple(self.catalogue.entries), (), str(self._root))

    def load(self, names: Collection[str], progress: Progress | None = None) -> list[Sequence]:
        """Return the named sequences, drawing those that the cache does not hold, several at a time."""
        names = list(names)
        self._check(names)
        folders = {name: self._folder(name) for name in names}
        missing = [name for name in folders if not complete(folders[name], self.catalogue.entries[name].frames)]
        done = len(names) - len(missing)
        if progress is not None:
            progress(done, len(names))
        for name in self._draw(missing, folders):
            done += 1
            if progress is not None:
                progress(done, len(names))
            if not complete(folders[name], self.catalogue.entries[name].frames):
                raise InputError(f"{name} could not be drawn into {folders[name]}: is the disk full?")
        return [self._sequence(name, folders[name]) for name in names]

    def undrawn(self) -> tuple[str, ...]:
        """Return the sequences whose frames the cache does not hold."""
        entries = self.catalogue.entries
        return tuple(name for name in entries if not complete(self._folder(name), entries[name].frames))

    def cause(self, name: str) -> str:
        """Return what makes the sequence hard; ``plain`` where nothing does."""
        self._check([name])
        return self.catalogue.entries[name].cause

    def plots(self) -> dict[str, str]:
        """Return by each sequence's name the first one that differs from it by its seed alone: they have one plot."""
        first: dict[Entry, str] = {}
        entries = self.catalogue.entries.items()
        return {name: first.setdefault(replace(entry, name="", seed=0), name) for name, entry in entries}

    def annotation(self, name: str) -> Annotation:
        """Return a sequence's ground truth; nothing is drawn."""
        self._check([name])
        truth = self._truth(name)
        return Annotation(name, truth.boxes, truth.valid, 0, truth.attributes())

    def causes(self, name: str) -> tuple[CauseSpan, ...]:
        """Return when the sequence's cause of failure acts, in order; nothing for a plain one."""
        self._check([name])
        entry = self.catalogue.entries[name]
        return tuple(CauseSpan(entry.cause, first, last) for first, last in entry.play().spans())

    def visibility(self, name: str) -> Floats:
        """Return the share (N,) of the target that can be seen: within the picture and behind nothing."""
        self._check([name])
        truth = self._truth(name)
        return np.asarray(truth.inside * truth.uncovered, dtype=np.float64)

    def _truth(self, name: str) -> Truth:
        from benchmark.datasets.render.truth import Truth  # here: sets are listed without what draws them

        return Truth(self.catalogue.entries[name].play().scene)

    @property
    def _root(self) -> Path:
        return self._cache or cache_folder()

    def _folder(self, name: str) -> Path:
        return sequence_folder(self._root, self.name, name, fingerprint(self.catalogue.entries[name]))

    def _check(self, names: Collection[str]) -> None:
        for name in names:
            if name not in self.catalogue.entries:
                raise InputError(f"{self.name} has no sequence {name!r}.{did_you_mean(name, self.catalogue.entries)}")

    def _draw(self, names: list[str], folders: dict[str, Path]) -> Iterator[str]:
        """Draw sequences, yielding each name as it is done."""
        for place in {folders[name].parent for name in names}:
            _clear_killed(place)
        if min(len(names), self._workers) <= 1:
            for name in names:
                install(self.catalogue.entries[name], folders[name])
                yield name
            return
        waiting = set(names)
        pool = ProcessPoolExecutor(min(len(names), self._workers), get_context("spawn"), _quiet_worker)
        try:
            jobs = {pool.submit(install, self.catalogue.entries[name], folders[name]): name for name in names}
            for job in as_completed(jobs):
                job.result()
                waiting.discard(jobs[job])
                yield jobs[job]
        except BrokenProcessPool:
            # A script without `if __name__ == "__main__":` cannot start processes: draw here.
            for name in sorted(waiting, key=names.index):
                install(self.catalogue.entries[name], folders[name])
                yield name
        finally:
            pool.shutdown(wait=True, cancel_futures=True)

    def _sequence(self, name: str, folder: Path) -> Sequence:
        frames = tuple(folder / f"{i + 1:04d}.jpg" for i in range(self.catalogue.entries[name].frames))
        return Sequence(self._annotation(name, folder / "truth.npz"), frames)

    def _annotation(self, name: str, file: Path) -> Annotation:
        """Return a sequence's ground truth from beside its frames; where it is not kept there, it is from now on.

        It follows from all that the folder is named by, but counting what can be seen of a target takes its time.
        """
        if (content := read_arrays(file)) is not None:
            with suppress(KeyError, TypeError):
                boxes, valid = (content[1][key] for key in ("boxes", "valid"))
                if boxes.shape == (self.catalogue.entries[name].frames, 4) and valid.shape == boxes.shape[:1]:
                    return Annotation(name, boxes, valid, 0, tuple(map(str, content[0]["attributes"])))
        truth = self.annotation(name)
        with suppress(OSError):  # a cache that may only be read
            write_arrays(file, {"attributes": list(truth.attributes)}, {"boxes": truth.boxes, "valid": truth.valid})
        return truth


def _clear_killed(place: Path) -> None:
    """Remove the folders that processes have left which were killed while they drew."""
    for one in place.glob(".*-*"):
        with suppress(OSError):  # another process was faster
            if one.is_dir() and time.time() - one.stat().st_mtime > LONG:
                shutil.rmtree(one, ignore_errors=True)


def _quiet_worker() -> None:
    """Leave Ctrl-C to the process that draws with this one's help, and one core to each."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    cv2.setNumThreads(1)
