"""What a step costs on a device: what goes up, what comes down, and that the host waits for nothing in between."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
import pytest
import torch
from conftest import paint
from pretend_device import DOWNLOAD, NAME, UPLOAD

from trackers.api import Boxes, Frame, Tracker
from trackers.names import resolve
from trackers.nets import crops
from trackers.nets.transfer import uploaded
from trackers.registry import PAPERS_FIVE

BUDGET = {UPLOAD: 2, DOWNLOAD: 2}
"""A step's, at any number of lanes: whole frames and what they measure up, boxes and telemetry down, nothing else."""
BOX = np.array([40.0, 40, 30, 24])


def follow(
    tracker: Tracker, videos: list[list[Frame]], account: Counter[str] | None = None
) -> tuple[Boxes, list[dict]]:
    """Return boxes (N - 1, B, 4) and what each step cost."""
    tracker.recording = True
    state = tracker.start([video[0] for video in videos], np.stack([BOX] * len(videos)), list(range(len(videos))))
    boxes, costs = [], []
    for frames in zip(*(video[1:] for video in videos), strict=True):
        if account is not None:
            account.clear()
        step, state = tracker.step(state, list(frames))
        costs.append(dict(account or {}))
        boxes.append(step.boxes)
    return np.array(boxes), costs


def videos(lanes: int, frames: int) -> list[list[Frame]]:
    return [paint(frames, seed=lane, size=(160 + 16 * lane, 120)) for lane in range(lanes)]


@pytest.fixture
def cut_as_there(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a CPU cut crops as a device does."""

    def cut(frames: list[Frame], *how: Any) -> torch.Tensor:
        return crops._gathered(uploaded(frames, torch.device("cpu")), *how)

    monkeypatch.setattr(crops, "_warped", cut)


@pytest.mark.parametrize("name", PAPERS_FIVE)
def test_a_step_keeps_to_its_budget_and_boxes_are_the_cpus(pretend, cut_as_there, name: str) -> None:
    here, there = resolve(name).build("cpu"), resolve(name).build(NAME)
    for lanes in (1, 2):
        seen = videos(lanes, 3)
        expected, _ = follow(here, seen)
        boxes, costs = follow(there, seen, pretend)
        for cost in costs:
            assert {kind: count for kind, count in cost.items() if count > BUDGET.get(kind, 0)} == {}
        np.testing.assert_array_equal(boxes, expected)


@pytest.mark.slow
@pytest.mark.parametrize(
    "name",
    [*(f"{name}:paper" for name in PAPERS_FIVE), "dualmn-short:dimp", "dualmn-short:superdimp"],
)
def test_the_other_presets_keep_to_the_same_budget(pretend, name: str) -> None:
    _, costs = follow(resolve(f"{name}@random").build(NAME), videos(2, 3), pretend)
    for cost in costs:
        assert {kind: count for kind, count in cost.items() if count > BUDGET.get(kind, 0)} == {}
