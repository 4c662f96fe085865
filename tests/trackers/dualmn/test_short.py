"""When the short branch's filter is moved."""

from __future__ import annotations

from typing import Any, cast

import pytest
import torch

from trackers.dualmn.config import DualMNConfig
from trackers.dualmn.short import Lesson, ShortBranch

AGES = range(1, 10)


def steps(config: DualMNConfig, **changes: list[int]) -> list[int]:
    """Return the steps after frames of these ages, one a lane; `changes` are ages at which something holds."""
    age = torch.tensor(AGES)

    def holds(name: str, usual: bool) -> torch.Tensor:
        return torch.tensor([one in changes[name] if name in changes else usual for one in AGES])

    lesson = Lesson(
        None, torch.zeros(len(AGES), 2), holds("stored", usual=True), holds("hard", usual=False),
        holds("restarted", usual=False), age,
    )  # fmt: skip
    return ShortBranch(cast("Any", None), config, 8).steps(lesson).tolist()


@pytest.mark.parametrize(
    ("early", "taken"),
    [(0, [0, 0, 0, 0, 0, 0, 0, 2, 0]), (3, [2, 2, 2, 0, 0, 0, 0, 2, 0]), (8, [2, 2, 2, 2, 2, 2, 2, 2, 0])],
)
def test_every_one_of_the_first_frames_is_learnt_then_every_eighth(early: int, taken: list[int]) -> None:
    assert steps(DualMNConfig(early_frames=early, update_every=8, update_steps=2)) == taken


def test_a_distractor_is_learnt_at_once_a_new_beginning_longer_and_what_is_not_stored_never() -> None:
    config = DualMNConfig(early_frames=2, update_every=8, update_steps=2, hard_steps=1, restart_steps=5)
    assert steps(config, hard=[2, 5]) == [2, 2, 0, 0, 1, 0, 0, 2, 0]
    assert steps(config, restarted=[1, 6]) == [5, 2, 0, 0, 0, 5, 0, 2, 0]
    assert steps(config, stored=[2, 3, 4, 8], hard=[1, 3]) == [0, 2, 1, 0, 0, 0, 0, 2, 0]
