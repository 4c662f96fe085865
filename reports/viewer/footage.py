"""The frames that a run was made on, looked for where it found them; what cannot be shown is said, not guessed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from benchmark.datasets.base import Dataset, Inventory
from benchmark.datasets.images import FrameError, decode_frame, frame_size, header_of, read_bytes
from benchmark.datasets.lookup import RENDERED, data_root, open_dataset
from benchmark.datasets.sequence import Annotation
from benchmark.datasets.sequence import Sequence as Video
from benchmark.runs import Run
from reports.viewer.answers import CauseLine
from trackers.errors import InputError

if TYPE_CHECKING:
    from benchmark.datasets.render.dataset import RenderedDataset

ROUNDED = 0.01
"""Pixels by which the boxes of two copies of a dataset may differ: some keep fewer decimals."""
_JPEG = b"\xff\xd8"


@dataclass(frozen=True)
class Reel:
    """One sequence's frames."""

    frames: Sequence[Path]
    """Empty where none can be shown."""
    missing: str = ""
    """Why not, in one line."""
    annotation: Annotation | None = None
    """The dataset's own ground truth, of runs that did not keep theirs."""

    @property
    def size(self) -> tuple[int, int] | None:
        """Width and height of the first frame; None where it cannot be had."""
        try:
            return frame_size(self.frames[0]) if self.frames else None
        except FrameError:
            return None

    def file(self, index: int) -> tuple[bytes, str]:
        """Return a frame's file as it is, and its media type. InputError where it cannot be had.

        Nothing but a JPEG or PNG that one of the dataset's own frames is leaves this place.
        """
        if not 0 <= index < len(self.frames):
            raise InputError(self.missing or f"there is no frame {index + 1}")
        path = self.frames[index]
        try:
            data = read_bytes(path)
            header_of(path, data)
        except FrameError as error:
            raise InputError(f"frame {index + 1}: {error.path.name} {error.reason}") from None
        return data, "image/jpeg" if data.startswith(_JPEG) else "image/png"

    def pixels(self, index: int, size: tuple[int, int]) -> NDArray[np.uint8]:
        """Return a frame's (H, W, 3) pixels; grey of that size where it cannot be had."""
        try:
            return decode_frame(self.frames[index], read_bytes(self.frames[index]))
        except (FrameError, IndexError):
            return np.full((size[1], size[0], 3), 128, np.uint8)


class Footage:
    """The dataset of one run. Sequences are read when they are asked for, each once, by one thread at a time.

    It lies in `root`; without one where the run found it, else where all commands look (`benchmark.datasets.lookup`).
    """

    def __init__(self, run: Run, root: Path | None) -> None:
        self._run = run
        self._root = root
        self._reels: dict[str, Reel] = {}
        self._lock = Lock()

    def reel(self, name: str) -> Reel:
        """Return a sequence's frames; rendered ones are drawn where they are not kept."""
        with self._lock:
            if name not in self._reels:
                self._reels[name] = self._read(name)
            return self._reels[name]

    def cause(self, name: str) -> str:
        """Return what makes a rendered sequence hard; "" of other datasets."""
        return self._drawn.cause(name) if self._drawn and name in self._drawn.catalogue.entries else ""

    def causes(self, name: str) -> list[CauseLine]:
        """Return in which frames that acts."""
        spans = self._drawn.causes(name) if self._drawn and self.cause(name) else ()
        return [CauseLine(name=one.name, first=one.first, last=one.last) for one in spans]

    @cached_property
    def _drawn(self) -> RenderedDataset | None:
        """The run's dataset where it is a rendered one, of the run's revision."""
        name, revision = (self._run.manifest["dataset"][key] for key in ("name", "revision"))
        if name not in RENDERED:
            return None
        from benchmark.datasets.render.dataset import RenderedDataset  # loads all that draws

        dataset = RenderedDataset.open(name)
        return dataset if dataset.revision == revision else None

    @cached_property
    def _opened(self) -> tuple[Dataset, Inventory] | str:
        """The dataset and what of it is here, or why there is none."""
        truth, wanted = self._run.truth, self._run.manifest["dataset"]
        found = Path(truth.root) if truth and truth.root else None
        try:
            place = self._root or (found if found and found.is_dir() else None)
            if found and not place and not data_root(None).is_dir():
                return f"they are not where the run found them, in {found}: --data-root DIR says where they are"
            opened = open_dataset(wanted["name"], place)
            if opened.revision != wanted["revision"]:
                return f"{opened.name} is of revision {opened.revision} here, the run's of {wanted['revision']}"
            return opened, opened.inventory()
        except (InputError, OSError) as error:
            return str(error)

    def _read(self, name: str) -> Reel:
        if isinstance(self._opened, str):
            return Reel((), self._opened)
        dataset, inventory = self._opened
        if name not in inventory.found:
            return Reel((), f"{name} is not found in {inventory.place}: --data-root DIR says where it is")
        try:
            (video,) = dataset.load([name])
        except (FrameError, InputError, OSError) as error:
            return Reel((), str(error))
        kept = self._run.truth.annotations.get(name) if self._run.truth else None
        if kept is None:
            return Reel(video.frames, annotation=video.annotation)
        if not _same(kept, video):
            return Reel((), f"{name} in {inventory.place} has other boxes than the run's: it is not the same video")
        return Reel(video.frames[: len(kept)])


def _same(kept: Annotation, video: Video) -> bool:
    """Return whether a video is the one of a run, which may have taken the first frames of it alone."""
    boxes = video.annotation.boxes[: len(kept)]
    return len(video) >= len(kept) and np.allclose(boxes, kept.boxes, rtol=0, atol=ROUNDED, equal_nan=True)
