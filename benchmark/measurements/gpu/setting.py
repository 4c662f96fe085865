"""What is measured on, and by how much: a few videos, the five trackers, numbers of lanes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

import numpy as np

from benchmark.datasets.images import read_frame
from benchmark.datasets.lookup import open_dataset
from benchmark.datasets.selection import Selection, select
from benchmark.datasets.sequence import Sequence
from trackers.api import Frame, Tracker
from trackers.names import resolve
from trackers.registry import PAPERS_FIVE

Row = Mapping[str, Any]
Unit = tuple[str, Callable[[], Row]]
"""What a row of a table is about, and how it comes about."""
Tables = Mapping[str, Mapping[str, Row]]
"""Every part's rows so far, by what they are about."""
Part = Callable[["Setting", Tables], Iterator[Unit]]


@dataclass(frozen=True)
class Setting:
    """How much is measured; small: a few seconds' worth, to try out that all of it works."""

    device: str
    small: bool = False

    @property
    def lanes(self) -> tuple[int, ...]:
        """Numbers of lanes, ascending."""
        return (1, 2) if self.small else (1, 2, 4, 8, 16, 32, 64)

    @property
    def steps(self) -> int:
        """Steps that are timed."""
        return 1 if self.small else 20

    @property
    def trackers(self) -> tuple[str, ...]:
        """Names without a preset."""
        return ("siamfc",) if self.small else PAPERS_FIVE

    @property
    def named(self) -> tuple[str, ...]:
        """Names of the trackers in both presets, compact ones first."""
        return self.trackers if self.small else (*self.trackers, *(f"{name}:paper@random" for name in self.trackers))

    @cached_property
    def video(self) -> Sequence:
        """What speed is measured on."""
        return open_dataset("demo").load(["plain-1"])[0]

    @cached_property
    def frames(self) -> list[Frame]:
        """Its first frames, decoded: one to start, one to warm up, and those that are timed."""
        return [read_frame(path) for path in self.video.frames[: self.steps + 2]]

    @property
    def box(self) -> Any:
        """The target's (4,) box in the first."""
        return self.video.annotation.boxes[0]

    def selection(self, frames: int) -> Selection:
        """Return the first frames of two rendered videos, one in small."""
        names = ("plain-1",) if self.small else ("plain-1", "distractor-1")
        return select(open_dataset("demo"), sequences=names, limit_frames=frames)


@lru_cache(maxsize=1)
def built(name: str, device: str) -> Tracker[Any]:
    """Return a tracker; the last one is kept, those before leave the device's memory."""
    return resolve(name).build(device)


def copies(setting: Setting, tracker: Tracker[Any], lanes: int) -> Any:
    """Return the state of so many copies of the video's target after one frame."""
    first = [setting.frames[0]] * lanes
    state = tracker.start(first, np.stack([setting.box] * lanes), list(range(lanes)))
    return tracker.step(state, [setting.frames[1]] * lanes)[1]
