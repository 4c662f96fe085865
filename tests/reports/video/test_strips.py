from __future__ import annotations

import numpy as np

from reports.video.strips import GROUND, INK, TO_COME, Cursor, blank, column_of, heat, lines, ribbon, stacked, tints

RED, BLUE = (255, 0, 0), (0, 0, 255)


def redness(strip: np.ndarray) -> np.ndarray:
    return strip[..., 0].astype(int) - strip[..., 2]


def test_a_curve_is_as_high_as_its_values_and_has_gaps() -> None:
    values = np.concatenate([np.ones(40), np.full(20, np.nan), np.zeros(40)])
    strip = lines(100, 50, [(values, RED)], 0, 1, (0, 1))
    high, low = np.flatnonzero((redness(strip[:8]) > 100).any(axis=0)), np.flatnonzero(
        (redness(strip[-8:]) > 100).any(axis=0)
    )  # fmt: skip
    assert (high.min(), low.max()) == (0, 99)
    assert high.max() < 42
    assert low.min() > 57
    assert not (redness(strip[:, 44:56]) > 20).any()


def test_a_single_known_value_is_seen() -> None:
    values = np.full(21, np.nan)
    values[10] = 0.5
    rows, columns = np.nonzero(redness(lines(100, 50, [(values, RED)], 0, 1, ())) > 100)
    assert abs(rows.mean() - 25) < 2
    assert abs(columns.mean() - column_of(10, 21, 100)) < 2


def test_areas_have_their_shares_and_none_where_nothing_is_known() -> None:
    shares = np.array([[np.nan, np.nan], [0.25, 0.75], [0.25, 0.75]])
    strip = stacked(90, 40, shares, (RED, BLUE))
    column = strip[:, 60]
    assert (column == BLUE).all(axis=1).sum() == 30
    assert (column[-10:] == RED).all()
    assert (strip[:, 0] == GROUND).all()


def test_heat_is_brighter_where_there_is_more() -> None:
    strip = heat(30, 20, np.array([[0.0, 1.0], [0.2, 0.8], [0.5, 0.5]]), RED)
    assert (strip[0, 0] == GROUND).all()
    assert strip[5, 0].sum() < strip[5, 15].sum() < strip[5, 29].sum()
    assert strip[15, 0].sum() > strip[15, 29].sum()
    assert (heat(30, 20, np.full((3, 2), np.nan), RED) == GROUND).all()


def test_a_ribbon_has_the_colour_of_the_code() -> None:
    strip = ribbon(40, 5, np.array([np.nan, 1.0, 2.0, 2.0]), {1: RED, 2: BLUE})
    assert (strip[2, 0] == GROUND).all()
    assert (strip[2, 14] == RED).all()
    assert (strip[2, 39] == BLUE).all()


def test_the_cursor_leaves_what_was_and_dims_what_is_to_come() -> None:
    strip = np.full((10, 50, 3), 255, np.uint8)
    canvas = blank(60, 20)
    Cursor(strip).paint(canvas, 5, 4, 20)
    assert (canvas[4:14, 5:25] == 255).all()
    assert (canvas[4:14, 25] == INK).all()
    expected = np.array(GROUND) + (255 - np.array(GROUND)) * TO_COME
    np.testing.assert_allclose(canvas[5, 40], expected, atol=1)
    assert (canvas[15] == GROUND).all()
    assert (strip == 255).all()


def test_first_and_last_frame_are_at_the_edges() -> None:
    assert [column_of(at, 11, 101) for at in (0, 5, 10)] == [0, 50, 100]
    assert column_of(0, 1, 101) == 0


def test_tints_differ() -> None:
    assert tints(RED, 1) == [RED]
    assert len({*tints(RED, 4)}) == 4
