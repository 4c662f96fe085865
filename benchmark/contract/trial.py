"""A tracker under trial: how it is followed, and what is watched meanwhile."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmark.contract.video import Video
from trackers.adapters.containment import Contained
from trackers.adapters.noticing import resident
from trackers.adapters.wrapped import Wrapped
from trackers.api import Boxes, Frame, Step, Tracker
from trackers.names import TrackerSpec

SEED = 7


class Watched(Wrapped):
    """A tracker that is handed frames and boxes which are compared afterwards; its guard is outside."""

    def __init__(self, tracker: Tracker[Any]) -> None:
        super().__init__(tracker)
        self.written: set[str] = set()
        """What it wrote into: ``frame`` or ``box``."""

    def start(self, frames: Sequence[Frame], boxes: Boxes, seeds: Sequence[int]) -> Any:
        """Start, and look at what it left of its arguments."""
        before = [frame.copy() for frame in frames], boxes.copy()
        state = self._tracker.start(frames, boxes, seeds)
        self._look(before[0], frames)
        if not np.array_equal(before[1], boxes):
            self.written.add("box")
        return state

    def step(self, state: Any, frames: Sequence[Frame]) -> tuple[Step, Any]:
        """Follow, and look at what it left of its arguments."""
        before = [frame.copy() for frame in frames]
        answer = self._tracker.step(state, frames)
        self._look(before, frames)
        return answer

    def _look(self, before: Sequence[Frame], after: Sequence[Frame]) -> None:
        if not all(np.array_equal(one, other) for one, other in zip(before, after, strict=True)):
            self.written.add("frame")


@dataclass
class Trial:
    """One tracker as it was built, guarded as a run guards it."""

    spec: TrackerSpec
    tracker: Tracker[Any]
    watched: Watched
    frame: int = 0
    """The frame that was last given, for who wants to say where something happened."""

    @classmethod
    def build(cls, spec: TrackerSpec, device: str) -> Trial:
        """Build a tracker and watch it; InputError where it cannot be built."""
        tracker = spec.build(device)
        if isinstance(tracker, Contained):
            seen: list[Watched] = []
            guarded = tracker.around(lambda inner: seen.append(Watched(inner)) or seen[0])  # type: ignore[func-returns-value]
            return cls(spec, guarded, seen[0])
        watched = Watched(tracker)
        return cls(spec, watched, watched)

    @property
    def changed(self) -> set[str]:
        """What it changed in the process, in words; of Engram's own nothing is asked."""
        return self.tracker.changed if isinstance(self.tracker, Contained) else set()

    @property
    def resident(self) -> int:
        """How many bytes it has in memory, with all of its process; 0 where that is not known."""
        return (self.tracker.resident() if isinstance(self.tracker, Contained) else resident()) or 0

    @property
    def left(self) -> str:
        """What it leaves behind in the process, in words."""
        return self.tracker.remarks() if isinstance(self.tracker, Contained) else ""

    def follow(self, *videos: Video) -> tuple[Boxes, Boxes]:
        """Follow one target a video side by side.

        Returns boxes (lanes, frames, 4) and scores (lanes, frames), the first frame's being what was given. Videos
        are as long as the shortest.
        """
        first = np.stack([video.boxes[0] for video in videos])
        state = self.start(videos)
        boxes, scores = [first], [np.ones(len(videos))]
        for index in range(1, min(len(video.frames) for video in videos)):
            self.frame = index
            step, state = self.tracker.step(state, [video.frames[index] for video in videos])
            boxes.append(self.looked_at(step, len(videos)))
            scores.append(np.asarray(step.scores, np.float64))
        if isinstance(self.tracker, Contained):
            for lane in range(len(videos)):
                self.tracker.finish(state, lane)
        return np.stack(boxes, 1), np.stack(scores, 1)

    def start(self, videos: Sequence[Video]) -> Any:
        """Show every lane its target."""
        self.frame = 0
        boxes = np.stack([video.boxes[0] for video in videos])
        return self.tracker.start([video.frames[0] for video in videos], boxes, [SEED] * len(videos))

    @staticmethod
    def looked_at(step: Step, lanes: int) -> Boxes:
        """Return a step's boxes; TypeError where they are none for so many lanes."""
        boxes = np.array(step.boxes, np.float64)
        if boxes.shape != (lanes, 4):
            raise TypeError(f"a step's boxes must be of shape ({lanes}, 4); they are of {boxes.shape}")
        return boxes


def leaves(state: Any) -> list[NDArray[Any]]:
    """Return copies of all arrays and tensors in a state's tree, in order."""
    if is_dataclass(state):
        return [leaf for one in fields(state) for leaf in leaves(getattr(state, one.name))]
    if isinstance(state, Mapping):
        return [leaf for value in state.values() for leaf in leaves(value)]
    if isinstance(state, tuple | list):
        return [leaf for value in state for leaf in leaves(value)]
    if hasattr(state, "detach"):
        state = state.detach().cpu().numpy()
    return [np.array(state)] if isinstance(state, np.ndarray) else []
