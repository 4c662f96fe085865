"""MemTrack's size is read off its first template at several sizes, its place by the memory's."""

from __future__ import annotations

import torch
from zooming import BOX, scene

from trackers.names import resolve


def test_the_templates_of_sizes_hold_the_first_one_whose_answer_to_itself_is_1() -> None:
    tracker = resolve("memtrack").build("cpu")
    state = tracker.start([scene()], BOX[None], [0])
    assert state.sizes.shape == (1, 3, 192, 8, 8)
    torch.testing.assert_close((state.sizes[:, 1] * state.carried.first).sum((1, 2, 3)), torch.ones(1))
