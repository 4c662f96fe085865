"""A process that times one tracker when told to: the gate's clock, the same whichever revision's tracker it times.

Run as a script, ``probe.py HOME FIRST...``: ``benchmark`` is HOME's, everything else is looked for in FIRST before
elsewhere. It reads one request and then one word a line, and answers each with a line of JSON.
"""

from __future__ import annotations

import json
import os
import sys
import time
import weakref
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

WARM_UP = 10
"""Frames tracked before the first timed one."""


SCHEDSTAT = Path("/proc/thread-self/schedstat")
"""Linux: ns that this thread ran, and ns that it waited for a core while it could have run."""


def undisturbed_clock() -> Callable[[], int]:
    """Return a clock, in ns, that stands still while this thread waits for a core that others hold.

    Off Linux it is the plain one.
    """
    try:
        file = os.open(SCHEDSTAT, os.O_RDONLY)
    except OSError:
        return time.perf_counter_ns

    def clock() -> int:
        return time.perf_counter_ns() - int(os.pread(file, 64, 0).split()[1])

    weakref.finalize(clock, os.close, file)
    return clock


def reference(device: str, clock: Callable[[], int]) -> float:
    """Return the seconds that a fixed piece of a network takes: 32 to 96 channels and back, at 128x128, three times.

    It asks caches and memory for what trackers do, so that it slows down as they do beside other work; a product of
    small matrices does not.
    """
    import torch
    import torch.nn.functional as F

    from benchmark.engine.stopwatch import timed_call

    image = torch.ones(3, 32, 128, 128, device=device)
    shapes = (96, 32, 1, 1), (96, 1, 3, 3), (32, 96, 1, 1)
    wide, deep, narrow = (torch.full(shape, 0.01, device=device) for shape in shapes)

    def work() -> None:
        with torch.inference_mode():
            F.conv2d(F.conv2d(F.conv2d(image, wide), deep, padding=1, groups=96).clamp_(0, 6), narrow)

    return timed_call(work, device, clock)[1]


class Bench:
    """One tracker, built, warmed up, and its decoded sample."""

    def __init__(self, request: Mapping[str, Any]) -> None:
        """Take ``{"tracker", "device", "sample": [{"frames", "box", "seed"}, ...]}``; the last one warms up."""
        import cv2
        import numpy as np
        import torch

        from benchmark.datasets.images import read_frame
        from benchmark.datasets.sequence import Annotation, Sequence
        from benchmark.engine.job import Job
        from benchmark.engine.stopwatch import follow
        from trackers.names import resolve

        self.device: str = request["device"]
        if self.device == "cpu":  # fewer threads, fewer accidents; regressions show on one as well
            torch.set_num_threads(1)
            cv2.setNumThreads(1)
        spec = resolve(request["tracker"])
        self.work = []
        for one in request["sample"]:
            frames = [read_frame(Path(path)) for path in one["frames"]]
            box = np.array(one["box"], np.float64)
            video = Sequence(Annotation("", np.tile(box, (len(frames), 1)), np.ones(len(frames), bool)), ())
            self.work.append((Job(video, 0, box, one["seed"]), frames))
        warm_up, warm_frames = self.work.pop()
        self.clock = undisturbed_clock()
        began = self.clock()
        self.tracker = spec.build(self.device)
        follow(self.tracker, warm_up, warm_frames[:2], self.device)
        self.start_up_s = (self.clock() - began) / 1e9
        follow(self.tracker, warm_up, warm_frames[: WARM_UP + 1], self.device)

    def round(self) -> dict[str, Any]:
        """Track the sample once; return its times, its boxes and how many cores others kept busy."""
        import numpy as np

        from benchmark.engine.load import Watch
        from benchmark.engine.stopwatch import follow

        watch = Watch()
        reference(self.device, self.clock)
        references = [reference(self.device, self.clock) for _ in range(2)]
        timed = []
        for job, frames in self.work:
            timed.append(follow(self.tracker, job, frames, self.device, self.clock))
            references += [reference(self.device, self.clock) for _ in range(2)]
        times = np.concatenate([one.seconds[1:] for one in timed]) * 1e3
        busy = watch.others()
        return {
            "median_ms": float(np.median(times)),
            "p95_ms": float(np.percentile(times, 95)),
            "calibration_ms": float(np.mean(references)) * 1e3,
            "boxes": [one.boxes.tolist() for one in timed],
            "busy_cores": 0.0 if np.isnan(busy) else busy,
        }

    def memory(self) -> float:
        """Return the peak memory so far in MB."""
        from benchmark.engine.stopwatch import peak_memory

        return peak_memory(self.device)


def serve() -> None:
    """Answer requests until told to end."""
    with os.fdopen(os.dup(1), "w", buffering=1) as answers:
        os.dup2(2, 1)  # what a tracker prints is no answer

        def answer(**content: Any) -> None:
            answers.write(json.dumps(content) + "\n")

        from trackers.errors import InputError

        try:
            bench = Bench(json.loads(sys.stdin.readline()))
            answer(start_up_s=bench.start_up_s)
            for word in sys.stdin:
                if word.strip() == "end":
                    answer(memory_mb=bench.memory())
                    return
                answer(**bench.round())
        except InputError as error:
            answer(error=str(error))
        except Exception as error:
            answer(error=f"{type(error).__name__}: {error}")


if __name__ == "__main__":
    home, *first = sys.argv[1:]
    sys.path[0] = home
    import benchmark  # fixes where its modules come from, whatever is put before it now

    assert benchmark.__file__
    sys.path[:1] = first
    sys.path.append(home)
    serve()
