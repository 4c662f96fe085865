from __future__ import annotations

import weakref

import numpy as np
from conftest import paint

from benchmark.engine.follow import LARGEST_SIGNAL, follow
from trackers.api import Signal, Step, Tracker

BOX = np.array([40.0, 40.0, 30.0, 24.0])


class Right(Tracker[int]):
    """Moves right by its own number of pixels a frame; fails at a frame if it is told to."""

    signals = (Signal("age", "frames seen"), Signal("map", "too large to keep", (20, 20)))

    def __init__(self, pixels: float, fails_at: int = 99) -> None:
        self.pixels, self.fails_at = pixels, fails_at

    def start(self, frames, boxes, seeds) -> int:
        assert seeds == [7]
        return 0

    def step(self, state: int, frames):
        age = state + 1
        if age == self.fails_at:
            raise RuntimeError("what happened\nand what to do")
        box = BOX + [self.pixels * age, 0, 0, 0]
        return Step(box[None], np.array([0.5]), {"age": np.array([age]), "map": np.zeros((1, 20, 20))}), age


def test_every_tracker_sees_every_frame_in_one_pass() -> None:
    seen = []

    def frames():
        for number, frame in enumerate(paint(6)):
            seen.append(number)
            yield frame

    one, two = follow({"one": Right(1), "two": Right(2)}, frames(), BOX, 7, start=3)
    assert seen == list(range(6))
    assert (one.name, one.start, len(one.boxes), one.error) == ("one", 3, 6, "")
    np.testing.assert_array_equal(one.boxes[:, 0], 40 + np.arange(6))
    np.testing.assert_array_equal(two.boxes[:, 0], 40 + 2 * np.arange(6))
    np.testing.assert_array_equal(one.scores, [1, 0.5, 0.5, 0.5, 0.5, 0.5])
    np.testing.assert_array_equal(one.telemetry["age"], [1, 2, 3, 4, 5])


def test_what_is_wrong_at_its_end_is_the_tracker_s_error() -> None:
    class Late(Right):
        def finish(self, state: int, lane: int) -> None:
            raise RuntimeError(f"{state} were too many")

    late, good = follow({"late": Late(1), "good": Right(1)}, paint(6), BOX, 7)
    assert (late.error, len(late.boxes), good.error) == ("RuntimeError: 5 were too many", 6, "")


def test_no_frame_is_kept() -> None:
    seen: list[weakref.ref] = []

    def frames():
        for frame in paint(8):
            own = frame.copy()
            seen.append(weakref.ref(own))
            yield own
            del own
            assert sum(ref() is not None for ref in seen) <= 1  # the one that the loop still names

    follow({"one": Right(1), "two": Right(2)}, frames(), BOX, 7)
    assert len(seen) == 8


def test_what_is_too_large_for_a_long_video_is_not_kept() -> None:
    (trail,) = follow({"one": Right(1)}, paint(3), BOX, 7)
    assert LARGEST_SIGNAL < 20 * 20
    assert set(trail.telemetry) == {"age"}


def test_a_tracker_that_fails_ends_alone_and_all_that_fail_end_the_pass() -> None:
    told = []
    good, bad = follow({"good": Right(1), "bad": Right(1, 3)}, paint(6), BOX, 7, on_frame=lambda: told.append(1))
    assert (len(good.boxes), len(bad.boxes)) == (6, 3)
    assert bad.error == "RuntimeError: what happened"
    assert len(told) == 6
    follow({"bad": Right(1, 3)}, paint(6), BOX, 7, on_frame=lambda: told.append(1))
    assert len(told) == 6 + 4
