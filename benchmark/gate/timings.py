"""What the gate's clock read: rounds of frames in processes of their own, on a machine with an identity."""

from __future__ import annotations

import hashlib
import json
import os
import platform
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from benchmark.shapes import NotNegative, Positive


@dataclass(frozen=True)
class Round:
    """The sample's frames tracked once, each timed."""

    median_ms: Positive
    p95_ms: Positive
    calibration_ms: Positive
    """What the reference workload took just before and after, in the mean."""


@dataclass(frozen=True)
class Visit:
    """One process: a tracker built, warmed up, and timed in some rounds."""

    rounds: tuple[Round, ...]
    start_up_s: Positive
    """Time to build the tracker and to track the first warm-up frame."""
    memory_mb: Positive
    """Peak memory: of the device on a GPU, of the process elsewhere."""
    busy_cores: NotNegative
    """Cores that other processes kept busy meanwhile."""


@dataclass(frozen=True)
class Machine:
    """What a speed depends on besides code and data."""

    processor: str
    cores: int
    memory_gb: int
    device: str
    """Name of the GPU; "" where the processor did the work."""
    system: str
    """e.g. ``Linux x86_64``."""

    @property
    def id(self) -> str:
        """Twelve hex digits, equal for machines of one kind."""
        return hashlib.sha256(json.dumps(asdict(self), sort_keys=True).encode()).hexdigest()[:12]


@dataclass(frozen=True)
class Timings:
    """One tracker's visits."""

    machine: Machine
    sample: tuple[str, ...]
    """The timed sequences; the last one warmed up."""
    frames: int
    """Frames timed of each, at most."""
    visits: tuple[Visit, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return plain data, ready for JSON."""
        visits = [
            {**asdict(visit), "rounds": [[one.median_ms, one.p95_ms, one.calibration_ms] for one in visit.rounds]}
            for visit in self.visits
        ]
        rounded = json.loads(json.dumps(visits), parse_float=lambda text: round(float(text), 4))
        return {
            "machine": asdict(self.machine),
            "sample": list(self.sample),
            "frames": self.frames,
            "visits": rounded,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Timings:
        """Return what `to_dict` was called on."""
        return cls(
            machine=Machine(**data["machine"]),
            sample=tuple(data["sample"]),
            frames=data["frames"],
            visits=read_visits(data["visits"]),
        )


def read_visits(visits: Sequence[Mapping[str, Any]]) -> tuple[Visit, ...]:
    """Return visits from plain data."""
    return tuple(Visit(**{**one, "rounds": tuple(Round(*row) for row in one["rounds"])}) for one in visits)


def here(device: str = "") -> Machine:
    """Return this machine's identity; `device` is the GPU's name."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    try:
        memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    except (ValueError, OSError, AttributeError):
        memory = 0
    from benchmark.engine.device import machine  # brings torch in

    return Machine(machine()["processor"], cores, round(memory), device, f"{platform.system()} {platform.machine()}")
