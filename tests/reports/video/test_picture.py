from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from benchmark.playback.scene import Cut, Scene, Trail
from reports.plots.style import colours
from reports.video.lettering import rgb
from reports.video.picture import TALLEST, Painter
from reports.video.strips import GROUND

WHOLE = Cut(0, 8)
GIVEN = {name: rgb(colour) for name, colour in colours(("siamfc", "memtrack")).items()}


def like(pixels: np.ndarray, colour: tuple[int, int, int], within: int = 40) -> np.ndarray:
    return (np.abs(pixels.astype(int) - colour) < within).all(axis=-1)


def head(painter: Painter) -> int:
    return painter._head


def test_boxes_are_drawn_in_the_trackers_colour_where_they_are(scene: Scene, frames) -> None:
    painter = Painter(scene, WHOLE, 640, (160, 120))
    picture = painter.paint(frames[3], 3)
    x, y, w, h = scene.trails[0].boxes[3] * 4  # the frame is drawn four times as large
    top = head(painter) + round(y)
    for row, column in ((top, x + w / 4), (top + h, x + w / 4), (top + h * 3 / 4, x), (top + h * 3 / 4, x + w)):
        near = picture[round(row) - 1 : round(row) + 2, round(column) - 1 : round(column) + 2]
        assert like(near, GIVEN["siamfc"]).any()


def test_truth_is_white_where_it_is_known(scene: Scene, frames) -> None:
    painter = Painter(scene, WHOLE, 640, (160, 120))
    for index, known in ((3, True), (4, False)):
        x, y, w, _ = scene.truth.boxes[index] * 4
        row = painter.paint(frames[index], index)[head(painter) + round(y) - 1, round(x) : round(x + w)]
        assert like(row, (255, 255, 255)).mean() > 0.3 if known else like(row, (255, 255, 255)).mean() < 0.1


def test_curves_are_iou_with_the_truth_and_nothing_where_that_is_unknown(scene: Scene) -> None:
    values = Painter(scene, WHOLE, 640, (160, 120))._values
    shared = 30 * 4  # 20 of 24 rows are missed
    expected = np.full(9, shared / (2 * 30 * 24 - shared))
    expected[4] = np.nan
    np.testing.assert_allclose(values["siamfc"], expected)
    assert np.isnan(values["memtrack"][[4, 6, 7, 8]]).all()
    assert values["memtrack"][0] == 1


def test_without_truth_curves_are_scores(scene: Scene) -> None:
    values = Painter(replace(scene, truth=None), Cut(2, 8), 640, (160, 120))._values
    np.testing.assert_array_equal(values["siamfc"], [0.7] * 7)
    np.testing.assert_array_equal(values["memtrack"], [0.6] * 4 + [np.nan] * 3)


def test_only_the_picture_above_and_the_cursor_move(scene: Scene, frames) -> None:
    painter = Painter(scene, WHOLE, 640, (160, 120))
    first = painter.paint(frames[0], 0).copy()
    last = painter.paint(frames[8], 8).copy()
    again = painter.paint(frames[0], 0)
    np.testing.assert_array_equal(first, again)  # nothing of another frame is left
    assert (first != last).any()
    below = head(painter) + painter._frame_height
    np.testing.assert_array_equal(first[below:, : painter._margin], last[below:, : painter._margin])


@pytest.mark.parametrize("width", [160, 640, 1000])
@pytest.mark.parametrize("size", [(161, 121), (640, 360), (90, 1000), (3000, 20)])
def test_any_shape_gives_even_sides_and_a_bounded_height(scene: Scene, width: int, size: tuple[int, int]) -> None:
    painter = Painter(scene, WHOLE, width, size)
    assert painter.size[0] == width
    assert painter.size[1] % 2 == 0
    assert painter._frame_height <= TALLEST * width
    picture = painter.paint(np.full((size[1], size[0], 3), 200, np.uint8), 0)
    assert picture.shape == (painter.size[1], width, 3)


def test_frames_of_other_sizes_are_fitted_into_the_place(scene: Scene, frames) -> None:
    painter = Painter(scene, WHOLE, 640, (160, 120))
    upright = painter.paint(np.full((240, 120, 3), 200, np.uint8), 2)
    middle = head(painter) + 100
    assert (upright[middle, [2, 600]] == 0).all()
    assert like(upright[middle, 320], (200, 200, 200)).all()


def test_hostile_names_and_a_crowd_stay_within_the_picture(scene: Scene, frames) -> None:
    names = [f"<script>{number}\u202e\n" + "y" * 300 for number in range(12)]
    trails = tuple(Trail(name, 0, scene.trails[0].boxes, np.ones(9)) for name in names)
    crowd = replace(scene, name="../../x" * 40, source="s" * 300, trails=trails, cast=tuple(names))
    painter = Painter(crowd, WHOLE, 320, (160, 120))
    picture = painter.paint(frames[0], 0)
    assert len(painter._cells) == 12
    assert all(0 <= x < 320 and y < painter.size[1] for _, x, y in painter._cells)
    assert (picture[: head(painter), 0] == GROUND).all()
