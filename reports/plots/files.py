"""Figures as SVG, PDF and PNG files, one column and one page wide, repeatable byte for byte."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from warnings import catch_warnings, filterwarnings

from matplotlib import rc_context
from matplotlib.figure import Figure

from benchmark.store.record import write_whole
from reports.labels import coverage
from reports.model import Report
from reports.plots.attributes import radar_figure
from reports.plots.curves import curve_figure
from reports.plots.differences import difference_figure
from reports.plots.expected import own_expected_figure
from reports.plots.forest import forest_figure
from reports.plots.pareto import pareto_figure
from reports.plots.sheet import COLUMN, FILES, PAGE
from reports.sentences import answers_forest

__all__ = ["address", "drawn_figures", "write_figure", "write_figures"]

_UNDATED = {
    "svg": {"Date": None, "Creator": None},
    "pdf": {"CreationDate": None, "Creator": None, "Producer": None},
    "png": {"Software": None},
}


def write_figures(report: Report, folder: Path, *, bands: bool = False, wide: bool = False) -> list[Path]:
    """Write every figure in every format below `folder`, a column wide; return the files.

    `bands` draws the bands of curves, `wide` adds every figure as wide as a page.
    """
    drawn = drawn_figures(report, bands=bands, wide=wide)
    return [file for name, figure in drawn for file in write_figure(figure, folder / name)]


def write_figure(figure: Figure, place: Path) -> list[Path]:
    """Write a figure in every format, as `place` with each format's end; return the files."""
    written = []
    with rc_context(FILES), catch_warnings():
        filterwarnings("ignore", "Glyph .* missing")  # a name in letters that the font lacks is no fault
        figure.draw_without_rendering()  # lays the figure out, once for all formats
        figure.set_layout_engine("none")
        for suffix, metadata in _UNDATED.items():
            drawn = BytesIO()  # matplotlib itself writes no file: it would leave half of one on a full disk
            figure.savefig(drawn, format=suffix, metadata=metadata, dpi=300)
            write_whole(place.with_name(f"{place.name}.{suffix}"), drawn.getvalue())
            written.append(place.with_name(f"{place.name}.{suffix}"))
    return written


def address(figure: Figure) -> str:
    """Return a figure as an address that holds it, its letters as outlines."""
    drawn = BytesIO()
    with rc_context({**FILES, "svg.fonttype": "path"}), catch_warnings():
        filterwarnings("ignore", "Glyph .* missing")
        figure.savefig(drawn, format="svg", metadata=_UNDATED["svg"])
    return "data:image/svg+xml;base64," + base64.b64encode(drawn.getvalue()).decode()


def drawn_figures(report: Report, *, bands: bool, wide: bool) -> Iterator[tuple[str, Figure]]:
    """Yield every figure that the report has something for, with its name."""
    for width, suffix in ((COLUMN, ""), *([(PAGE, "-wide")] if wide else [])):
        found = {
            "answers": forest_figure(
                answers_forest(report.answers, report.merit), f"Answers: {coverage(report.scores)}", width
            ),
            "success": curve_figure(report, "success", width, bands=bands),
            "precision": curve_figure(report, "precision", width, bands=bands),
            "success-difference": difference_figure(report, "success", width),
            "precision-difference": difference_figure(report, "precision", width),
            "attributes": radar_figure(report, width),
            "accuracy-latency": pareto_figure(report, width),
            "expected-overlap": own_expected_figure(report, width),
        }
        yield from ((name + suffix, figure) for name, figure in found.items() if figure is not None)
