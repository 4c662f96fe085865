"""Writes a board: one page, the report of every run that it lists, and the table for programs."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from benchmark.gate.history import Series, sentences
from benchmark.store.record import write_whole
from benchmark.store.results import slug
from reports.board.figures import latency_figure, rank_figure
from reports.board.model import Board
from reports.board.tables import board_table, source_table
from reports.html.page import environment, render, style_rules
from reports.labels import coverage, warnings
from reports.model import build_report
from reports.plots.files import address
from reports.plots.history import history_figure
from reports.plots.style import styles
from reports.tables.latex import to_latex
from reports.tables.markdown import to_markdown
from reports.tables.tidy import to_csv

__all__ = ["write_board"]


def write_board(board: Board, folder: Path, *, title: str = "", history: Sequence[Series] = ()) -> Path:
    """Write ``index.html``, ``board.csv``, ``.tex``, ``.md``, ``.json`` and ``reports/``; return the page's file."""
    (folder / "reports").mkdir(parents=True, exist_ok=True)
    links = _write_reports(board, folder)
    table = board_table(board, lambda one: links[id(one)])
    names = list(board.names)
    look = styles(names)
    sections = [
        {
            "title": one.title,
            "scores": one.scores,
            "sources": source_table(one, index, lambda listed: links[id(listed)]),
            "ranks": one.ranks and address(rank_figure(one.ranks, f"Mean ranks: {coverage(one.scores)}", names)),
            "p": one.ranks.p if one.ranks else None,
            "difference": one.ranks.difference if one.ranks else None,
            "merit": one.merit,
            "latency": (drawn := latency_figure(one, f"Accuracy against latency: {coverage(one.scores)}", names))
            and address(drawn),
        }
        for index, one in enumerate(board.divisions)
    ]
    page = folder / "index.html"
    text = (
        environment()
        .get_template("board.html")
        .render(
            title=title or "Leaderboard",
            date=f"{datetime.now(UTC):%Y-%m-%d}",
            board=board,
            table=table,
            sections=sections,
            number={name: index for index, name in enumerate(names)},
            rules=style_rules([look[name] for name in names]),
            data={"trackers": names},
            history=address(history_figure(history)) if history else "",
            changes=sentences(list(history)),
        )
    )
    write_whole(folder / "board.csv", to_csv(table).encode())
    write_whole(folder / "board.tex", to_latex(table).encode())
    write_whole(folder / "board.md", to_markdown(table).encode())
    write_whole(folder / "board.json", (json.dumps(_plain(board, links), indent=1, allow_nan=False) + "\n").encode())
    write_whole(page, text.encode())
    return page


def _write_reports(board: Board, folder: Path) -> dict[int, str]:
    """Put the report of every run that is listed into the site, and return its address there, by the run's identity.

    One's own report is copied, or drawn where there is none; of a submission it is drawn from what was checked: a
    stranger's page is never published.
    """
    links: dict[int, str] = {}
    taken: set[str] = set()
    for one in (listed for division in board.divisions for listed in division.source.values()):
        if id(one) in links:
            continue
        name = stem = slug(one.run.folder.name)
        count = 1
        while name in taken:
            count += 1
            name = f"{stem}~{count}"
        taken.add(name)
        links[id(one)] = f"reports/{name}.html"
        own = one.run.folder / "report.html"
        if one.page or not own.is_file():
            text = (one.page or render(build_report([one.run.folder], frames=False))).encode()
        else:
            text = own.read_bytes()
        write_whole(folder / "reports" / f"{name}.html", text)
    return links


def _plain(board: Board, links: Mapping[int, str]) -> dict[str, object]:
    """Return what the page's table says, ready for JSON."""
    divisions = [
        {
            "dataset": one.scores.dataset, "coverage": one.scores.coverage, "complete": one.scores.complete,
            "rendered": one.scores.rendered, "protocol": one.scores.protocol, "profile": one.scores.profile,
            "measure": one.merit.key, "warnings": list(warnings(one.scores)),
            "mean_ranks": dict(one.ranks.mean_ranks) if one.ranks else None,
            "critical_difference": one.ranks.difference if one.ranks else None,
            "friedman_p": one.ranks.p if one.ranks else None,
            "trackers": [
                {
                    "name": tracker.name,
                    "by": one.source[tracker.name].by,
                    "value": one.merit.overall(tracker),
                    "low": interval.low if (interval := one.merit.interval(tracker)) else None,
                    "high": interval.high if interval else None,
                    "marks": list(tracker.caveats),
                    "failed": len(tracker.failed),
                    "run": one.source[tracker.name].run.scores.run,
                    "report": links[id(one.source[tracker.name])],
                }
                for tracker in one.scores.trackers
                if tracker.summary
            ],
        }
        for one in board.divisions
    ]  # fmt: skip
    return {
        "schema": 1,
        "divisions": divisions,
        "parts": [{"run": run, "coverage": text} for run, text in board.parts],
        "not_listed": [{"what": what, "why": why} for what, why in board.refused],
    }
