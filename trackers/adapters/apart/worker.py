"""Our worker in another Python, as its parent sees it: asked in lines of JSON, shown frames in shared memory."""

from __future__ import annotations

import json
import mmap
import os
import select
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from typing import Any
from weakref import WeakSet

import numpy as np

from trackers.adapters.apart.child import Child, TrackerFailure
from trackers.adapters.apart.lanes import surroundings
from trackers.api import Frame

ROOM = 1 << 20
"""Bytes of shared memory are a multiple of this."""


class WorkerProcess:
    """One worker (`trackers.adapters.abroad.worker`); it asks nothing and answers one request at a time."""

    def __init__(self, command: Sequence[str], device: str, among: WeakSet[Child]) -> None:
        """Start the command, which is given the descriptor of the memory."""
        self._memory = _Memory()
        descriptor = self._memory.descriptor
        environment = surroundings(device, without=("PYTHONPATH", "PYTHONHOME"))
        self._child = Child([*command, str(descriptor)], environment, [descriptor], among=among)
        self._waiting = select.poll()
        self._waiting.register(self._child.read, select.POLLIN)
        self._rest = b""
        self._asked = 0
        self.sound = True
        """Whether it can take another target."""

    def ask(self, seconds: float, image: Frame | None = None, **request: Any) -> dict[str, Any]:
        """Return the answer; `TrackerFailure`, after which it is of no more use, where there is none or it failed."""
        if image is not None:
            self._memory.show(image)
            request["shape"] = image.shape[:2]
        self._asked += 1
        request["number"] = self._asked
        try:
            os.write(self._child.write, json.dumps(request).encode() + b"\n")
            answer = self._answer(seconds)
        except TrackerFailure:
            self.sound = False
            raise
        except (OSError, EOFError):
            self.sound = False
            raise self._child.failure("") from None
        if "says" in answer:
            self.sound = False
            raise self._child.raised(answer["says"], answer["traceback"])
        return answer

    def _answer(self, seconds: float) -> dict[str, Any]:
        """Return the answer to the last request; other lines are of who prints while that Python starts, say."""
        deadline = time.monotonic() + seconds
        while True:
            line = self._line(deadline, seconds)
            with suppress(ValueError):
                if isinstance(answer := json.loads(line), dict) and answer.get("number") == self._asked:
                    return answer
            self._child.hear(line.decode("utf-8", "replace") + "\n")

    def _line(self, deadline: float, seconds: float) -> bytes:
        """Return the next line that it writes; EOFError where it has ended, `Overdue` where it takes too long."""
        while b"\n" not in self._rest:
            if not self._waiting.poll(1000 * max(deadline - time.monotonic(), 0)):
                raise self._child.overdue(seconds)
            block = os.read(self._child.read, 1 << 16)
            if not block:
                raise EOFError
            self._rest += block
        line, _, self._rest = self._rest.partition(b"\n")
        return line


class _Memory:
    """Memory that two processes see, known by a descriptor alone: nothing is left of it when both have gone."""

    def __init__(self) -> None:
        if sys.platform == "linux":
            self.descriptor = os.memfd_create("engram-frames")
        else:
            with tempfile.TemporaryFile() as file:
                self.descriptor = os.dup(file.fileno())
        self._whole = np.empty(0, np.uint8)

    def show(self, image: Frame) -> None:
        """Put a frame there."""
        if self._whole.size < image.size:
            size = -(-image.size // ROOM) * ROOM
            os.ftruncate(self.descriptor, size)
            self._whole = np.frombuffer(mmap.mmap(self.descriptor, size), np.uint8)
        self._whole[: image.size].reshape(image.shape)[:] = image

    def __del__(self) -> None:
        os.close(self.descriptor)
