"""One target that is followed, and what was found of it so far."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmark.engine.job import Job, Outcome
from benchmark.engine.prefetch import FrameStream
from benchmark.metrics.vot import Code
from trackers.api import Step


class Lane:
    """One target that is followed, and what was found of it so far."""

    def __init__(self, job: Job, stream: FrameStream) -> None:
        self.job = job
        self.stream = stream
        self.boxes: list[NDArray[np.float64]] = []
        self.scores: list[float] = []
        self.telemetry: dict[str, list[Any]] = {}
        self.seconds = 0.0
        self.times: list[float] = []
        self.codes: list[Code] = []
        """Of a job with restarts."""
        self.unread = 0
        """Frames that are left out before the next one."""
        self.down = False
        """Whether it has lost its target, and is to be shown it again."""

    @property
    def truth(self) -> NDArray[np.float64]:
        """(4,) the true box of the next frame, NaN where there is none: for oracles alone."""
        annotation, index = self.job.video.annotation, self.job.frame(len(self.boxes))
        return annotation.boxes[index] if annotation.valid[index] else np.full(4, np.nan)

    @property
    def shown(self) -> NDArray[np.float64]:
        """(4,) the box that the tracker is to be shown in the next frame, in which it is started."""
        if self.job.restarts is None or not self.boxes:
            return self.job.box
        return self.job.restarts.shown(self.job.video.annotation, self.job.frame(len(self.boxes)))

    def begin(self, box: NDArray[np.float64]) -> None:
        """Keep that the tracker was shown its target."""
        self.boxes.append(box)
        self.scores.append(1.0)
        self.down = False
        if self.job.restarts is not None:
            self.codes.append(Code.INITIALISED)

    def add(self, step: Step, lane: int) -> None:
        """Keep what a step says of this target, which is its `lane`."""
        self.boxes.append(step.boxes[lane])
        self.scores.append(float(step.scores[lane]))
        for name, values in step.telemetry.items():
            self.telemetry.setdefault(name, []).append(values[lane])
        if self.job.restarts is not None:
            annotation, index = self.job.video.annotation, self.job.frame(len(self.boxes) - 1)
            self.down = self.job.restarts.lost(annotation, index, step.boxes[lane])
            self.codes.append(Code.FAILED if self.down else Code.TRACKED)
            if self.down:
                self._leave_out(self.job.restarts.again(annotation, index) - index - 1)

    def _leave_out(self, frames: int) -> None:
        self.unread = frames
        self.boxes += [np.full(4, np.nan)] * frames
        self.scores += [0.0] * frames
        self.times += [0.0] * frames
        self.codes += [Code.UNKNOWN] * frames

    @property
    def done(self) -> bool:
        """Whether every frame was followed."""
        return len(self.boxes) == len(self.job)

    def late(self, timeout: float, more: str = "") -> Outcome:
        """Return what came of it when it took too long; `more` is what else is known."""
        line = (
            f"timeout: {self.seconds:.1f} s in the tracker for {len(self.boxes)} of {len(self.job)} frames,"
            f" --timeout is {timeout:g} s"
        )
        return self.outcome(f"{line}\n{more}".strip(), timed_out=True)

    def outcome(self, error: str = "", *, timed_out: bool = False) -> Outcome:
        """Return what came of it, and read no more frames."""
        self.stream.close()
        return Outcome(
            self.job,
            np.array(self.boxes, np.float64).reshape(-1, 4),
            np.array(self.scores, np.float64),
            self.seconds,
            {name: np.array(values) for name, values in self.telemetry.items()},
            error,
            timed_out,
            np.array(self.times[: len(self.boxes)], np.float64),
            tuple(self.stream.seen),
            np.array(self.codes, np.int8),
        )
