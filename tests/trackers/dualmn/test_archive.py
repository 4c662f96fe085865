from __future__ import annotations

import torch

from trackers.api import join_lanes, take_lanes
from trackers.dualmn.archive import Archive
from trackers.dualmn.memory import Stored, segments


def frame(age: int, lanes: int = 1) -> Stored:
    """Return a frame whose features say how old it is."""
    features = torch.full((lanes, 2, 3, 3), float(age))
    return Stored(features, torch.ones(lanes, 3, 3), torch.full((lanes,), age))


def followed(frames: int, bound: int = 1000, score: float = 0.9) -> Archive:
    memory = Archive.begin(frame(0), torch.ones(1, 2))
    for age in range(1, frames):
        memory = memory.written([True], torch.tensor([True]), frame(age), torch.tensor([score]), bound)
    return memory


def read(memory: Archive, twice: bool = True) -> list[int]:
    reading = memory.reading(4, 0.6, twice)
    assert torch.equal(reading.frames.features[0, :, 0, 0, 0], reading.frames.born[0].float())
    return reading.frames.born[0, reading.valid[0]].tolist()


def test_frames_are_read_as_stmtrack_reads_them() -> None:
    for count in (1, 2, 3, 4, 5, 7, 8, 9, 16, 23, 40):
        indices, valid = segments(torch.tensor([count]), 4)
        expected = indices[0, valid[0]].tolist()
        assert read(followed(count)) == expected + ([count - 1] if count > 4 else [])
        assert read(followed(count, score=0.5)) == (expected if count > 1 else [0])


def test_the_newest_is_read_twice_where_it_is_a_segments_middle_only_by_config() -> None:
    assert read(followed(8)) == [0, 1, 3, 5, 7, 7]
    assert read(followed(8), twice=False) == [0, 1, 3, 5, 7]


def test_a_full_memory_drops_every_other_frame_but_the_first_and_goes_on_twice_as_slowly() -> None:
    memory = followed(23, bound=8)
    ages = [int(one.born) for one in memory.frames[0]]
    assert ages == [0, 4, 8, 12, 16, 20]
    assert memory.newest.born.tolist() == [22]
    assert read(memory)[-1] == 22


def test_lanes_are_written_taken_joined_and_begun_afresh_alone() -> None:
    before = Archive.begin(frame(0, 2), torch.ones(2, 2))
    memory = before.written([False, True], torch.tensor([False, True]), frame(1, 2), torch.tensor([0.2, 0.8]), 10)
    assert [len(lane) for lane in memory.frames] == [1, 2]
    assert [len(lane) for lane in before.frames] == [1, 1]
    assert memory.newest.born.tolist() == [0, 1]
    swapped = take_lanes(memory, [1, 0])
    assert [len(lane) for lane in swapped.frames] == [2, 1]
    assert [len(lane) for lane in join_lanes(swapped, memory).frames] == [2, 1, 1, 2]
    fresh = memory.recovered(torch.tensor([True, False]))
    assert [len(lane) for lane in fresh.frames] == [1, 1]
    assert fresh.newest_score.tolist() == [1, 1]


def test_a_lane_that_is_left_alone_holds_its_own_memory_alone() -> None:
    memory = Archive.begin(frame(0, 8), torch.ones(8, 2))
    for age in (1, 2):
        memory = memory.written([True] * 8, torch.ones(8, dtype=torch.bool), frame(age, 8), torch.ones(8), 10)
    (kept,) = take_lanes(memory, [3]).frames
    for stored in kept:
        for one in (stored.features, stored.ballots, stored.born):
            assert one.untyped_storage().nbytes() == one.nbytes
