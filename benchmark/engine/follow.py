"""Several trackers on one target of one video, in a single pass: no frame is kept, whatever the video's length.

At one lane a tracker does here what it does in a run, bit for bit.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmark.playback.scene import Trail
from trackers.api import Frame, Step, Tracker
from trackers.errors import describe

LARGEST_SIGNAL = 64
"""Values of a signal that are kept every frame; maps are larger, and no strip shows them."""


def follow(
    trackers: Mapping[str, Tracker[Any]],
    frames: Iterable[Frame],
    box: NDArray[np.float64],
    seed: int,
    start: int = 0,
    on_frame: Callable[[], None] = lambda: None,
) -> list[Trail]:
    """Return each tracker's trail.

    Args:
        trackers: By name; each reports of itself what it can.
        frames: The video from the frame on in which the target is shown.
        box: (4,) the target there.
        seed: Of all randomness.
        start: That frame's index in the video.
        on_frame: Called after every frame.

    A tracker that raises ends alone; all others go on.
    """
    runners = [_Runner(name, tracker) for name, tracker in trackers.items()]
    for index, frame in enumerate(frames):
        for runner in runners:
            if not runner.error:
                runner.see(frame, box, seed, first=index == 0)
        on_frame()
        if all(runner.error for runner in runners):
            break
    for runner in runners:
        if not runner.error:
            runner.finish()
    return [runner.trail(start) for runner in runners]


@dataclass
class _Runner:
    name: str
    tracker: Tracker[Any]
    state: Any = None
    boxes: list[NDArray[np.float64]] = field(default_factory=list)
    scores: list[float] = field(default_factory=list)
    telemetry: dict[str, list[Any]] = field(default_factory=dict)
    seconds: float = 0.0
    error: str = ""

    def see(self, frame: Frame, box: NDArray[np.float64], seed: int, first: bool) -> None:
        began = time.perf_counter()
        try:
            if first:
                self.tracker.recording = True
                self.state = self.tracker.start([frame], box[None], [seed])
                step = Step(box[None], np.ones(1))
            else:
                step, self.state = self.tracker.step(self.state, [frame])
            if step.boxes.shape != (1, 4):
                raise ValueError(f"the tracker returned boxes of shape {step.boxes.shape}, not (1, 4)")
        except Exception as error:  # whatever a tracker raises ends this tracker alone
            self.error = describe(error)
            return
        self.seconds += time.perf_counter() - began
        self.boxes.append(step.boxes[0])
        self.scores.append(float(step.scores[0]))
        for name, values in step.telemetry.items():
            if np.size(values[0]) <= LARGEST_SIGNAL:
                self.telemetry.setdefault(name, []).append(values[0])

    def finish(self) -> None:
        finish = getattr(self.tracker, "finish", None)  # a stranger's has it
        try:
            if finish:
                finish(self.state, 0)
        except Exception as error:
            self.error = describe(error)

    def trail(self, start: int) -> Trail:
        return Trail(
            self.name,
            start,
            np.array(self.boxes, np.float64).reshape(-1, 4),
            np.array(self.scores, np.float64),
            {name: np.array(values) for name, values in self.telemetry.items()},
            self.seconds,
            self.error,
        )
