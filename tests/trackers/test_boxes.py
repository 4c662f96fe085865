from __future__ import annotations

import numpy as np

from trackers.boxes import oddities, tame

NONE = [np.nan] * 4


def test_what_is_no_box_is_nan_as_a_whole() -> None:
    rows = np.array([[1, 2, 3, 4], [np.inf, 2, 3, 4], [1, np.nan, 3, 4], [1, 2, -1e12, 4], [5, 5, -4, 0]], float)
    np.testing.assert_array_equal(tame(rows), [[1, 2, 3, 4], NONE, NONE, NONE, [5, 5, -4, 0]])
    assert np.isinf(rows[1, 0])  # what was returned stays as it was
    np.testing.assert_array_equal(tame(rows[1]), NONE)


def test_odd_boxes_and_confidences_are_counted() -> None:
    boxes = np.array([[1, 2, 3, 4], [np.inf, 2, 3, 4], NONE])
    assert oddities(boxes, np.array([0.0, 0.5, 1.0])) == ("2 of 3 boxes are not finite, or beyond 1e+09 px",)
    assert oddities(boxes[:1], np.array([np.nan])) == ("1 of 1 confidences are not within 0 to 1",)
    assert oddities(boxes[:1], np.array([7.5])) == ("1 of 1 confidences are not within 0 to 1",)
    assert oddities(np.empty((0, 4)), np.empty(0)) == ()


def test_boxes_without_size_are_counted_for_some_profiles_give_them_the_box_before() -> None:
    boxes = np.array([[1, 2, 3, 4], [1, 2, -3, 4], [0, 0, 0, 0], NONE])
    assert oddities(boxes, np.ones(4)) == (
        "1 of 4 boxes are not finite, or beyond 1e+09 px",
        "2 of 4 boxes have no size: w or h is not more than 0",
    )
