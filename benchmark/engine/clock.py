"""Latency: what one frame costs one lane with the device to itself.

Decoding is outside the timer, the device is synchronised before and after every frame, and the warm-up is done on
another sequence. The boxes that come out must be those of the record, so that a speed always belongs to an accuracy.
A calibration workload is timed in between, and what else the machine did meanwhile is measured.
"""

from __future__ import annotations

import signal
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import asdict, dataclass
from multiprocessing import get_context
from typing import Any

import numpy as np
import torch
from torch.utils.flop_counter import FlopCounterMode

from benchmark.datasets.images import read_frame
from benchmark.engine.job import Job
from benchmark.engine.load import Load, Watch, cores
from benchmark.engine.stopwatch import Clock, Timed, follow, peak_memory, timed_call
from trackers.api import Frame, Tracker
from trackers.errors import InputError, describe
from trackers.names import resolve

WARM_UP = 10
"""Frames tracked before the first timed one."""
CALIBRATION_SIDE = 512
"""Side of the matrices that the calibration workload multiplies."""


@dataclass(frozen=True)
class Latency:
    """What a tracker's frames cost at one lane."""

    frames: int
    fps: float
    """frames / total time."""
    median_ms: float
    p95_ms: float
    p99_ms: float
    first_frame_ms: float
    """Median time of showing the tracker its target."""
    start_up_s: float
    """Time to build the tracker and to track the first warm-up frame."""
    memory_mb: float
    """Peak memory: of the device on a GPU, of the process elsewhere."""
    parameters: int | None
    """Of its networks; None of a tracker that says of none."""
    gflop: float | None
    """Floating-point operations of torch a frame, in 10^9; None where nothing runs in torch, which alone is counted."""
    calibration_ms: float
    """Median time of the calibration workload, timed between the sequences."""
    busy_cores: float
    """Cores that other processes kept busy meanwhile."""
    cores: int = 1
    """How many the machine has."""

    @property
    def load(self) -> Load:
        """What others did meanwhile."""
        return Load(self.busy_cores, self.cores)

    def to_dict(self) -> dict[str, Any]:
        """Return plain data, ready for JSON."""
        return {**asdict(self), "loaded": self.load.disturbing}


def measure_latency(name: str, jobs: Sequence[Job], warm_up: Job, device: str) -> tuple[Latency, list[Timed]]:
    """Time a tracker alone on every job, in a process of its own: start-up and peak memory are that process's.

    It has as many threads as this one. Raises `Untimed` where the tracker fails meanwhile.
    """
    threads = (torch.get_num_threads(),)
    with ProcessPoolExecutor(1, get_context("spawn"), _set_up, threads) as alone:
        try:
            return alone.submit(_alone, name, tuple(jobs), warm_up, device).result()
        except BrokenProcessPool:
            raise Untimed("its process ended") from None


class Untimed(Exception):
    """A tracker failed while it was timed; the text says how."""


def _alone(*arguments: Any) -> tuple[Latency, list[Timed]]:
    try:
        return _measure(*arguments)
    except InputError:
        raise
    except Exception as error:  # which may be of a kind that the process that asked does not know
        raise Untimed(describe(error)) from None


def _set_up(threads: int) -> None:
    """Compute with so many threads; end at once on Ctrl-C, and leave it to the parent to say so."""
    torch.set_num_threads(threads)
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def _measure(name: str, jobs: Sequence[Job], warm_up: Job, device: str) -> tuple[Latency, list[Timed]]:
    spec = resolve(name)
    decoded = [[read_frame(path) for path in job.frames] for job in jobs]
    warm_frames = [read_frame(path) for path in warm_up.frames[: WARM_UP + 1]]
    began = time.perf_counter()
    tracker = spec.build(device)
    follow(tracker, warm_up, warm_frames[:2], device)
    start_up = time.perf_counter() - began
    follow(tracker, warm_up, warm_frames, device)
    gflop = _gflop(tracker, warm_up, warm_frames)
    if device.startswith("cuda"):
        torch.cuda.reset_peak_memory_stats(device)
    watch = Watch()
    timed: list[Timed] = []
    calibration(device)
    calibrations = [calibration(device)]
    for job, frames in zip(jobs, decoded, strict=True):
        timed.append(follow(tracker, job, frames, device))
        calibrations.append(calibration(device))
    times = np.concatenate([one.seconds[1:] for one in timed])
    return (
        Latency(
            frames=len(times),
            fps=len(times) / float(times.sum()),
            median_ms=float(np.median(times)) * 1e3,
            p95_ms=float(np.percentile(times, 95)) * 1e3,
            p99_ms=float(np.percentile(times, 99)) * 1e3,
            first_frame_ms=float(np.median([one.seconds[0] for one in timed])) * 1e3,
            start_up_s=start_up,
            memory_mb=peak_memory(device),
            parameters=tracker.parameters() or None,
            gflop=gflop,
            calibration_ms=float(np.median(calibrations)) * 1e3,
            busy_cores=watch.others(),
            cores=cores(),
        ),
        timed,
    )


def calibration(device: str, clock: Clock = time.perf_counter_ns) -> float:
    """Return the seconds that a fixed workload takes: what the speeds of two machines can be divided by."""
    a = torch.ones(CALIBRATION_SIDE, CALIBRATION_SIDE, device=device)
    return timed_call(lambda: [a @ a for _ in range(8)], device, clock)[1]


def _gflop(tracker: Tracker[Any], job: Job, frames: Sequence[Frame]) -> float | None:
    state = tracker.start([frames[0]], job.box[None], [job.seed])
    with FlopCounterMode(display=False) as counter:
        for frame in frames[1:]:
            _, state = tracker.step(state, [frame])
    return float(counter.get_total_flops()) / 1e9 / max(len(frames) - 1, 1) or None
