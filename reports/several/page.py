"""Writes the page of runs on several datasets, beside which each run's own report stays."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from itertools import chain
from pathlib import Path

from benchmark.store.record import write_whole
from reports.forest import Forest, Row
from reports.html.data import curve_data
from reports.html.page import environment, style_rules
from reports.labels import coverage
from reports.model import Report, build_report
from reports.plots.style import styles
from reports.sentences import row_of
from reports.several.tables import overall_table
from reports.tables import make_tables
from reports.tables.latex import to_latex
from reports.tables.markdown import to_markdown
from reports.tables.tidy import to_csv

__all__ = ["write_several"]

SHOWN = ("scores", "answers", "attributes", "classes", "causes")
"""Tables of a dataset's section; its own report has them all."""


def write_several(groups: Sequence[Sequence[Path]], folder: Path) -> Path:
    """Write ``datasets.html``, ``datasets.md`` and the table's files into a folder; return the page's file.

    `groups` hold the folders of the runs on each dataset. Raises InputError where runs of one dataset do not go
    together, or a run is damaged.
    """
    reports = [build_report(runs, frames=False) for runs in groups]
    table = overall_table(reports)
    (folder / "tables").mkdir(parents=True, exist_ok=True)
    write_whole(folder / "tables" / "datasets.tex", to_latex(table).encode())
    write_whole(folder / "tables" / "datasets.csv", to_csv(table).encode())
    write_whole(folder / "datasets.md", to_markdown(table).encode())
    page = folder / "datasets.html"
    links = [_link(runs, folder) for runs in groups]
    write_whole(page, _render(reports, links).encode())
    return page


def _render(reports: Sequence[Report], links: Sequence[str]) -> str:
    names = list(dict.fromkeys(one.name for report in reports for one in report.ranked))
    look = styles(names)
    number = {name: index for index, name in enumerate(names)}
    sections = []
    for report, link in zip(reports, links, strict=True):
        tables = make_tables(report)
        shown = [tables[name] for name in SHOWN if name in tables]
        sections.append({"report": report, "link": link, "tables": shown, "said": coverage(report.scores)})
    return (
        environment()
        .get_template("several.html")
        .render(
            sections=sections,
            table=overall_table(reports),
            plot=_forest(reports),
            labels=dict(enumerate(names)),
            number=number,
            rules=style_rules([look[name] for name in names]),
            data={
                "trackers": names,
                "datasets": [
                    {"kind": report.first_curve, **curve_data(report, number, report.first_curve)} for report in reports
                ],
            },
        )
    )


def _forest(reports: Sequence[Report]) -> Forest:
    """Return every question with a row a dataset, as rows on one scale."""
    asked: dict[str, list[Row]] = {}
    for report in reports:
        for one in map(row_of, report.answers):
            row = replace(one, title=report.scores.dataset, asks="", group=f"{one.asks} ({one.title})")
            asked.setdefault(row.group, []).append(row)
    return Forest(reports[0].merit.name, tuple(chain.from_iterable(asked.values())))


def _link(runs: Sequence[Path], folder: Path) -> str:
    """Return the address of the report of a run, from the page's folder; "" where it has none of its own."""
    file = runs[0] / "report.html"
    if len(runs) > 1 or not file.is_file():
        return ""
    return Path(os.path.relpath(file.absolute(), folder.absolute())).as_posix()
