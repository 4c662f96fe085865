"""The section of a report's page that a study's answer fills."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from io import BytesIO
from warnings import catch_warnings, filterwarnings

from matplotlib import rc_context
from matplotlib.figure import Figure

from benchmark.studies.answer import Answer, Finding
from reports.html.data import reach
from reports.plots.sheet import FILES
from reports.studies.figures import gain_figure, waterfall_figure
from reports.studies.tables import study_tables
from reports.studies.words import caption, cost_of, evidence, headline, paper
from reports.tables.grid import Table

__all__ = ["Row", "Section", "section"]

KINDS = {"better": "yes", "worse": "no", "alike": "alike", "not shown": "not-shown"}


@dataclass(frozen=True)
class Row:
    """One comparison as the page says it."""

    finding: Finding
    kind: str
    """Class of its entry: ``yes``, ``no``, ``alike``, ``not-shown``."""
    headline: str
    evidence: str
    paper: str
    cost: str


@dataclass(frozen=True)
class Section:
    """One study."""

    answer: Answer
    caption: str
    rows: tuple[Row, ...]
    tables: dict[str, Table]
    reach: float
    """The largest distance from zero of any interval: all are drawn on one scale."""
    pictures: tuple[tuple[str, str], ...]
    """What each shows, and its address, which holds it."""


def section(answer: Answer) -> Section:
    """Return what the page shows of an answer."""
    actors = {one.label: one for one in answer.actors}
    rows = tuple(
        Row(one, KINDS[one.found], headline(one), evidence(one, answer), paper(one),
            cost_of(actors[one.other], actors[one.base]))
        for one in answer.findings
    )  # fmt: skip
    drawn = (
        (f"From one tracker to the next: {_steps(answer)}", waterfall_figure(answer)),
        (f"Gain of success AUC against time a frame, beside {answer.base}", gain_figure(answer)),
    )
    pictures = tuple((said, _address(figure)) for said, figure in drawn if figure is not None)
    scale = reach(one.auc.interval for one in answer.findings)
    return Section(answer, caption(answer), rows, study_tables(answer), scale, pictures)


def _steps(answer: Answer) -> str:
    scored = sorted((one.auc, one.label) for one in answer.actors if one.auc is not None)
    return ", ".join(f"{label} {auc:.3f}" for auc, label in scored)


def _address(figure: Figure) -> str:
    """Return a figure as an address that holds it, its letters as outlines."""
    drawn = BytesIO()
    with rc_context({**FILES, "svg.fonttype": "path"}), catch_warnings():
        filterwarnings("ignore", "Glyph .* missing")
        figure.savefig(drawn, format="svg", metadata={"Date": None, "Creator": None})
    return "data:image/svg+xml;base64," + base64.b64encode(drawn.getvalue()).decode()
