"""Both branches of DualMN matter: each leads a fair share of frames."""

from __future__ import annotations

import numpy as np
import pytest

from benchmark.datasets.lookup import open_dataset
from benchmark.engine.job import Job
from benchmark.engine.lanes import run_lanes
from trackers.dualmn.decision import Decider
from trackers.names import resolve


def leads(dataset: str) -> dict[Decider, float]:
    """Return each decider's share of the frames."""
    opened = open_dataset(dataset)
    videos = opened.load(list(opened.inventory().found))
    tracker = resolve("dualmn").build("cpu")
    tracker.recording = True
    jobs = [Job(video, 0, video.annotation.boxes[0], seed) for seed, video in enumerate(videos)]
    outcomes = list(run_lanes(tracker, jobs, 1, "cpu"))
    assert not any(outcome.error for outcome in outcomes)
    told = np.concatenate([outcome.telemetry["decider"] for outcome in outcomes])
    return {decider: float((told == decider).mean()) for decider in Decider}


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_each_branch_decides_a_twentieth_of_demo_full() -> None:
    shares = leads("demo-full")
    assert shares[Decider.SHORT] >= 0.05
    assert shares[Decider.LONG] >= 0.05
