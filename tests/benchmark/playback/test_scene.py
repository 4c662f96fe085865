from __future__ import annotations

import numpy as np
import pytest

from benchmark.playback.scene import Cut, Trail
from trackers.errors import InputError


def trail(rows: int, start: int = 0) -> Trail:
    return Trail("t", start, np.arange(4.0 * rows).reshape(rows, 4), np.linspace(1, 0, rows))


def test_a_trail_has_boxes_from_its_start_to_its_end() -> None:
    own = trail(rows=3, start=5)
    assert own.box(4) is None
    assert own.box(8) is None
    np.testing.assert_array_equal(own.box(6), [4, 5, 6, 7])


def test_telemetry_begins_one_frame_after_the_boxes() -> None:
    own = trail(rows=3, start=1)
    spread = own.along(np.array([[7.0, 8.0], [9.0, 10.0]]), frames=5)
    np.testing.assert_array_equal(spread, [[np.nan] * 2, [np.nan] * 2, [7, 8], [9, 10], [np.nan] * 2])
    np.testing.assert_array_equal(own.along(own.scores, frames=3), [np.nan, 1, 0.5])


def test_a_cut_shows_every_nth_frame_from_the_first_on() -> None:
    cut = Cut.of(0, 10, 3, None, 3)
    assert [frame for frame in range(10) if frame in cut] == [2, 5, 8]
    assert len(cut) == 3
    assert [frame for frame in range(20) if frame in Cut.of(5, 10, None, 99, 1)] == [5, 6, 7, 8, 9]


@pytest.mark.parametrize(
    ("begin", "end", "line"),
    [(11, None, "--from 11: frames 6 to 10"), (2, None, "--from 2: frames 6 to 10"), (8, 7, "--to 7 comes before")],
)
def test_a_cut_without_frames_is_refused(begin: int, end: int | None, line: str) -> None:
    with pytest.raises(InputError, match=line):
        Cut.of(5, 10, begin, end, 1)
