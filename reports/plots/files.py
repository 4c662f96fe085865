"""Figures as SVG, PDF and PNG files, repeatable byte for byte."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from warnings import catch_warnings, filterwarnings

from matplotlib import rc_context
from matplotlib.figure import Figure

from reports.model import Report
from reports.plots.attributes import radar_figure
from reports.plots.curves import curve_figure
from reports.plots.pareto import pareto_figure

__all__ = ["write_figures"]

_UNDATED = {
    "svg": {"Date": None, "Creator": None},
    "pdf": {"CreationDate": None, "Creator": None, "Producer": None},
    "png": {"Software": None},
}


def write_figures(report: Report, folder: Path) -> list[Path]:
    """Write every figure in every format below `folder`; return the files."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, figure in _figures(report):
        with rc_context({"svg.hashsalt": "engram", "svg.fonttype": "none"}), catch_warnings():
            filterwarnings("ignore", "Glyph .* missing")  # a name in letters that the font lacks is no fault
            figure.draw_without_rendering()  # lays the figure out, once for all formats
            figure.set_layout_engine("none")
            for suffix, metadata in _UNDATED.items():
                file = folder / f"{name}.{suffix}"
                figure.savefig(file, format=suffix, metadata=metadata, dpi=160)
                written.append(file)
    return written


def _figures(report: Report) -> Iterator[tuple[str, Figure]]:
    yield "success", curve_figure(report, "success")
    yield "precision", curve_figure(report, "precision")
    if (radar := radar_figure(report)) is not None:
        yield "attributes", radar
    if (pareto := pareto_figure(report)) is not None:
        yield "accuracy-latency", pareto
