"""What is asked of a tracker on one sequence, and what came of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmark.datasets.content import Seen
from benchmark.datasets.sequence import Sequence as Video
from benchmark.protocols.vot import Restarts
from trackers.api import Boxes


@dataclass(frozen=True)
class Job:
    """One trajectory to make: a tracker's run on one sequence from one start."""

    video: Video
    start: int
    """Index of the first frame."""
    box: NDArray[np.float64]
    """(4,), what the tracker is shown there."""
    seed: int
    """The lane's own."""
    backward: bool = False
    """Whether it goes back to the sequence's first frame."""
    restarts: Restarts | None = None
    """What is done where the target is lost; None where nothing is."""

    def __len__(self) -> int:
        return self.start + 1 if self.backward else len(self.video) - self.start

    @property
    def frames(self) -> Sequence[Path]:
        """The frames of the trajectory, the first included."""
        return self.video.frames[self.start :: -1 if self.backward else 1]

    def frame(self, row: int) -> int:
        """Return the index, in the sequence, of the trajectory's frame `row`."""
        return self.start - row if self.backward else self.start + row


@dataclass(frozen=True)
class Outcome:
    """What came of a job."""

    job: Job
    boxes: Boxes
    """(M, 4); row 0 is the box that was given. M is the job's length unless it failed. NaN where nothing was asked."""
    scores: NDArray[np.float64]
    """(M,)."""
    seconds: float
    """The lane's share of the time spent in `start` and `step`."""
    telemetry: dict[str, NDArray[Any]]
    """Each (M - 1, *shape): there is none for the first frame."""
    error: str = ""
    """Traceback, or "" where the job was done."""
    timed_out: bool = False
    """Whether it was ended for the time it took; `error` says how far it came."""
    times: NDArray[np.float64] = field(default_factory=lambda: np.empty(0))
    """(M,): what each frame added to `seconds`; empty where it is not known."""
    seen: tuple[Seen, ...] = ()
    """What was found in the frames that were asked for."""
    codes: NDArray[np.int8] = field(default_factory=lambda: np.empty(0, np.int8))
    """(M,) `benchmark.metrics.vot.Code` of a job with restarts; else empty."""
    remarks: str = ""
    """What its tracker left behind in the process, in words."""

    @property
    def reason(self) -> str:
        """What the error says, in one line."""
        from benchmark.store.record import reason_of  # here: the gate's probe meets trackers of any revision

        return reason_of(self.error)
