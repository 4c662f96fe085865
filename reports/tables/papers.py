"""The papers' tables and other published scores, beside what was measured."""

from __future__ import annotations

from collections.abc import Iterator

from reports.labels import MEASURE_NAMES, coverage, marks
from reports.model import Report
from reports.papers import MEASURES, Measured, PaperTable, Versus
from reports.published import Figure, caveats, published_name
from reports.tables.grid import Cell, Column, Table, score, words

__all__ = ["paper_grids"]

SHORT = {"auc": "success", "precision": "precision", "accuracy": "accuracy", "eao": "EAO"}


def paper_grids(report: Report) -> Iterator[Table]:
    """Yield a table for every paper, then one of other trackers' scores on the same dataset."""
    for paper in report.papers:
        yield _paper(report, paper)
    if report.others:
        yield _others(report)


def _paper(report: Report, table: PaperTable) -> Table:
    extra = {"VOT2016": ("accuracy", "eao")} if any(v.row.published.find("VOT2016", "eao") for v in table.rows) else {}
    printed = [(d, m) for d in table.datasets for m in MEASURES] + [(d, m) for d, own in extra.items() for m in own]
    speeds = any(v.row.published.find("", "fps") for v in table.rows)
    rows = []
    for versus in table.rows:
        cells = [_figures(versus.printed(d, m)) for d, m in printed]
        cells += [_figures(versus.printed("", "fps"))] if speeds else []
        rows += [(words(versus.row.label), *cells, *ours) for ours in _ours(versus, table.why_not)]
    columns = (
        Column("In the paper", "text"), *(Column(f"{d} {SHORT[m]}") for d, m in printed),
        *([Column("fps, authors'")] if speeds else []),
        Column("Here", "text"), *(Column(MEASURE_NAMES[m]) for m in MEASURES), Column("Difference, AUC"),
    )  # fmt: skip
    why = (f"No difference is drawn: {table.why_not}.",) if table.why_not else ()
    sources = {s.code: s.title for v in table.rows for f in v.row.published.figures if f.verified for s in f.sources}
    source = "Sources: " + "; ".join(dict.fromkeys(sources.values())) + "."
    mark = " (reconstruction)" if table.paper.reconstruction else ""
    return Table(
        table.paper.key, table.paper.title + mark, f"{table.paper.cite}. Measured: {coverage(report.scores)}",
        columns, tuple(rows), (table.paper.note, source, *why),
    )  # fmt: skip


def _ours(versus: Versus, why_not: str) -> Iterator[tuple[Cell, ...]]:
    by_tracker: dict[str, dict[str, Measured]] = {}
    for one in versus.measured:
        by_tracker.setdefault(one.tracker.name, {})[one.measure] = one
    if not by_tracker:
        yield (words("not run"), Cell("–"), Cell("–"), Cell("–"))
    for name, found in by_tracker.items():
        tracker = found["auc"].tracker
        facts = (f"preset {tracker.preset}", f"weights {tracker.weights}", *marks(tracker))
        difference = found["auc"].difference
        cell = Cell("–") if difference is None else Cell(f"{difference:+.3f}", difference)
        values = (score(found[m].value, found[m].interval) for m in MEASURES)
        yield (Cell(name, note="; ".join(facts), tracker=name), *values, cell)


def _figures(figures: tuple[Figure, ...]) -> Cell:
    """Return printed figures as they stand, each with its caveat; several sources side by side."""
    if not figures:
        return Cell("–")
    text = " / ".join(figure.printed for figure in figures)
    note = "; ".join(dict.fromkeys(figure.caveat for figure in figures if figure.caveat))
    return Cell(text, figures[0].value, note)


def _others(report: Report) -> Table:
    on = published_name(report.scores.dataset)
    assert on is not None
    rows = []
    for one in report.others:
        figures = one.find(on, "auc") + one.find(on, "precision")
        sources = dict.fromkeys(s.title + ("" if s.own else " (a copy)") for f in figures for s in f.sources)
        rows.append(
            (words(one.name), words(str(one.year)), _figures(one.find(on, "auc")), _figures(one.find(on, "precision")),
             _figures(one.find("", "fps")), words("; ".join(sources)))
        )  # fmt: skip
    columns = (Column("Tracker", "text"), Column("Year", "text"), Column("Success AUC"), Column("Precision"),
               Column("fps, authors'"), Column("Source", "text"))  # fmt: skip
    part = (
        () if report.scores.complete else (f"On the whole of {on}; this run is of a part: {report.scores.coverage}.",)
    )
    return Table(
        "published", f"Published on {on}", "As printed. Speeds are the authors', on their own hardware.", columns,
        tuple(rows), (*part, *caveats()),
    )  # fmt: skip
