"""The papers' five give in many lanes what they give alone, but for near-ties (`benchmark.engine.audit`)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from benchmark.datasets.lookup import open_dataset
from benchmark.engine.audit import compare
from benchmark.engine.job import Job, Outcome
from benchmark.engine.lanes import run_lanes
from trackers.names import resolve
from trackers.registry import PAPERS_FIVE

FRAMES = 12
"""Long enough for a difference in the last bits to grow into another crop, where a tracker lets it."""


@pytest.fixture(scope="module")
def jobs() -> list[Job]:
    """Sixteen trajectories: the demo's sequences from their first frames, four of them from the middle too."""
    dataset = open_dataset("demo")
    videos = dataset.load(list(dataset.inventory().found))
    starts = [(video, 0) for video in videos] + [(video, FRAMES) for video in videos[:4]]
    return [
        Job(video.first(start + FRAMES), start, video.annotation.boxes[start], seed)
        for seed, (video, start) in enumerate(starts)
    ]


@pytest.mark.parametrize("name", ["siamfc", "memtrack", "dualmn"])
def test_lanes_are_independent_of_what_comes_and_goes_beside_them(name: str, jobs: list[Job]) -> None:
    lanes_are_independent(name, [replace(job, video=job.video.first(job.start + 8)) for job in jobs[-4:]], (3,))


@pytest.mark.slow
@pytest.mark.parametrize("name", PAPERS_FIVE)
def test_many_lanes_are_independent(name: str, jobs: list[Job]) -> None:
    lanes_are_independent(name, jobs, (4, 16))


def lanes_are_independent(name: str, jobs: list[Job], lane_counts: tuple[int, ...]) -> None:
    tracker = resolve(name).build("cpu")
    tracker.recording = True

    def at(lanes: int) -> list[Outcome]:
        found = {id(outcome.job): outcome for outcome in run_lanes(tracker, jobs, lanes, "cpu")}
        return [found[id(job)] for job in jobs]

    alone = at(1)
    for lanes in lane_counts:
        verdicts = [compare(name, (1, lanes), one, other) for one, other in zip(alone, at(lanes), strict=True)]
        assert all(verdict.sound for verdict in verdicts), [v for v in verdicts if not v.sound]
        assert sum(verdict.verdict == "near tie" for verdict in verdicts) <= 1
