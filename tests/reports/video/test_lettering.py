from __future__ import annotations

import numpy as np
import pytest

from reports.video.lettering import Lettering, mix, rgb

HOSTILE = "<b>'\"\n\t%s{}\\ 画像 \u202e" + "x" * 500


@pytest.fixture
def letters() -> Lettering:
    return Lettering(12)


def test_text_is_drawn_in_its_colour_between_the_columns_it_says(letters: Lettering) -> None:
    canvas = np.zeros((20, 100, 3), np.uint8)
    end = letters.write(canvas, "IoU", 10, 10, (0, 200, 0))
    columns = np.flatnonzero(canvas[..., 1].any(axis=0))
    assert 10 <= columns[0] < columns[-1] < end <= 10 + letters.width("IoU") + 1
    assert canvas[..., 1].max() > 150
    assert not canvas[..., [0, 2]].any()


def test_text_to_the_left_of_a_column_ends_there(letters: Lettering) -> None:
    canvas = np.zeros((20, 100, 3), np.uint8)
    letters.write(canvas, "0.73", 90, 10, (255, 255, 255), "right")
    assert np.flatnonzero(canvas.any(axis=(0, 2)))[-1] < 90


def test_any_text_fits_and_stays_on_the_canvas(letters: Lettering) -> None:
    canvas = np.zeros((14, 60, 3), np.uint8)
    short = letters.shortened(HOSTILE, 50)
    assert "…" in short
    assert letters.width(short) <= 50
    for x, middle in ((-20, 0), (55, 14), (0, 7)):
        letters.write(canvas, HOSTILE, x, middle, (255, 0, 0))
    assert letters.shortened("short", 100) == "short"
    assert letters.shortened("short", 1) == ""


def test_colours() -> None:
    assert rgb("#0173b2") == (1, 115, 178)
    assert mix((0, 0, 0), (100, 200, 50), 0.5) == (50, 100, 25)
