"""A tracker around another, which passes on what it does not change."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from trackers.api import Boxes, Frame, Signal, Step, Tracker


class Wrapped(Tracker[Any]):
    """Does what the tracker inside does."""

    def __init__(self, tracker: Tracker[Any]) -> None:
        self._tracker = tracker

    @property
    def signals(self) -> tuple[Signal, ...]:  # type: ignore[override]
        """What the tracker can report."""
        return self._tracker.signals

    @property
    def max_lanes(self) -> int | None:  # type: ignore[override]
        """The most lanes that pay."""
        return self._tracker.max_lanes

    @property
    def recording(self) -> bool:
        """Whether telemetry is wanted."""
        return self._tracker.recording

    @recording.setter
    def recording(self, wanted: bool) -> None:
        self._tracker.recording = wanted

    def start(self, frames: Sequence[Frame], boxes: Boxes, seeds: Sequence[int]) -> Any:
        """Start it."""
        return self._tracker.start(frames, boxes, seeds)

    def step(self, state: Any, frames: Sequence[Frame]) -> tuple[Step, Any]:
        """Follow."""
        return self._tracker.step(state, frames)

    def take(self, state: Any, lanes: Sequence[int]) -> Any:
        """Return the state of some lanes."""
        return self._tracker.take(state, lanes)

    def join(self, first: Any, second: Any) -> Any:
        """Return one state of both."""
        return self._tracker.join(first, second)

    def parameters(self) -> int:
        """Return the number of network parameters."""
        return self._tracker.parameters()
