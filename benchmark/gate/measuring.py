"""Times a tracker in processes of their own; two versions of it in turns, A B A B."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

import numpy as np
from numpy.typing import NDArray

import benchmark
from benchmark.datasets.sequence import Sequence as Video
from benchmark.gate import probe
from benchmark.gate.timings import Machine, Round, Timings, Visit
from trackers.errors import InputError

HOME = Path(str(benchmark.__file__)).resolve().parents[1]
SEQUENCES = 1
"""Sequences timed, beside the one that warms up."""
FRAMES = 24
"""Frames of each, at most."""
VISITS = 6
"""Processes a side."""
ROUNDS = 2
"""Rounds a process."""
HOLD = str(2**30)
"""Bytes that glibc may keep for itself. Left to its own, it gives large blocks back to the system in one process and
keeps them in the next, by chance of the order in which they are freed: SiamFC's frames then differ by a fifth."""


@dataclass(frozen=True)
class Side:
    """Where a version's code is: what its process imports first, and the folder it works in."""

    name: str
    first: tuple[Path, ...]
    folder: Path = field(default_factory=Path.cwd)


HERE = Side("this code", (HOME,))


@dataclass(frozen=True)
class Sample:
    """What is timed."""

    videos: tuple[Video, ...]
    """The last one warms up."""
    seeds: tuple[int, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The sequences' names."""
        return tuple(video.name for video in self.videos)

    def request(self, tracker: str, device: str) -> dict[str, Any]:
        """Return what a probe is asked for."""
        sample = []
        for whole, seed in zip(self.videos, self.seeds, strict=True):
            video = whole.first(FRAMES)
            start = video.annotation.start
            frames = [str(frame.resolve()) for frame in video.frames[start:]]
            sample.append({"frames": frames, "box": video.annotation.boxes[start].tolist(), "seed": seed})
        return {"tracker": tracker, "device": device, "sample": sample}


@dataclass(frozen=True, eq=False)
class Measured:
    """One side's timings, and the boxes of the timed sequences."""

    timings: Timings
    boxes: tuple[NDArray[np.float64], ...]


def measure(
    tracker: str,
    sample: Sample,
    device: str,
    machine: Machine,
    sides: Sequence[Side] = (HERE,),
    on_round: Callable[[], None] = lambda: None,
) -> list[Measured]:
    """Time a tracker's versions in turns; InputError where one cannot be timed."""
    request = sample.request(tracker, device)
    visits: list[list[Visit]] = [[] for _ in sides]
    boxes: list[Any] = [() for _ in sides]
    for number in range(VISITS):
        order = [*range(len(sides))]
        if number % 2:
            order.reverse()  # neither side is always the first
        probes: dict[int, Probe] = {}
        try:
            for index in order:
                probes[index] = Probe(request, sides[index])
            for _ in range(ROUNDS):
                for index in order:
                    boxes[index] = probes[index].round()
                    on_round()
            for index in order:
                visits[index].append(probes[index].end())
        finally:
            for one in probes.values():
                one.stop()
    return [
        Measured(Timings(machine, sample.names, FRAMES, tuple(own)), tuple(np.array(one) for one in seen))
        for own, seen in zip(visits, boxes, strict=True)
    ]


def environment(device: str) -> dict[str, str]:
    """Return the environment variables of a process that times."""
    threads = {"OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"} if device == "cpu" else {}
    return {**os.environ, **threads, "MALLOC_MMAP_THRESHOLD_": HOLD, "MALLOC_TRIM_THRESHOLD_": HOLD}


class Probe:
    """A running process that times one version of one tracker."""

    def __init__(self, request: dict[str, Any], side: Side) -> None:
        """Start it and wait until the tracker is warm."""
        self._what = f"{request['tracker']} ({side.name})"
        self._remarks = TemporaryFile()  # noqa: SIM115  # closed by stop
        self._process = subprocess.Popen(
            [sys.executable, probe.__file__, str(HOME), *map(str, side.first)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._remarks, text=True, cwd=side.folder,
            env=environment(request["device"]),
        )  # fmt: skip
        self._rounds: list[Round] = []
        self._busy: list[float] = []
        try:
            self._start_up: float = self._ask(json.dumps(request))["start_up_s"]
        except BaseException:
            self.stop()
            raise

    def round(self) -> list[list[list[float]]]:
        """Time the sample once more and return its boxes."""
        found = self._ask("round")
        self._rounds.append(Round(found["median_ms"], found["p95_ms"], found["calibration_ms"]))
        self._busy.append(found["busy_cores"])
        boxes: list[list[list[float]]] = found["boxes"]
        return boxes

    def end(self) -> Visit:
        """End the process and return what it measured."""
        memory = self._ask("end")["memory_mb"]
        return Visit(tuple(self._rounds), self._start_up, memory, float(np.median(self._busy)))

    def stop(self) -> None:
        """Make sure that the process is gone."""
        if self._process.poll() is None:
            self._process.kill()
        self._process.communicate()
        self._remarks.close()

    def _ask(self, line: str) -> dict[str, Any]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        try:
            self._process.stdin.write(line + "\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            pass  # it has ended, and said why
        answer = self._process.stdout.readline()
        found: dict[str, Any] = json.loads(answer) if answer else {"error": self._last_remark()}
        if "error" in found:
            raise InputError(f"{self._what} cannot be timed: {found['error']}")
        return found

    def _last_remark(self) -> str:
        self._process.wait(timeout=60)
        self._remarks.seek(0)
        lines = self._remarks.read().decode(errors="replace").strip().splitlines()
        return lines[-1] if lines else f"its process ended with code {self._process.returncode}"
