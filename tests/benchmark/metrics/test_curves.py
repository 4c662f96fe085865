from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from benchmark.metrics.curves import counts_above, counts_below

grids = st.sampled_from([np.linspace(0, 1, 21), np.linspace(0, 1, 101), np.arange(51.0), np.linspace(0, 0.5, 51)])
on_grid = st.integers(-2, 60).map(lambda k: k * 0.05)  # ties with thresholds, to the last bit and just beside
values = st.lists(st.one_of(on_grid, st.floats(-1, 60), st.just(np.inf), st.just(-1.0)), max_size=40)


@given(values, values.filter(len), grids, st.booleans())
def test_counts_equal_frame_by_frame_comparison(
    first: list[float], second: list[float], grid: np.ndarray, strict: bool
) -> None:
    lengths = np.array([len(first), len(second)])
    laid = np.array(first + second)
    above = counts_above(laid, grid, lengths, strict=strict)
    below = counts_below(laid, grid, lengths)
    for row, part in enumerate((np.array(first), np.array(second))):
        exceeds = part[:, None] > grid if strict else part[:, None] >= grid
        assert np.array_equal(above[row], exceeds.sum(0))
        assert np.array_equal(below[row], (part[:, None] <= grid).sum(0))


@given(values.filter(len), grids)
def test_curves_are_monotone(frames: list[float], grid: np.ndarray) -> None:
    lengths = np.array([len(frames)])
    assert np.all(np.diff(counts_above(np.array(frames), grid, lengths, strict=True)) <= 0)
    assert np.all(np.diff(counts_below(np.array(frames), grid, lengths)) >= 0)
