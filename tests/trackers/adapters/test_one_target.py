from __future__ import annotations

import numpy as np
import pytest
from conftest import paint

from trackers.adapters.one_target import OneTargetLanes

BOXES = np.array([[1.0, 2.0, 3.0, 4.0], [5.0, 6.0, 7.0, 8.0]])


class Drift:
    """Moves its box by one pixel a frame."""

    def init(self, image, box) -> None:
        self.box = box

    def update(self, image):
        self.box = self.box + [1, 0, 0, 0]
        return self.box, 0.5


def test_every_lane_has_an_object_of_its_own_and_lanes_can_be_taken_and_joined() -> None:
    frame = paint(1)[0]
    lanes = OneTargetLanes(Drift)
    state = lanes.start([frame, frame], BOXES, [0, 1])
    step, state = lanes.step(state, [frame, frame])
    np.testing.assert_array_equal(step.boxes, BOXES + [1, 0, 0, 0])
    np.testing.assert_array_equal(step.scores, [0.5, 0.5])
    state = lanes.join(lanes.take(state, [1]), lanes.start([frame], BOXES[:1], [2]))
    step, _ = lanes.step(state, [frame, frame])
    np.testing.assert_array_equal(step.boxes, [BOXES[1] + [2, 0, 0, 0], BOXES[0] + [1, 0, 0, 0]])


def test_what_is_no_box_is_said() -> None:
    class Wrong(Drift):
        def update(self, image):
            return [1, 2, 3]

    lanes = OneTargetLanes(Wrong)
    with pytest.raises(TypeError, match=r"must return a box.*\[1, 2, 3\]"):
        lanes.step(lanes.start(paint(1), BOXES[:1], [0]), paint(1))
