"""What stands on a figure as it is drawn."""

from __future__ import annotations

from itertools import combinations
from typing import Any
from unittest.mock import patch

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text


def covered(figure: Figure) -> list[tuple[str, str]]:
    """Return which texts of a figure cover one another, or leave the figure ("")."""
    canvas, drawn, draw = FigureCanvasAgg(figure), [], Text.draw

    def noted(text: Text, renderer: Any, *rest: Any, **more: Any) -> None:
        if text.get_visible() and text.get_text().strip():
            drawn.append((text.get_text(), Text.get_window_extent(text, renderer)))
        draw(text, renderer, *rest, **more)

    figure.draw_without_rendering()  # lays it out
    with patch.object(Text, "draw", noted):
        canvas.draw()
    width, height = figure.bbox.size
    beyond = [(a, "") for a, at in drawn if min(at.x0, at.y0, width - at.x1, height - at.y1) < -1]
    return [(a, b) for (a, at), (b, other) in combinations(drawn, 2) if _cover(at, other)] + beyond


def _cover(one: Any, other: Any, slack: float = 1.0) -> bool:
    """Return whether two boxes share more than a pixel either way."""
    across, along = (min(one.x1, other.x1) - max(one.x0, other.x0)), (min(one.y1, other.y1) - max(one.y0, other.y0))
    return bool(across > slack and along > slack)
