"""Neither memory is dead: without it, or with it frozen, the trained trackers' boxes are others."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from following import follow, real

from trackers.dualmn.tracker import DualMNState
from trackers.names import resolve


def without_slots(state: DualMNState) -> DualMNState:
    memory = state.branches["long"]
    slots = replace(memory.slots, features=torch.zeros_like(memory.slots.features))
    newest = replace(memory.newest, features=torch.zeros_like(memory.newest.features))
    return replace(state, branches={**state.branches, "long": replace(memory, slots=slots, newest=newest)})


def without_filter(state: DualMNState) -> DualMNState:
    short = state.branches["short"]
    return replace(state, branches={**state.branches, "short": replace(short, filters=torch.zeros_like(short.filters))})


@pytest.mark.parametrize(
    ("name", "meddle"),
    [
        pytest.param("dualmn-long", without_slots, marks=pytest.mark.slow),
        pytest.param("dualmn-short", without_filter, marks=pytest.mark.slow),
        ("dualmn", without_slots),
        ("dualmn", without_filter),
    ],
)
def test_no_memory_is_dead_on_a_real_sequence(
    otb: Path, name: str, meddle: Callable[[DualMNState], DualMNState]
) -> None:
    frames, box = real(otb, "Crossing", 14)
    tracker = resolve(name).build("cpu")
    whole, _ = follow(tracker, frames, box)
    zeroed, _ = follow(tracker, frames, box, meddle=meddle)
    assert np.abs(whole - zeroed).max() > 0.5


@pytest.mark.slow
@pytest.mark.parametrize("branch", ["long", "short"])
def test_a_frozen_memory_changes_the_boxes_of_a_real_sequence(otb: Path, branch: str) -> None:
    frames, box = real(otb, "Crossing", 24)
    tracker = resolve("dualmn").build("cpu")
    first = tracker.start(frames[:1], box, [0]).branches[branch]
    whole, _ = follow(tracker, frames, box)
    frozen, _ = follow(
        tracker, frames, box, meddle=lambda state: replace(state, branches={**state.branches, branch: first})
    )
    assert np.abs(whole - frozen).max() > 0.1
