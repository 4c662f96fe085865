"""The one page of a report: self-contained, no network, every text escaped."""

from __future__ import annotations

import base64
import json
import re
import shlex
from collections.abc import Iterable, Mapping
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from benchmark.plurals import counted
from benchmark.signed import signed
from benchmark.statistics.bands import LEAST
from reports.causes import asked_forest, shares_forest
from reports.failures import KINDS
from reports.forest import SIGNS, Forest
from reports.html.data import page_data, readable
from reports.labels import ATTRIBUTES, KIND_NAMES, heading, legend, marks, warnings
from reports.model import Report
from reports.plots.style import Style, styles
from reports.sentences import answers_forest
from reports.strips import Strip
from reports.tables import Table, make_tables
from reports.tables.headline import headline_table

if TYPE_CHECKING:
    from reports.html.toolkit import Toolkit
    from reports.studies.page import Section

__all__ = ["environment", "render", "style_rules"]

STYLES = ("colours.css", "report.css")
"""The colours are the viewer's too."""
SCRIPTS = ("script/charts.js", "script/memory.js", "script/reader.js")
WORST = 20
"""Trajectories listed under failures."""
GLANCE = {"questions": 5, "trackers": 5, "beside a study": 3, "named": 12}
"""How many questions, trackers of the table, and names below the plot the first screen has room for."""


def render(report: Report, tables: Mapping[str, Table] | None = None, *, bands: bool = False) -> str:
    """Return the page of a report; `bands` says whether curves begin with their bands shown."""
    ranked = report.ranked
    names = [tracker.name for tracker in ranked]
    look = styles([tracker.name for tracker in report.scores.trackers])
    drawn = make_tables(report) if tables is None else tables
    return (
        environment()
        .get_template("report.html")
        .render(
            report=report,
            scores=report.scores,
            tables=drawn,
            number={name: index for index, name in enumerate(names)},
            sequence_number={view.name: index for index, view in enumerate(report.sequences)},
            rules=style_rules([look[name] for name in names]),
            data=page_data(report, names),
            plots={"answers": answers_forest(report.answers, report.merit), "causes": _cause_forests(report)},
            headline=headline_table(report),
            labels={index: legend(one) for index, one in enumerate(report.scored)},
            warned=warnings(report.scores),
            studies=_sections(report),
            toolkit=_toolkit(report),
            expected=_expected(report),
            bands=bands,
            glance=GLANCE,
            least=LEAST,
            worst=report.worst[:WORST],
            commands=[shlex.join(run.manifest["command"]) for run in report.runs],
            paper_tables=[table for name, table in drawn.items() if name in {one.paper.key for one in report.papers}],
        )
    )


def _cause_forests(report: Report) -> list[tuple[str, Forest]]:
    """Return what causes of failure did, with what is said above: of each tracker, and of each question."""
    if report.causes is None:
        return []
    found = (
        ("While a cause acts, minus the other frames", shares_forest(report.causes)),
        ("The questions, asked of either kind of frames", asked_forest(report.causes)),
    )
    return [(said, plot) for said, plot in found if plot.rows]


def _sections(report: Report) -> list[Section]:
    if not report.studies:
        return []
    from reports.studies.page import section  # not at the top: it draws figures

    return [section(one) for one in report.studies]


def _toolkit(report: Report) -> list[Toolkit]:
    if not report.toolkit:
        return []
    from reports.html.toolkit import toolkit_sections  # likewise

    return toolkit_sections(report)


def _expected(report: Report) -> str:
    """Return the address of the plot of expected overlaps; "" of a run that has none."""
    if not any(one.vot for one in report.scores.trackers):
        return ""
    from reports.plots.expected import own_expected_figure  # likewise
    from reports.plots.files import address

    figure = own_expected_figure(report)
    return address(figure) if figure else ""


def environment() -> Environment:
    """Return the templates' environment: everything is escaped, and readable, that is not said to be markup."""
    made = Environment(
        loader=PackageLoader("reports.html"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=readable,
    )
    made.policies["json.dumps_function"] = lambda data, **options: json.dumps(readable(data), **options)
    made.globals.update(
        css=Markup("\n".join(map(_asset, STYLES))),
        script=Markup("\n".join(['"use strict";', "(() => {", *map(_asset, SCRIPTS), "})();"])),
        marks=marks,
        heading=heading,
        legend=legend,
        warnings=warnings,
        KINDS=KINDS,
        SIGNS=SIGNS,
        KIND_NAMES=KIND_NAMES,
        ATTRIBUTES=ATTRIBUTES,
        webp=webp,
        picture_near=picture_near,
    )
    made.filters["foldable"] = foldable
    made.filters["signed"] = signed
    made.filters["counted"] = counted
    return made


def foldable(text: str) -> Markup:
    """Return a text whose lines may break after the signs of the names in it, before words are cut anywhere."""
    return Markup("<wbr>").join(re.split(r"(?<=[:/,_={@+])(?=\w)", readable(text)))


def webp(data: bytes) -> str:
    """Return a picture as an address that holds it."""
    return "data:image/webp;base64," + base64.b64encode(data).decode()


def picture_near(strip: Strip, frame: int) -> Any:
    """Return the strip's first picture at or after a frame, or its last."""
    return next((one for one in strip.pictures if one.frame >= frame), strip.pictures[-1])


def style_rules(looks: Iterable[Style]) -> Markup:
    """Return the CSS that gives tracker k its colour and dash, and hides it on figures where it is switched off."""
    rules = []
    for index, look in enumerate(looks):
        rules.append(f'[data-t="{index}"]{{--c:{look.colour};--dash:{look.dash or "none"}}}')
        rules.append(f'.hide-{index} .figure [data-t="{index}"],.hide-{index} figure[data-t="{index}"]{{display:none}}')
    return Markup("\n".join(rules))


def _asset(name: str) -> str:
    return files(__package__).joinpath(name).read_text("utf-8")
