"""Trackers that speak TraX, VOT's protocol: ``trax:"COMMAND"``, a new process a sequence.

The protocol's own library speaks it (``vot-trax``, an extra). Frames are handed over as files: bitmaps, which every
reader of images reads and which hold the very pixels that others get.
"""

from __future__ import annotations

import os
import shlex
import shutil
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar
from weakref import WeakSet, finalize

import cv2
import numpy as np
from numpy.typing import NDArray

from trackers.adapters.apart.child import END_SECONDS, Child
from trackers.adapters.apart.lanes import START_SECONDS, ProcessLanes, surroundings
from trackers.adapters.apart.sieve import Sieve
from trackers.adapters.containment import World
from trackers.adapters.one_target import Objects
from trackers.api import Frame
from trackers.code.reach import Reach, Walk
from trackers.errors import InputError
from trackers.registry import Family

MEMORY_FOLDER = Path("/dev/shm")
"""A disk that is memory, on Linux."""
AMPLE_BYTES = 1 << 28
"""What must be free there: some machines have next to none of it."""
MESSAGE = "@@TRAX:"
"""How the protocol's lines begin."""
CONFIDENCE = "confidence"
"""What VOT's trackers call their score."""

T = TypeVar("T")


def family(command: str) -> Family:
    """Return the family of a command; InputError where it cannot be started, or the protocol's library is missing."""
    try:
        import trax  # noqa: F401  # an extra
    except ImportError as error:
        raise InputError("trax: needs vot-trax: pip install vot-trax==4.0.2") from error
    words = _words(command)
    head, *parts = _parts(words)
    # By its path: two environments' Pythons are one file, which links lead to, with other packages.
    program = f'trax:"{_program(words)}'

    class TraxTracker(ProcessLanes):
        """One target. TraX's rectangles are 0-based and continuous, as ours are."""

        def __init__(self, config: Any, weights: Any, device: str) -> None:
            """Start the first process: what is no TraX tracker says so before the first frame."""
            super().__init__(config, weights, device)
            self._ready: list[TraxSession] = [self._connect(START_SECONDS)]

        def begin(self, image: Frame, box: NDArray[np.float64], seed: int, seconds: float) -> TraxSession:
            """Start a process and show it the target."""
            session = self._ready.pop() if self._ready else self._connect(seconds)
            session.start(image, box, seconds)
            return session

        def finish(self, state: Objects, lane: int) -> None:
            """Hear a process out."""
            state.lanes[lane].finish()

        def _connect(self, seconds: float) -> TraxSession:
            return TraxSession(words, surroundings(self.device), seconds, self.children)

    return Family(
        "".join([program, *(part if isinstance(part, str) else part.name for part in parts)]),
        TraxTracker,
        "what its author gave it",
        plug_in="TraX",
        reach=_reach(words),
        world=World(words[0]),
        parts=(head, *parts),
    )


class TraxSession:
    """One process and the target that it follows."""

    def __init__(self, words: list[str], environment: dict[str, str], seconds: float, among: WeakSet[Child]) -> None:
        """Start the command and wait for its greeting; `TrackerFailure` where none comes, or it wants what we lack."""
        from trax.client import Client

        self._folder = Path(tempfile.mkdtemp(prefix="engram-trax-", dir=_place()))
        self._child = child = Child(words, environment, folder=str(self._folder), among=among)
        self._count, self._longest = 0, 0.0
        printed, self._sieve = _Printed(child.hear), Sieve(child.read)
        given = child.write, self._sieve.read
        self._client = client = self._call(lambda: Client(stream=given, log=printed), seconds)
        finalize(self, _leave, client, child)
        if "path" not in client.image_formats:
            raise child.failure(f"it takes no files as images, but {_listed(client.image_formats)}")
        if not {"rectangle", "polygon"} & set(client.region_formats):
            raise child.failure(f"it follows no rectangles, but {_listed(client.region_formats)}")

    def start(self, image: Frame, box: NDArray[np.float64], seconds: float) -> None:
        """Show it the target."""
        from trax import Rectangle

        objects: list[Any] = [(Rectangle.create(*map(float, box)), {})]
        self._call(lambda: self._client.initialize(self._picture(image), objects, {}), seconds)

    def update(self, image: Frame, seconds: float) -> tuple[NDArray[np.float64], float]:
        """Return box and confidence; NaN where it says that it has no box, 1 where it says no confidence."""
        began = time.monotonic()
        found: Any = self._call(lambda: self._client.frame(self._picture(image), {}, []), seconds)
        self._longest = max(self._longest, time.monotonic() - began)
        if not (objects := found[0]):
            raise self._child.failure("it answered without a region")
        region, says = objects[0]
        if (box := _bounds(region)) is None:
            raise self._child.failure(f"it answered with a {region.type}, not a rectangle")
        return box, _number(says.get(CONFIDENCE, "1"))

    def finish(self) -> None:
        """Ask it to end and hear it out: who is one answer ahead of the frames has one more to give."""
        with suppress(Exception):
            self._child.call(self._client.quit, END_SECONDS)
        if not self._sieve.hear_out(END_SECONDS + self._longest):
            self._child.kill()
        self._count_answers()

    def _call(self, work: Callable[[], T], seconds: float) -> T:
        seen = self._sieve.seen
        self._count_answers()
        found = self._child.call(work, seconds, lambda error: seen.why or _says(error))
        if seen.why:  # of which the library has heard nothing, and may have made something up
            raise self._child.failure(seen.why)
        return found

    def _count_answers(self) -> None:
        if self._sieve.seen.answers > self._count:
            raise self._child.failure("it answered a frame twice")

    def _picture(self, image: Frame) -> dict[str, Any]:
        """Write a frame under a new name and remove the last but one, as some look at what they had before."""
        from trax import FileImage

        self._count += 1
        file = self._folder / f"{self._count:08d}.bmp"
        if not cv2.imwrite(str(file), cv2.cvtColor(image, cv2.COLOR_RGB2BGR)):
            full = self._folder.is_dir()  # it goes with the process
            raise OSError(f"cannot write a frame to {self._folder}: is the disk full?" if full else "")
        (self._folder / f"{self._count - 2:08d}.bmp").unlink(missing_ok=True)
        return {"color": FileImage.create(str(file))}


