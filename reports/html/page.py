"""Writes a run's page: self-contained, no network, every text escaped."""

from __future__ import annotations

import os
import shlex
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from reports.model import Report
from reports.plots.curves import curve_figure, svg
from reports.plots.style import colours


def write_page(run: Path) -> Path:
    """Write ``report.html`` and ``figures/*.svg`` into a run's folder; return the page's file."""
    report = Report.of_run(run)
    figures = {"success": svg(curve_figure(report, "success")), "precision": svg(curve_figure(report, "precision"))}
    (run / "figures").mkdir(exist_ok=True)
    for name, text in figures.items():
        (run / "figures" / f"{name}.svg").write_text(text, "utf-8")
    page = run / "report.html"
    part = run / ".report.html.part"
    part.write_text(render(report, figures), "utf-8")
    os.replace(part, page)
    return page


def render(report: Report, figures: dict[str, str]) -> str:
    """Return the page of a report with its figures (name: SVG of ours)."""
    environment = Environment(
        loader=PackageLoader("reports.html"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    names = [tracker.name for tracker in report.scores.trackers]
    return environment.get_template("report.html").render(
        report=report,
        scores=report.scores,
        manifest=report.manifest,
        figures={name: Markup(text) for name, text in figures.items()},
        colours=colours(names),
        command=shlex.join(report.manifest["command"]),
    )
