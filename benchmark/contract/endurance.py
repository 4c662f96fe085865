"""Checks of what only shows in a longer video, or in many: boxes that end, memory that grows."""

from __future__ import annotations

import ctypes
import tracemalloc
from contextlib import suppress

import numpy as np

from benchmark.contract.finding import Says
from benchmark.contract.subject import Subject
from benchmark.contract.video import moving_patch
from trackers.api import lane_bytes

LONG, SETTLED = 46, 15
"""Frames of the longer video, and those after which memory should not grow."""
SEQUENCES = 5
"""Short videos in a row, the first two apart, in each of which memory must have grown to be lost."""
UNSEEN_BYTES, VIDEO_BYTES = 250_000, 5_000_000
"""What a process may grow by with a frame, with a video: below that it is the system's affair."""


def long_run(subject: Subject) -> Says:
    """Follow a longer video: boxes must not end."""
    trial, video = subject.trial, moving_patch(LONG, 3, step=(1, 1))
    state = trial.start([video])
    _give_back()
    held = []
    tracemalloc.start()
    try:
        for index, frame in enumerate(video.frames[1:], 1):
            trial.frame = index
            step, state = trial.tracker.step(state, [frame])
            if not np.isfinite(trial.looked_at(step, 1)).all():
                return "broken", f"a box that is not finite, at frame {index}: keep the last one"
            held.append((max(tracemalloc.get_traced_memory()[0], lane_bytes(state)), trial.resident))
    finally:
        tracemalloc.stop()
    subject.held = np.array(held, np.float64)
    return "fine", f"finite boxes in all of {LONG} frames"


def _give_back() -> None:
    """Give memory that is free back to the system, where C's library can: what is taken next shows as growth."""
    with suppress(AttributeError, OSError):
        ctypes.CDLL(None).malloc_trim(0)


def memory(subject: Subject) -> Says:
    """Look at what that video took from frame to frame, and at what short ones take each."""
    pixels = subject.first.frames[0].nbytes
    later = subject.held[SETTLED - 1 :]
    middle = len(later) // 2
    traced, _ = (later[-1] - later[0]) / (len(later) - 1)
    # In both halves: what is made ready once is no growth.
    unseen = min((part[-1, 1] - part[0, 1]) / (len(part) - 1) for part in (later[:middle], later[middle:]))
    if traced > pixels / 2 or unseen > UNSEEN_BYTES:
        return "broken", (f"{max(traced, unseen) / 1e6:.2f} MB more with every frame, whose pixels take "
                          f"{pixels / 1e6:.2f}: keep a fixed number of them")  # fmt: skip
    resident = []
    for _ in range(SEQUENCES):
        subject.trial.follow(subject.short)
        resident.append(subject.trial.resident)
    if (lost := min(np.diff(resident)[1:])) > VIDEO_BYTES:
        return "broken", f"{lost / 1e6:.0f} MB more with every video: let go of a target when the next begins"
    return "fine", "does not grow from frame to frame, nor from video to video"
