"""Trackers in processes of their own as lanes: one target a session."""

from __future__ import annotations

import os
from abc import abstractmethod
from collections.abc import Sequence
from math import inf
from typing import Any, Protocol
from weakref import WeakSet

import numpy as np
from numpy.typing import NDArray

from trackers.adapters.apart.child import Child
from trackers.adapters.one_target import Objects
from trackers.api import Boxes, Frame, Step, Tracker

START_SECONDS = 300.0
"""How long a process may take for its start and for the first frame, where nothing else is said: it loads networks."""
FRAME_SECONDS = 60.0
"""The same for any other frame."""
VISIBLE = "CUDA_VISIBLE_DEVICES"


class Session(Protocol):
    """One target that a process follows."""

    def update(self, image: Frame, seconds: float) -> tuple[NDArray[np.float64], float]:
        """Return box (4,) and score within so many seconds; `TrackerFailure` where it cannot."""


class ProcessLanes(Tracker[Objects]):
    """Drives sessions of processes. Lanes bring no speed."""

    max_lanes = 1

    def __init__(self, config: Any, weights: Any, device: str) -> None:
        """Take the torch device that the rest of the run computes on."""
        self.weights, self.device = weights, device
        self._allowed = inf
        self.children: WeakSet[Child] = WeakSet()
        """Its processes."""

    def allow(self, seconds: float) -> None:
        """Say how long the next call may take; inf for what is usual."""
        self._allowed = seconds

    def finish(self, state: Objects, lane: int) -> None:
        """Let a lane end that has seen its last frame; `TrackerFailure` where its answers are not of those frames."""

    def cut_off(self) -> None:
        """End all processes now: nobody wants their answers any more. Another thread may be waiting for one."""
        for child in list(self.children):
            child.kill()

    def resident(self) -> int:
        """Return how many bytes its processes have in memory, those of which that is known."""
        return sum(child.resident() or 0 for child in list(self.children))

    @abstractmethod
    def begin(self, image: Frame, box: NDArray[np.float64], seed: int, seconds: float) -> Session:
        """Show a target to a process; `TrackerFailure` where it is not ready within so many seconds."""

    def start(self, frames: Sequence[Frame], boxes: Boxes, seeds: Sequence[int]) -> Objects:
        """Begin a session a lane."""
        lanes = zip(frames, boxes, seeds, strict=True)
        return Objects([self.begin(*lane, self._seconds(START_SECONDS)) for lane in lanes])

    def step(self, state: Objects, frames: Sequence[Frame]) -> tuple[Step, Objects]:
        """Follow in every session."""
        seconds = self._seconds(FRAME_SECONDS)
        found = [session.update(frame, seconds) for session, frame in zip(state.lanes, frames, strict=True)]
        boxes, scores = (np.array(values, np.float64) for values in zip(*found, strict=True))
        return Step(boxes, scores), state

    def _seconds(self, usual: float) -> float:
        return usual if self._allowed == inf else max(self._allowed, 0.0)


def surroundings(device: str, without: Sequence[str] = ()) -> dict[str, str]:
    """Return the environment variables of a process: ours, some of them left out.

    On a CPU it computes with one thread, as all trackers do there, unless the user has said otherwise; where one of
    several GPUs is meant, it sees that one alone.
    """
    found = {name: value for name, value in os.environ.items() if name not in without}
    found["PYTHONUNBUFFERED"] = "1"
    if device == "cpu":
        for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
            found.setdefault(name, "1")
    if device.startswith("cuda:"):
        number, visible = int(device.removeprefix("cuda:")), found.get(VISIBLE, "")
        found[VISIBLE] = visible.split(",")[number] if visible else str(number)
    return found
