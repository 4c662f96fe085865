"""The sheet that every figure is drawn on: as wide as a paper's column or its page, with its title whole."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import wrap
from typing import Any

import seaborn as sns
from matplotlib import rc_context
from matplotlib.artist import Artist
from matplotlib.figure import Figure

__all__ = ["COLUMN", "FILES", "PAGE", "add_legend", "dash_of", "folded", "sheet"]

COLUMN, PAGE = 3.3, 7.0
"""Inches: one column, and both, of a two-column paper."""
FILES: Any = {
    "svg.hashsalt": "engram",
    "svg.fonttype": "none",
    "pdf.fonttype": 42,
    "ps.fonttype": 42,
    "text.usetex": False,
}
"""Settings under which files are written: repeatable, with TrueType fonts (no Type 3, which publishers refuse)."""
SIZE = 7.0
"""Points of all letters."""
LOOK: Any = {"font.size": SIZE, "axes.linewidth": 0.6, "grid.linewidth": 0.5, "text.usetex": False}
LINE = 0.135
"""Inches that a line of text takes."""
LONGEST = 300
"""Characters of a name that are drawn at the most."""


def sheet(
    width: float, height: float, title: str, shape: tuple[int, int] = (1, 1), **options: Any
) -> tuple[Figure, Any]:
    """Return a figure and its (rows, columns) axes; `height` is of the axes, what stands around them comes on top."""
    lines = folded(title, width)
    with sns.axes_style("whitegrid"), rc_context(LOOK):
        figure = Figure(figsize=(width, height + LINE * len(lines.splitlines())), layout="constrained")
        axes = figure.subplots(*shape, squeeze=False, **options)
    figure.suptitle(lines, x=0.01, ha="left", fontsize=SIZE)
    for one in axes.flat:
        one.tick_params(labelsize=SIZE - 0.5, pad=1)
        one.xaxis.label.set_size(SIZE)
        one.yaxis.label.set_size(SIZE)
    return figure, axes


def add_legend(figure: Figure, handles: Sequence[Artist], labels: Sequence[str], title: str = "") -> None:
    """Add a legend below the axes of a column, beside those of a page, whose names are whole and in their order."""
    width, height = figure.get_size_inches()
    beside = width > COLUMN
    texts = [folded(label, 2.3 if beside else width - 0.6) for label in labels]
    if not texts:
        return
    taken = LINE * (sum(len(text.splitlines()) for text in texts) + (1 if title else 0)) + 0.1
    if beside:  # below the title, which is as wide as the sheet
        height = max(height, taken + LINE * len(figure.get_suptitle().splitlines()) + 0.1)
        place: dict[str, Any] = {"loc": "upper left", "bbox_to_anchor": (1.02, 1), "borderaxespad": 0}
        owner: Any = max(figure.axes, key=lambda one: (one.get_position().y1, one.get_position().x1))  # top right
    else:
        height += taken
        place, owner = {"loc": "outside lower left"}, figure
    figure.set_size_inches(width, height)
    owner.legend(
        handles, texts, title=title or None, fontsize=SIZE, title_fontsize=SIZE, alignment="left", frameon=False,
        handlelength=2.4, labelspacing=0.25, borderpad=0.2, **place,
    )  # fmt: skip


def folded(text: str, width: float, size: float = SIZE) -> str:
    """Return a text in lines that fit so many inches, and that matplotlib does not read as a formula."""
    whole = text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
    return "\n".join(wrap(whole, max(int(width * 72 / (0.6 * size)), 8))).replace("$", r"\$")


def dash_of(pattern: str) -> str | tuple[int, tuple[float, ...]]:
    """Return an SVG dash pattern as matplotlib has it, in line widths."""
    return (0, tuple(float(part) / 1.6 for part in pattern.split())) if pattern else "-"
