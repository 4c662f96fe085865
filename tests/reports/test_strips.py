from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from reports.failures import Segment
from reports.strips import moments


def test_the_first_frame_and_what_went_wrong_are_shown() -> None:
    segments = [Segment("tracked", 0, 40), Segment("lost", 40, 160), Segment("recovered", 160, 200)]
    found = moments([(0, segments)], 200)
    assert found[0] == 0
    assert {40, 160} <= set(found)
    assert len(found) == 6


@given(st.integers(1, 400), st.lists(st.integers(1, 399), max_size=5), st.integers(0, 5))
def test_moments_are_distinct_frames_of_the_sequence(frames: int, starts: list[int], begin: int) -> None:
    begin = min(begin, frames - 1)
    segments = [Segment("lost", first, first + 5) for first in sorted(set(starts)) if begin + first < frames]
    found = moments([(begin, segments)], frames)
    assert found == sorted(set(found))
    assert all(begin <= frame < frames for frame in found)
    assert 1 <= len(found) <= 6
