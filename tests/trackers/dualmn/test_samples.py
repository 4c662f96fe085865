"""The short memory: DiMP's sample weights worked out by hand, the figure's rule, and lanes that differ."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from trackers.dualmn.samples import ShortMemory, begin, emptied, written


def memory(lanes: int = 1, initial: int = 2, capacity: int = 3) -> ShortMemory:
    return begin(torch.zeros(lanes, initial, 1, 2, 2), torch.zeros(lanes, initial, 2), capacity)


def write(
    state: ShortMemory, age: int, rate: float | None = 0.1, first_mass: float = 0.0, lanes: list[bool] | None = None
) -> ShortMemory:
    count = len(state.born)
    mask = torch.tensor(lanes if lanes is not None else [True] * count)
    return written(
        state,
        mask,
        torch.full((count, 1, 2, 2), float(age)),
        torch.full((count, 2), float(age)),
        torch.full((count,), age),
        rate=None if rate is None else torch.full((count,), rate),
        first_mass=first_mass,
    )


def weights(state: ShortMemory, lane: int = 0) -> Tensor:
    return state.weights[lane]


def test_the_first_new_sample_weighs_the_learning_rate_beside_the_others_grown() -> None:
    # Before: 1/2, 1/2. They become (1/2) / 0.9 each, the new one 0.1; then all are divided by their sum.
    total = 1 / 0.9 + 0.1
    state = write(memory(), 1)
    assert weights(state).tolist() == pytest.approx([0.5 / 0.9 / total, 0.5 / 0.9 / total, 0.1 / total, 0, 0])
    assert state.newest.tolist() == [2]
    assert (state.latest[0, 0] == 1).all()


def test_each_later_sample_weighs_a_little_more_than_the_one_before() -> None:
    first = write(memory(), 1)
    second = write(first, 2)
    before = weights(first)
    new = before[2] / 0.9
    total = before.sum() + new
    assert weights(second).tolist() == pytest.approx([*(before[:3] / total).tolist(), (new / total).item(), 0])
    assert (weights(second)[3] / weights(second)[2]).item() == pytest.approx(1 / 0.9)


def test_the_first_frames_samples_keep_their_share() -> None:
    state = memory()
    for age in range(1, 40):
        state = write(state, age, rate=0.3, first_mass=0.25)
        assert weights(state).sum().item() == pytest.approx(1)
        assert weights(state)[:2].sum() >= 0.25 - 1e-6
    assert weights(state)[:2].tolist() == pytest.approx([0.125, 0.125])
    assert weights(state)[2:].sum().item() == pytest.approx(0.75)


def test_without_protection_the_first_frame_fades() -> None:
    state = memory()
    for age in range(1, 40):
        state = write(state, age, rate=0.3)
    assert weights(state)[:2].sum() < 0.05


def test_a_full_memory_gives_up_its_lightest_sample_and_never_one_of_the_first_frame() -> None:
    state = memory()
    for age in range(1, 4):
        state = write(state, age)
    assert state.born.tolist() == [[1, 2, 3]]
    state = write(state, 4)
    assert state.born.tolist() == [[4, 2, 3]]
    state = write(state, 5)
    assert state.born.tolist() == [[4, 5, 3]]
    assert state.latest[0, :, 0, 0, 0].tolist() == [4, 5, 3]
    assert state.latest_centres[0, :, 0].tolist() == [4, 5, 3]


def test_the_figures_rule_shares_evenly_among_the_latest() -> None:
    state = write(memory(), 1, rate=None, first_mass=0.25)
    assert weights(state).tolist() == pytest.approx([0.125, 0.125, 0.75, 0, 0])
    for age in (2, 3, 4):
        state = write(state, age, rate=None, first_mass=0.25)
    assert weights(state).tolist() == pytest.approx([0.125, 0.125, 0.25, 0.25, 0.25])
    assert sorted(state.born[0].tolist()) == [2, 3, 4]  # the oldest of equals went


def test_lanes_write_on_their_own_and_the_old_state_stays_usable() -> None:
    state = write(memory(2), 1)
    after = write(state, 2, lanes=[False, True])
    assert after.born.tolist() == [[1, -1, -1], [1, 2, -1]]
    assert torch.equal(after.weights[0], state.weights[0])
    assert state.born.tolist() == [[1, -1, -1], [1, -1, -1]]
    assert (state.latest[1, 1] == 0).all()
    alone = write(write(memory(), 1), 2)
    assert torch.equal(after.weights[1], alone.weights[0])
    assert torch.equal(after.latest[1], alone.latest[0])


def test_an_emptied_lane_starts_over_from_its_first_frame() -> None:
    state = write(write(memory(2), 1), 2)
    state = emptied(state, torch.tensor([True, False]))
    assert weights(state).tolist() == pytest.approx([0.5, 0.5, 0, 0, 0])
    assert state.born.tolist() == [[-1, -1, -1], [1, 2, -1]]
    again = write(state, 3)
    assert torch.allclose(again.weights[0], write(memory(), 3).weights[0])
