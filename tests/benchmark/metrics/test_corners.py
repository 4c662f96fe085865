from __future__ import annotations

import numpy as np

from benchmark.metrics.corners import read_as_corners

TRUTH = np.array([[40.0, 40, 30, 24], [42, 40, 30, 24], [44, 41, 30, 24]])


def test_corners_are_known_by_how_much_better_they_fit() -> None:
    corners = np.concatenate([TRUTH[:, :2], TRUTH[:, :2] + TRUTH[:, 2:]], axis=1)
    found = read_as_corners(corners, TRUTH)
    assert found is not None
    assert found[0] == 1
    assert found[1] < 0.2


def test_boxes_are_none_however_bad_they_are() -> None:
    assert read_as_corners(TRUTH, TRUTH) is None
    assert read_as_corners(TRUTH + [20, 0, 0, 0], TRUTH) is None
    assert read_as_corners(np.full((3, 4), np.nan), TRUTH) is None
    assert read_as_corners(np.empty((0, 4)), np.empty((0, 4))) is None
