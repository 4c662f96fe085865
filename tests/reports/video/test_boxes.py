from __future__ import annotations

import numpy as np

from reports.video.boxes import draw_boxes

RED, WHITE = (255, 0, 0), (255, 255, 255)


def canvas() -> np.ndarray:
    return np.full((60, 80, 3), 90, np.uint8)


def centre(line: np.ndarray) -> float:
    """Return where along a line of pixels the red is, as a coordinate: the middle of the first pixel is 0.5."""
    weight = np.clip(line[:, 0].astype(float) - line[:, 1] - 20, 0, None)
    return float((weight * (np.arange(len(line)) + 0.5)).sum() / weight.sum())


def test_the_outline_lies_where_the_box_lies() -> None:
    picture = canvas()
    draw_boxes(picture, [(np.array([20.0, 10, 40, 30]), RED)], 2, [False])
    found = [
        centre(picture[25, :40]), centre(picture[25, 40:]) + 40, centre(picture[:25, 40]), centre(picture[25:, 40]) + 25
    ]  # fmt: skip
    np.testing.assert_allclose(found, [20, 60, 10, 40], atol=0.6)
    inside, outside = picture[16:34, 26:54], picture[:, 66:]
    assert (inside == 90).all()
    assert (outside == 90).all()
    assert (picture[25, 17] < 90).all()  # the dark rim


def test_fractions_of_a_pixel_count() -> None:
    found = []
    for x in (20.0, 20.5, 21.0):
        picture = canvas()
        draw_boxes(picture, [(np.array([x, 10, 40, 30]), RED)], 2, [False])
        found.append(centre(picture[25, :40]))
    np.testing.assert_allclose(np.diff(found), 0.5, atol=0.2)


def test_a_dashed_outline_has_gaps_and_whole_corners() -> None:
    picture = canvas()
    draw_boxes(picture, [(np.array([10.0, 10, 60, 40]), WHITE)], 2, [True])
    top = (picture[9:11, 10:70] > 200).all(axis=(0, 2))
    assert 0.4 < top.mean() < 0.75
    assert (np.diff(top.astype(int)) == 1).sum() >= 3
    for row in (10, 49):
        for column in (10, 69):
            assert (picture[row, column] > 200).all()


def test_what_cannot_be_drawn_is_left_out() -> None:
    picture = canvas()
    boxes = [[np.nan, 1, 2, 3], [1, 1, 0, 5], [1, 1, 5, -1], [np.inf, 1, 2, 2], [1e12, 1e12, 5, 5]]
    draw_boxes(picture, [(np.array(box, float), RED) for box in boxes], 2, [False] * 5)
    np.testing.assert_array_equal(picture, canvas())


def test_a_box_that_is_larger_than_the_frame_shows_what_of_it_is_inside() -> None:
    picture = canvas()
    draw_boxes(picture, [(np.array([-1e9, 20, 2e9, 1e9]), RED)], 2, [False])
    assert (picture[20, :, 0] > 150).all()
