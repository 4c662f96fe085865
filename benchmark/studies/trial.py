"""What a tracker costs, from a few frames: enough to say how long a study takes, and what stands beside its gain.

`benchmark.engine.clock` measures latency with all care; this is for planning, and for what does not depend on a clock.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence

import numpy as np

from benchmark.datasets.images import read_frame
from benchmark.datasets.lookup import open_dataset
from benchmark.datasets.selection import Selection
from benchmark.engine.begin import begin
from benchmark.engine.device import use_device
from benchmark.engine.job import Job
from benchmark.studies.cost import Cost
from benchmark.studies.costs import Costs, cost_key
from benchmark.studies.planning import Cast
from trackers.api import Frame, lane_bytes
from trackers.names import TrackerSpec

__all__ = ["fill_in", "try_out"]

Say = Callable[[str], None]

TRIED = 40
"""Frames that are tracked."""
WARM = 10
"""The first of them, half at the most, are not timed: a memory may learn in each of these, as in few others."""


def try_out(spec: TrackerSpec, job: Job, frames: Sequence[Frame], device: str) -> Cost | None:
    """Return what the tracker costs a frame on a job's first decoded frames; None where it fails on them.

    Raises InputError where it cannot be built.
    """
    from torch.utils.flop_counter import FlopCounterMode  # not at the top: torch, where nothing is to be measured

    from benchmark.engine.stopwatch import follow

    tracker = spec.build(device)
    if getattr(tracker, "oracle", False):
        tracker.truth = job.box[None]  # type: ignore[attr-defined]  # wrong soon, and costs the same
    try:
        # On a CPU it is the processor's time, so that a busy machine changes little.
        clock = time.process_time_ns if device == "cpu" else time.perf_counter_ns
        timed = 1 + min(WARM, (len(frames) - 1) // 2)
        seconds = follow(tracker, job, frames, device, clock).seconds[timed:]
        if not len(seconds) or seconds.mean() <= 0:  # too few frames, or too fast for this clock
            return None
        if spec.family.world is not None:  # a third party's: its parameters and its state are its own affair
            return Cost(float(seconds.mean()), len(seconds))
        state = tracker.start([frames[0]], job.box[None], [job.seed])
        for frame in frames[1:timed]:
            _, state = tracker.step(state, [frame])
        with FlopCounterMode(display=False) as counter:
            for frame in frames[timed:]:
                _, state = tracker.step(state, [frame])
        operations = float(counter.get_total_flops()) / 1e9 / len(seconds)
        return Cost(float(np.mean(seconds)), len(seconds), tracker.parameters(), lane_bytes(state), operations)
    except Exception:  # whatever a tracker raises is told of when it runs; here it only has no cost
        return None


def fill_in(
    actors: Cast, costs: Costs, data: Selection | None, environment: Mapping[str, str], device: str, say: Say
) -> None:
    """Measure and keep what the trackers of a study cost that are not known to this machine.

    On the first frames of the first video that is long enough; without `data`, which have to be rendered first, of a
    demo video.
    """
    missing = {cost_key(spec, environment): spec for spec in actors.specs}
    missing = {key: spec for key, spec in missing.items() if key not in costs.known}
    if not missing:
        return
    use_device(device)
    if data is not None:
        video = max(data.sequences, key=lambda one: min(len(one), TRIED + 1))
    else:
        demo = open_dataset("demo")
        (video,) = demo.load(demo.inventory().found[:1])
    (first, *_) = begin("ope", video)
    job = Job(video, first.frame, first.box, seed=0)
    frames = [read_frame(path) for path in job.frames[: TRIED + 1]]
    for key, spec in missing.items():
        say(f"measuring {spec.name} on {len(frames)} frames")
        if (cost := try_out(spec, job, frames, device)) is not None:
            costs.learn({key: cost})  # each at once: whoever stops here has lost one