class _Printed:
    """Keeps what a tracker prints among its messages, of which the library tells all, bit by bit."""

    def __init__(self, keep: Callable[[str], None]) -> None:
        self._keep, self._line = keep, ""

    def __call__(self, text: str) -> None:
        *lines, self._line = (self._line + text).split("\n")
        for line in lines:
            if line and not line.startswith(MESSAGE):
                self._keep(f"{line}\n")


def _says(error: BaseException) -> str:
    """Return what the tracker gave as its reason to end the session; "" where the library only knows that it has."""
    _, told, reason = str(error).partition("Server terminated the session: ")
    if told:
        return reason
    return "" if "Unknown" in str(error) or "Unable to connect" in str(error) else str(error)


def _leave(client: Any, child: Child) -> None:
    """Ask a process to end, then end it."""
    with suppress(Exception):
        child.call(client.quit, END_SECONDS)
    # The library speaks and logs once more when its handle goes: now, while pipes and log are there.
    vars(client).pop("_handle", None)
    child.leave()


def _place() -> Path | None:
    """Return the folder for frames: memory, where there is enough; None for what the system has for such files."""
    ample = MEMORY_FOLDER.is_dir() and shutil.disk_usage(MEMORY_FOLDER).free > AMPLE_BYTES
    return MEMORY_FOLDER if ample and os.access(MEMORY_FOLDER, os.W_OK) else None


def _bounds(region: Any) -> NDArray[np.float64] | None:
    """Return the (4,) box of a rectangle or round a polygon, NaN where it says that there is none; None of the rest."""
    if region.type == "rectangle":
        return np.array(region.bounds(), np.float64)
    if region.type == "polygon":
        points = np.array(list(region), np.float64)
        return np.concatenate([points.min(0), np.ptp(points, 0)])
    return np.full(4, np.nan) if region.type == "special" else None


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return np.nan


def _listed(names: Sequence[str]) -> str:
    return " and ".join(names) or "nothing"


def _words(command: str) -> list[str]:
    """Return a command's words as a shell reads them; InputError where there is no such program."""
    try:
        words = shlex.split(command)
    except ValueError as error:
        raise InputError(f"trax:{command}: {error}") from error
    if not words:
        raise InputError("trax: needs a command, e.g. trax:'python tracker.py'")
    if shutil.which(words[0]) is None:
        raise InputError(f"trax:{command}: there is no program {words[0]}")
    return [os.path.abspath(words[0]) if os.sep in words[0] else words[0], *words[1:]]


def _program(words: Sequence[str]) -> Path:
    """Return the absolute path of a command's program, links left as they are."""
    return Path(os.path.abspath(shutil.which(words[0]) or words[0]))


def _reach(words: Sequence[str]) -> Reach:
    """Return what the key covers: the files that the command names, and what Python files of it import beside them.

    What else it reads, and what its Python has for packages, nobody here knows (docs/elsewhere.md).
    """
    files = [
        _program(words),
        *(file for word in words[1:] if (file := _named(word)) is not None),
    ]
    walk = Walk([str(file.parent) for file in files if file.suffix == ".py"], alone=True)
    for number, file in enumerate(files):
        count = walk.module if file.suffix == ".py" else walk.file
        count(f"{number}: {file.name}", file)
    return walk.finish()


def _named(word: str) -> Path | None:
    """Return the file that an argument names, by itself or behind ``=``; None where it names none."""
    for text in (word, word.partition("=")[2]):
        with suppress(OSError, ValueError):
            if text and Path(text).is_file():
                return Path(text).absolute()
    return None


def _parts(words: Sequence[str]) -> tuple[str | Path, ...]:
    """Return the name in pieces: its files can be told by their paths, from any folder."""
    parts: list[str | Path] = [f'trax:"{words[0]}']
    for word in words[1:]:
        file = Path(word).absolute()
        plain = _named(word) == file and shlex.quote(str(file)) == str(file)
        parts += [" ", file if plain else shlex.quote(word)]
    return (*parts, '"')
