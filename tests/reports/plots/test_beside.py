from __future__ import annotations

import numpy as np
import pytest
from drawn import covered
from hypothesis import given
from hypothesis import strategies as st

from reports.plots.beside import name_points, names_height, spread
from reports.plots.sheet import COLUMN, sheet


@given(st.lists(st.tuples(st.floats(0, 1), st.floats(0.01, 0.2)), max_size=30))
def test_what_is_spread_keeps_its_order_and_covers_nothing(things: list[tuple[float, float]]) -> None:
    wanted, sizes = sorted(place for place, _ in things), [size for _, size in things]
    found = spread(wanted, sizes)
    for (a, half), (b, other) in zip(zip(found, sizes), zip(found[1:], sizes[1:])):
        assert b - a >= (half + other) / 2 - 1e-9
    if things:
        assert found[0] - sizes[0] / 2 >= -1e-9
        assert found[-1] + sizes[-1] / 2 <= max(1, sum(sizes)) + 1e-9


def test_what_has_room_stays_where_it_is_wanted() -> None:
    assert spread([0.2, 0.5, 0.9], [0.1, 0.1, 0.1]) == pytest.approx([0.2, 0.5, 0.9])
    assert spread([], []) == []


@pytest.mark.parametrize("count", [1, 13, 40])
def test_names_of_points_cover_neither_one_another_nor_the_axes(count: int) -> None:
    rng = np.random.default_rng(count)
    names = [f"memtrack{{slots={k},write_threshold=0.5}}" if k % 3 else f"tracker-{k}" for k in range(count)]
    height = max(2.0, names_height(names, COLUMN))
    figure, axes = sheet(COLUMN, height + 0.5, "Many points")
    points = [(1 + 0.01 * rng.random(), 0.6 + 0.001 * rng.random(), name) for name in names]
    for x, y, _ in points:
        axes[0, 0].plot(x, y, "o")
    name_points(axes[0, 0], points, COLUMN, height)
    assert {text.get_text().replace("\n", "") for text in axes[0, 0].texts} == set(names)
    assert covered(figure) == []
