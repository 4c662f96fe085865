"""The papers' tables and other published scores, beside what was measured."""

from __future__ import annotations

from collections.abc import Iterator

from reports.labels import circumstances, coverage, marks, measure_names, short_names
from reports.model import Report
from reports.papers import MEASURES, Measured, PaperTable, Versus
from reports.published import Figure, caveats, published_name
from reports.tables.grid import EMPTY, Cell, Column, Fact, Table, difference, score, words

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
        cells = [_figures(versus.printed(d, m), _key(d, m)) for d, m in printed]
        cells += [_figures(versus.printed("", "fps"), "fps")] if speeds else []
        rows += [(words(versus.row.label), *cells, *ours) for ours in _ours(versus, table.why_not)]
    heads, shorts = measure_names(report.profile), short_names(report.profile)
    columns = (
        Column("In the paper", "paper_row", "text"),
        *(Column(f"{d} {SHORT[m]}", _key(d, m)) for d, m in printed),
        *([Column("fps, authors'", "fps_authors", short="authors' fps")] if speeds else []),
        Column("Here", "tracker", "text"), *(Column(heads[m], m, short=shorts[m]) for m in MEASURES),
        Column("Difference, AUC", "auc_difference", short="ΔAUC"),
    )  # fmt: skip
    why = (f"No difference is drawn: {table.why_not}.",) if table.why_not else ()
    sources = {s.code: s.title for v in table.rows for f in v.row.published.figures if f.verified for s in f.sources}
    source = "Sources: " + "; ".join(dict.fromkeys(sources.values())) + "."
    mark = " (reconstruction)" if table.paper.reconstruction else ""
    return Table(
        table.paper.key, table.paper.title + mark, f"{table.paper.cite}. Measured: {coverage(report.scores)}",
        columns, tuple(rows), (table.paper.note, source, *why), circumstances(report.scores),
    )  # fmt: skip


def _key(dataset: str, measure: str) -> str:
    return f"{dataset.lower()}_{measure}"


def _ours(versus: Versus, why_not: str) -> Iterator[tuple[Cell, ...]]:
    by_tracker: dict[str, dict[str, Measured]] = {}
    for one in versus.measured:
        by_tracker.setdefault(one.tracker.name, {})[one.measure] = one
    if not by_tracker:
        yield (Cell("not run"), EMPTY, EMPTY, EMPTY)
    for name, found in by_tracker.items():
        tracker = found["auc"].tracker
        note = "; ".join((f"preset {tracker.preset}", f"weights {tracker.weights}", *marks(tracker)))
        facts = {"preset": tracker.preset, "weights": tracker.weights, "marks": "; ".join(marks(tracker))}
        apart = found["auc"].difference
        values = (score(found[m].value, found[m].interval) for m in MEASURES)
        yield (Cell(name, note=note, tracker=name, facts=facts), *values, EMPTY if apart is None else difference(apart))


def _figures(figures: tuple[Figure, ...], key: str) -> Cell:
    """Return printed figures as they stand, each with its caveat; several sources side by side."""
    text = " / ".join(figure.printed for figure in figures)
    note = "; ".join(dict.fromkeys(figure.caveat for figure in figures if figure.caveat))
    facts: dict[str, Fact] = {f"{key}_as_printed": text, f"{key}_caveat": note}
    return Cell(text or "–", figures[0].value if figures else None, note, facts=facts)


def _others(report: Report) -> Table:
    on = published_name(report.scores.dataset)
    assert on is not None
    rows = []
    for one in report.others:
        figures = one.find(on, "auc") + one.find(on, "precision")
        sources = dict.fromkeys(s.title + ("" if s.own else " (a copy)") for f in figures for s in f.sources)
        rows.append(
            (words(one.name), words(str(one.year)), _figures(one.find(on, "auc"), "auc"),
             _figures(one.find(on, "precision"), "precision"), _figures(one.find("", "fps"), "fps"),
             words("; ".join(sources)))
        )  # fmt: skip
    columns = (Column("Tracker", "tracker", "text"), Column("Year", "year", "text"),
               Column("Success AUC", "auc", short="AUC"), Column("Precision", "precision", short="P"),
               Column("fps, authors'", "fps_authors", short="authors' fps"),
               Column("Source", "source", "text"))  # fmt: skip
    part = (
        () if report.scores.complete else (f"On the whole of {on}; this run is of a part: {report.scores.coverage}.",)
    )
    return Table(
        "published", f"Published on {on}", "As printed. Speeds are the authors', on their own hardware.", columns,
        tuple(rows), (*part, *caveats()), {"dataset": on},
    )  # fmt: skip
