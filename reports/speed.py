"""Speed: latency measured alone, throughput of runs, and who is on the Pareto front of accuracy against latency."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

from benchmark.engine.load import Load
from benchmark.merit import Merit
from benchmark.runs import Run
from benchmark.scores import TrackerScores
from benchmark.shapes import Count, Least1, NotNegative, Positive, check

__all__ = ["Latency", "Speed", "speeds"]


@dataclass(frozen=True)
class Latency:
    """What `run_bench speed` measured: one lane, the device to itself, boxes held against the record's."""

    frames: Count
    fps: Positive
    median_ms: Positive
    p95_ms: Positive
    p99_ms: Positive
    first_frame_ms: NotNegative
    start_up_s: NotNegative
    memory_mb: NotNegative
    parameters: Count | None
    """None, or 0 of older measurements, where they are not known."""
    gflop: NotNegative | None
    """None, or 0 of older measurements, where nothing ran in torch, which alone is counted."""
    calibration_ms: Positive
    """Median time of a fixed workload on that machine: what speeds of two machines can be divided by."""
    busy_cores: NotNegative
    loaded: bool
    """Whether other processes kept the machine busy meanwhile."""
    sequences: tuple[str, ...]
    invalid: tuple[str, ...]
    """Where the timed boxes were not the record's; such a speed belongs to no accuracy."""
    cores: Least1 = 1
    """How many the machine has."""

    @property
    def load_mark(self) -> str:
        """What stands beside it where it was taken beside other work; else ""."""
        return Load(self.busy_cores, self.cores).mark


@dataclass(frozen=True)
class Speed:
    """One tracker's speed."""

    tracker: str
    score: float | None
    """By the run's merit; None where it has none."""
    throughput: float | None
    """Frames / s of lanes side by side, as the run went; never beside a latency."""
    lanes: int
    latency: Latency | None
    load_mark: str = ""
    """What stands beside the throughput where it was taken beside other work."""
    front: bool = False
    """Whether none of the others that were measured is both faster (latency) and more accurate."""


def speeds(
    runs: Sequence[Run], scored: Sequence[TrackerScores], owner: dict[str, tuple[int, str]], merit: Merit
) -> tuple[Speed, ...]:
    """Return the speed of every scored tracker that ran here, beside its score by `merit`.

    `owner` names its run and its name there.
    """
    found = []
    for one in scored:
        index, name = owner[one.name]
        facts = runs[index].latency(name)
        if one.summary is None or (one.throughput is None and facts is None):
            continue
        found.append((one, merit.overall(one), _latency(facts) if facts else None))
    measured = [(score, latency.median_ms) for _, score, latency in found if latency and score is not None]
    return tuple(
        Speed(
            one.name,
            score,
            one.throughput,
            one.lanes,
            latency,
            one.load_mark,
            latency is not None
            and score is not None
            and len(measured) > 1
            and not any(
                (s >= score and ms <= latency.median_ms) and (s > score or ms < latency.median_ms) for s, ms in measured
            ),
        )
        for one, score, latency in found
    )


def _latency(facts: dict[str, Any]) -> Latency | None:
    """Return what was measured; None where what was kept of it is damaged."""
    known = {field.name for field in fields(Latency)}
    lists = {"sequences": tuple(facts["sequences"]), "invalid": tuple(facts["invalid"])}
    try:
        latency = Latency(**{**{key: value for key, value in facts.items() if key in known}, **lists})
        check(latency, Latency)
    except (TypeError, ValueError):
        return None
    return latency
