"""Writes what a study has found: tables, figures, the answer itself, and what it was made from."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from benchmark.store.reading import read_manifest
from benchmark.store.record import write_whole
from benchmark.studies.answer import Answer, write_answer
from reports.plots.files import write_figure
from reports.studies.figures import FIGURES, study_figures
from reports.studies.tables import study_tables
from reports.studies.words import caption, cost_of, evidence, headline, paper
from reports.tables.latex import to_latex
from reports.tables.markdown import plain_text, to_markdown
from reports.tables.tidy import to_csv

__all__ = ["to_page", "write_study"]

KEPT = ("dataset", "trackers", "seed", "repeats", "jitter", "environment", "versions")
"""Of the run's manifest: all that the numbers depend on. Who made them where and when is not: the same trajectories
make the same files."""


def write_study(answer: Answer, run: Path, folder: Path, *, figures: bool = True) -> Path:
    """Write ``study.md``, ``study.json``, ``tables/``, ``figures/`` and ``provenance.json`` into a folder; return it.

    `run` is the folder of the run that the answer is drawn from. Tables and figures of an earlier answer that this one
    has nothing for are removed.
    """
    (folder / "tables").mkdir(parents=True, exist_ok=True)
    written = []
    for name, table in study_tables(answer).items():
        for suffix, text in (("tex", to_latex(table)), ("csv", to_csv(table))):
            written.append(folder / "tables" / f"{name}.{suffix}")
            write_whole(written[-1], text.encode())
    if figures:
        for name, figure in study_figures(answer).items():
            written += write_figure(figure, folder / "figures" / name)
    drawn = [one for name in FIGURES for one in folder.glob(f"figures/{name}.*")] if figures else []
    for one in {*folder.glob("tables/study-*"), *drawn} - {*written}:
        one.unlink()
    write_whole(folder / "study.md", to_page(answer).encode())
    manifest = read_manifest(run)
    facts = {"study": answer.study, "digest": answer.digest} | {key: manifest[key] for key in KEPT if key in manifest}
    write_whole(folder / "provenance.json", (json.dumps(facts, indent=1) + "\n").encode())
    write_answer(folder, replace(answer, run=""))
    return folder


def to_page(answer: Answer) -> str:
    """Return the answer as a Markdown page: the findings in words, then every table."""
    actors = {one.label: one for one in answer.actors}
    lines = [f"# {plain_text(answer.question)}", "", plain_text(f"Study {answer.study}. {caption(answer)}."), ""]
    for one in answer.findings:
        parts = (evidence(one, answer), paper(one, answer), cost_of(actors[one.other], actors[one.base]))
        lines.append(" ".join([f"- **{plain_text(headline(one, answer))}.**", *map(plain_text, filter(None, parts))]))
    lines += ["", *([plain_text(answer.about), ""] if answer.about else [])]
    lines += [f"- Note: {plain_text(one)}." for one in answer.remarks]
    tables = study_tables(answer)
    first = tables.get("study-findings")  # the question and the remarks stand above it already
    if first is not None:
        tables["study-findings"] = replace(first, title="The comparisons", notes=first.notes[:1])
    return "\n".join([*lines, "", *map(to_markdown, tables.values())])
