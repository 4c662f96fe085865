"""The toolkit's own analysis of a workspace, its page, and what is taken from both."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from benchmark.store.record import write_whole
from benchmark.store.results import slug
from benchmark.vot.evaluating import Ended, call
from benchmark.vot.figures import PLACE, ToolkitFigures, read_analysis
from benchmark.vot.toolkit import Toolkit
from benchmark.vot.workspace import Facts
from trackers.errors import InputError

__all__ = ["analyse", "bring"]

NAME = "engram"
"""Of the analysis and of the page."""


def analyse(toolkit: Toolkit, folder: Path, identifiers: Sequence[str] = ()) -> ToolkitFigures:
    """Let the toolkit analyse trackers of a workspace of ours, all by default, and write its page; return the figures.

    InputError where it is no workspace of ours, or a result is missing: then the toolkit analyses nothing.
    """
    facts = Facts.read(folder)
    if facts is None:
        raise InputError(f"{folder} is no workspace of ours: `run_bench vot run` and `export` write some")
    wanted = list(identifiers or facts.trackers)
    file = folder / "analysis" / f"{NAME}.json"
    file.unlink(missing_ok=True)
    ended = call(toolkit, folder, "analysis", "--workspace", str(folder), "--name", NAME, *wanted)
    if not file.is_file():
        raise InputError(f"vot-toolkit analysed nothing in {folder}: {_reason(ended)}")
    figures = read_analysis(file, facts.stack, facts.coverage, facts.trackers)
    page = folder / "reports" / NAME / "report.html"
    page.unlink(missing_ok=True)
    call(toolkit, folder, "report", "--workspace", str(folder), "--name", NAME, "--format", "html", *wanted)
    return replace(figures, html=str(page.resolve()) if page.is_file() else "")


def bring(figures: ToolkitFigures, run: Path) -> Path:
    """Put figures, and the toolkit's page, into a run's folder, where its report finds them; return the file."""
    place = run / PLACE
    place.mkdir(exist_ok=True)
    stem, html = slug(figures.stack), ""
    if figures.html:
        html = f"{stem}.html"
        shutil.copyfile(figures.html, place / html)
    file = place / f"{stem}.json"
    write_whole(file, (json.dumps(replace(figures, html=html).to_dict(), indent=1) + "\n").encode())
    return file


def _reason(ended: Ended) -> str:
    lines = [line for line in ended.said if "Error" in line or "error" in line or "issing" in line]
    return (lines or list(ended.said) or ["it does not say why"])[-1][:300]
