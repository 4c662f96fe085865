"""The long memory: which frames are stored, which are dropped, which are read."""

from __future__ import annotations

from itertools import pairwise

import pytest
import torch

from trackers.dualmn.memory import LongMemory, Stored, begin, reading, segments, written


def frame(age: int, lanes: int = 1) -> Stored:
    value = float(age)
    return Stored(torch.full((lanes, 1, 2, 2), value), torch.full((lanes, 2, 2), value), torch.full((lanes,), age))


def followed(frames: int, capacity: int, keep_first: bool = True, score: float = 0.9) -> LongMemory:
    state = begin(frame(0), capacity, torch.ones(1, 2))
    for age in range(1, frames + 1):
        state = written(state, torch.tensor([True]), frame(age), torch.tensor([score]), keep_first)
    return state


def ages(state: LongMemory, lane: int = 0) -> list[int]:
    return [age for age in state.slots.born[lane].tolist() if age >= 0]


@pytest.mark.parametrize(
    ("stored", "expected"),
    [
        # 1-based, STMTrack's rule without its double count: all up to 4, then {1} and {k d + d // 2 + 1}.
        (1, [1]),
        (3, [1, 2, 3]),
        (4, [1, 2, 3, 4]),
        (5, [1, 2, 3, 4]),  # d = 1: {1, 2, 3, 4}
        (7, [1, 2, 3, 4]),
        (8, [1, 2, 4, 6, 8]),  # d = 2: {2, 4, 6, 8}
        (12, [1, 2, 5, 8, 11]),  # d = 3: {2, 5, 8, 11}
        (32, [1, 5, 13, 21, 29]),  # d = 8: {5, 13, 21, 29}
    ],
)
def test_the_middle_of_each_segment_is_read(stored: int, expected: list[int]) -> None:
    indices, valid = segments(torch.tensor([stored]), 4)
    assert sorted(int(i) + 1 for i, v in zip(indices[0], valid[0], strict=True) if v) == expected


def test_with_one_segment_the_first_and_the_middle_frame_are_read() -> None:
    indices, valid = segments(torch.tensor([1, 9]), 1)
    assert valid.tolist() == [[True, False], [True, True]]
    assert indices[1].tolist() == [0, 4]


def test_the_newest_frame_is_read_where_it_is_sure_and_never_twice() -> None:
    state = followed(7, 32)  # 8 frames are stored; the 8th is read as a segment's middle already
    sure = reading(state, 4, 0.6)
    assert sure.frames.born[0][sure.valid[0]].tolist() == [0, 1, 3, 5, 7]
    state = followed(8, 32)
    sure = reading(state, 4, 0.6)
    assert sure.frames.born[0][sure.valid[0]].tolist() == [0, 1, 3, 5, 7, 8]
    assert sure.slot[0].tolist() == [0, 1, 3, 5, 7, 32]
    assert sure.frames.features[0, :, 0, 0, 0].tolist() == [0, 1, 3, 5, 7, 8]
    doubtful = reading(followed(8, 32, score=0.6), 4, 0.6)
    assert doubtful.frames.born[0][doubtful.valid[0]].tolist() == [0, 1, 3, 5, 7]


def test_no_more_than_the_first_the_segments_and_the_newest_are_read() -> None:
    for frames in range(70):
        read = reading(followed(frames, 8), 4, 0.6)
        born = read.frames.born[0][read.valid[0]].tolist()
        assert len(born) == len(set(born)) <= 6
        assert 0 in born


def test_a_full_memory_drops_every_other_frame_but_never_the_first() -> None:
    assert ages(followed(7, 8)) == list(range(8))
    assert ages(followed(8, 8)) == [0, 2, 4, 6, 8]
    assert ages(followed(9, 8)) == [0, 2, 4, 6, 8]
    assert ages(followed(14, 8)) == [0, 2, 4, 6, 8, 10, 12, 14]
    assert ages(followed(16, 8)) == [0, 4, 8, 12, 16]
    assert followed(16, 8).newest.born.tolist() == [16]


def test_what_is_left_stays_evenly_spread_over_a_long_past() -> None:
    state = followed(3871, 32)
    stored = ages(state)
    gaps = {b - a for a, b in pairwise(stored)}
    assert stored[0] == 0
    assert len(gaps) == 1
    assert 16 <= len(stored) <= 32
    assert state.slots.features[0, : len(stored), 0, 0, 0].tolist() == stored


def test_the_first_frame_can_be_let_go() -> None:
    state = followed(100, 8, keep_first=False)
    assert 0 not in ages(state)
    assert state.first.born.tolist() == [0]


def test_lanes_store_on_their_own_and_the_old_state_stays_usable() -> None:
    state = begin(frame(0, lanes=2), 4, torch.ones(2, 2))
    score = torch.tensor([0.9, 0.9])
    for age in range(1, 6):
        before = state
        state = written(state, torch.tensor([age % 2 == 0, True]), frame(age, lanes=2), score)
        assert before.newest.born.tolist() != state.newest.born.tolist()
    assert ages(state, 0) == [0, 2, 4]
    assert ages(state, 1) == ages(followed(5, 4))
    assert state.interval.tolist() == [1, 2]
    indices, valid = segments(state.count, 2)
    for lane, capacity_lane in ((0, [0, 2, 4]), (1, ages(followed(5, 4)))):
        alone, alone_valid = segments(torch.tensor([len(capacity_lane)]), 2)
        assert torch.equal(indices[lane], alone[0])
        assert torch.equal(valid[lane], alone_valid[0])
