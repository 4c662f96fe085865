from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from benchmark.engine.fit import FEW, MANY, MOST, SHARE, fitting_lanes, lanes_in
from trackers.adapters.chance import Chance
from trackers.adapters.containment import Contained, World
from trackers.api import Step, Tracker


@given(fixed=st.floats(0, 1e10), lane=st.floats(1, 1e10), memory=st.floats(0, 2e11))
def test_what_is_said_to_fit_fits_and_one_more_does_not(fixed: float, lane: float, memory: float) -> None:
    lanes = lanes_in(memory, fixed + FEW * lane, fixed + MANY * lane)
    assert 1 <= lanes <= MOST
    slack = 1e-6 * (memory + fixed + lane)
    assert lanes == 1 or fixed + lanes * lane <= memory + slack
    assert lanes == MOST or fixed + (lanes + 1) * lane > memory - slack


class Hungry(Tracker):
    """Takes a million bytes a lane, as the patched meter is told."""

    def __init__(self, meter: list[int], max_lanes: int | None = None) -> None:
        self.meter, self.max_lanes = meter, max_lanes

    def start(self, frames, boxes, seeds):
        self.meter[0] = 10_000_000 + 1_000_000 * len(frames)
        return boxes

    def step(self, state, frames):
        return Step(state, np.ones(len(state))), state


def test_a_gpus_free_memory_decides(monkeypatch: pytest.MonkeyPatch) -> None:
    meter = [0]
    monkeypatch.setattr(torch.cuda, "empty_cache", lambda: None)
    monkeypatch.setattr(torch.cuda, "reset_peak_memory_stats", lambda device: None)
    monkeypatch.setattr(torch.cuda, "max_memory_allocated", lambda device: meter[0])
    monkeypatch.setattr(torch.cuda, "memory_allocated", lambda device: meter[0])
    monkeypatch.setattr(torch.cuda, "mem_get_info", lambda device: (30_000_000, 40_000_000))
    hungry = SimpleNamespace(build=lambda device: Hungry(meter))
    assert fitting_lanes([hungry], "cuda:0", 9) == int((SHARE * 30 - 10) / 1)
    assert fitting_lanes([hungry, hungry], "cuda:0", 9) == int((SHARE * 30 - 20) / 2), "they run together"
    assert fitting_lanes([], "cuda:0", 9) == MOST
    single = SimpleNamespace(build=lambda device: Hungry(meter, max_lanes=1))
    assert fitting_lanes([single], "cuda:0", 9) == MOST
    assert fitting_lanes([hungry], "cpu", 9) == 1

    class Growing(Hungry):
        def step(self, state, frames):
            self.meter[0] += 1_000 * len(state)
            return super().step(state, frames)

    growing = SimpleNamespace(build=lambda device: Growing(meter))
    assert fitting_lanes([growing], "cuda:0", 5) == int((SHARE * 30 - 10) / 1.004)
    assert fitting_lanes([growing], "cuda:0", 1005) == int((SHARE * 30 - 10) / 2.004), "a frame more, a thousand bytes"

    class Broken(Hungry):
        def start(self, frames, boxes, seeds):
            raise RuntimeError("no target in grey")

    theirs = SimpleNamespace(build=lambda device: Contained(Hungry(meter), World(""), Chance()))
    assert fitting_lanes([theirs, hungry], "cuda:0", 9) == int((SHARE * 30 - 10) / 1), "a third party's runs alone"
    theirs = SimpleNamespace(build=lambda device: Contained(Broken(meter), World(""), Chance()))
    assert fitting_lanes([theirs, hungry], "cuda:0", 9) == int((SHARE * 30 - 10) / 1)
    with pytest.raises(RuntimeError, match="grey"):
        fitting_lanes([SimpleNamespace(build=lambda device: Broken(meter))], "cuda:0", 9)
