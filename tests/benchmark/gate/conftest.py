"""Small snapshots and timings, made by hand."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from benchmark.gate.snapshot import Snapshot, TrackerSnapshot, Trajectory, boxes_digest
from benchmark.gate.timings import Machine, Round, Timings, Visit

MACHINE = Machine("A processor", 8, 16, "", "Linux x86_64")
SEQUENCES = ("first", "second", "third")


def trajectory(boxes: np.ndarray, auc: float = 0.6, **other: Any) -> Trajectory:
    return Trajectory("the frames", 0, boxes, boxes_digest(boxes), auc, auc + 0.1, **other)


def boxes(seed: int = 0, frames: int = 10) -> np.ndarray:
    found: np.ndarray = np.random.default_rng(seed).uniform(20, 80, (frames, 4))
    return found


@pytest.fixture
def tracker() -> TrackerSnapshot:
    sequences = {name: trajectory(boxes(seed), 0.5 + 0.1 * seed) for seed, name in enumerate(SEQUENCES)}
    return TrackerSnapshot("cv2:kcf", {"limits": (0.2, 5.0), "step": 1.05}, "good", "abc", "code 1", sequences)


@pytest.fixture
def snapshot(tracker: TrackerSnapshot) -> Snapshot:
    environment = {"device": "A processor", "threads": "1", "torch": "2.13.0"}
    return Snapshot("OTB100", "1", "OTB100, 3 of 100 sequences", False, None, "otb", "ope", 0, environment, "c0ffee",
                    {"cv2:kcf": tracker})  # fmt: skip


@pytest.fixture
def changed() -> Callable[..., Snapshot]:
    """Return a function that changes the only tracker of a snapshot, and the snapshot."""

    def change(snapshot: Snapshot, tracker: Mapping[str, Any] | None = None, **whole: Any) -> Snapshot:
        (name,) = snapshot.trackers
        return replace(snapshot, trackers={name: replace(snapshot.trackers[name], **(tracker or {}))}, **whole)

    return change


def timings(milliseconds: float, *, noise: float = 0.01, seed: int = 0, machine: Machine = MACHINE, speed: float = 1.0,
            memory: float = 400.0, visits: int = 6) -> Timings:  # fmt: skip
    """Return timings of a tracker on a machine whose work takes `speed` times as long."""
    rng = np.random.default_rng(seed)
    made = []
    for _ in range(visits):
        factor = speed * rng.normal(1, noise)
        times = milliseconds * factor * rng.normal(1, noise / 2, 2)
        rounds = tuple(Round(float(one), float(one * 1.2), 20 * speed) for one in times)
        made.append(Visit(rounds, 0.5 * factor, memory * rng.normal(1, 0.005), 0.0))
    return Timings(machine, ("first", "third"), 20, tuple(made))
