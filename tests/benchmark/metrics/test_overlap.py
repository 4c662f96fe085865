from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmark.metrics.overlap import centre_errors, overlap

coordinate = st.floats(-500, 500, width=32)
size = st.floats(0.5, 400, width=32)
box = st.tuples(coordinate, coordinate, size, size)
pairs = st.lists(st.tuples(box, box), min_size=1, max_size=8).map(
    lambda rows: (np.array([a for a, _ in rows]), np.array([b for _, b in rows]))
)


def one(*values: float) -> np.ndarray:
    return np.array([values], dtype=float)


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ((0, 0, 10, 10), (0, 0, 10, 10), 1.0),
        ((0, 0, 10, 10), (5, 0, 10, 10), 50 / 150),
        ((0, 0, 10, 10), (2, 2, 5, 5), 25 / 100),
        ((0, 0, 10, 10), (10, 0, 10, 10), 0.0),  # touching edges share nothing
        ((0, 0, 10, 10), (40, 40, 1, 1), 0.0),
        ((0, 0, 10, 10), (0, 0, 0, 10), 0.0),
        ((0, 0, 0, 0), (0, 0, 0, 0), 0.0),
        ((0, 0, -5, 10), (-5, 0, 5, 10), 0.0),
        ((np.nan, 0, 10, 10), (0, 0, 10, 10), 0.0),
        ((np.inf, 0, 10, 10), (0, 0, 10, 10), 0.0),
        ((-np.inf, 0, np.inf, 10), (0, 0, 10, 10), 0.0),
        ((0, 0, np.inf, np.inf), (0, 0, 10, 10), 0.0),
        ((1e308, 1e308, 1e308, 1e308), (0, 0, 10, 10), 0.0),
    ],
)
def test_overlap_of_known_boxes(first: tuple[float, ...], second: tuple[float, ...], expected: float) -> None:
    assert overlap(one(*first), one(*second))[0] == pytest.approx(expected, abs=1e-15)


def test_errors_of_known_boxes() -> None:
    assert centre_errors(one(3, 4, 10, 10), one(0, 0, 10, 10)) == (5.0, 0.5)
    assert centre_errors(one(0, 0, 20, 10), one(0, 0, 10, 10)) == (5.0, 0.5)  # same corner, other width
    assert centre_errors(one(3, 8, 10, 20), one(0, 0, 10, 20))[1] == pytest.approx(0.5)
    assert centre_errors(one(0, 0, 5, 5), one(0, 0, 0, 5)) == (2.5, np.inf)
    assert centre_errors(one(0, 0, 5, 5), one(0, 0, -3, 5)) == (4, np.inf)
    for value in (np.nan, np.inf, -np.inf, 1e308):
        assert centre_errors(one(0, value, 5, 5), one(0, 0, 5, 5)) == (np.inf, np.inf)


@given(pairs)
def test_overlap_is_symmetric_and_bounded(boxes: tuple[np.ndarray, np.ndarray]) -> None:
    first, second = boxes
    values = overlap(first, second)
    assert np.array_equal(values, overlap(second, first))
    assert np.all((values >= 0) & (values <= 1 + 1e-12))
    assert overlap(first, first) == pytest.approx(np.ones(len(first)))


@given(pairs, st.floats(-50, 50), st.floats(-50, 50), st.floats(0.1, 10))
def test_shift_and_scale_of_both_boxes(
    boxes: tuple[np.ndarray, np.ndarray], right: float, down: float, scale: float
) -> None:
    moved = [scale * (b + np.array([right, down, 0, 0])) for b in boxes]
    assert overlap(*moved) == pytest.approx(overlap(*boxes), abs=1e-4)
    pixels, normalised = centre_errors(*boxes)
    assert centre_errors(*moved)[0] == pytest.approx(scale * pixels, abs=1e-6)
    assert centre_errors(*moved)[1] == pytest.approx(normalised, rel=1e-6, abs=1e-6)
