"""A figure's legend stands beside its axes, or below them, and covers nothing of what is drawn."""

from __future__ import annotations

import pytest
from matplotlib.figure import Figure
from matplotlib.legend import Legend

from reports.plots.sheet import COLUMN, PAGE, add_legend, sheet


def drawn(width: float, names: int, shape: tuple[int, int] = (1, 1)) -> tuple[Figure, Legend]:
    figure, axes = sheet(width, 2.3, "A title that is as wide as the sheet, and says of what these are", shape)
    lines = [axes.flat[0].plot([1, 2, 3])[0] for _ in range(names)]
    add_legend(
        figure, lines, [f"[{n:.1f} ms] onnx:a/folder/of/networks/tracker-{n}.toml" for n in range(names)], "front"
    )
    figure.draw_without_rendering()
    [legend] = [*figure.legends, *(one.get_legend() for one in figure.axes if one.get_legend())]
    return figure, legend


@pytest.mark.parametrize("shape", [(1, 1), (2, 3)])
@pytest.mark.parametrize("names", [2, 13])
@pytest.mark.parametrize("width", [COLUMN, PAGE])
def test_a_legend_covers_neither_axes_nor_title_and_is_whole(width: float, names: int, shape: tuple[int, int]) -> None:
    figure, legend = drawn(width, names, shape)
    box = legend.get_window_extent()
    assert not any(box.overlaps(one.get_window_extent()) for one in figure.axes)
    assert figure._suptitle is not None
    assert not box.overlaps(figure._suptitle.get_window_extent())
    whole = figure.bbox
    assert box.x0 >= whole.x0 - 1
    assert box.x1 <= whole.x1 + 1
    assert box.y0 >= whole.y0 - 1
    assert box.y1 <= whole.y1 + 1
    assert all(one.get_window_extent().width > whole.width / 10 for one in figure.axes)
