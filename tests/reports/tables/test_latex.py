from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from studied import made_answer

from reports.model import Report
from reports.studies.tables import study_tables
from reports.tables import Cell, Column, Table, make_tables
from reports.tables.latex import to_latex
from reports.tables.layout import COLUMN, PAGE, Paper, arrange

TABLE = Table(
    "scores", "Scores & more", "50 % of a_b",
    (Column("Tracker", "tracker", "text"), Column("Remembers", "remembers", "text", aside=True), Column("AUC", "auc")),
    ((Cell("a_1|b", note="weights x"), Cell("everything"), Cell("0.123", 0.12345, standing="best")),
     (Cell("[b"), Cell("nothing"), Cell("-0.1", -0.1, standing="alike"))), ("A note.",),
)  # fmt: skip
PAPERS = [
    Paper(width=width, intervals=intervals) for width in ("auto", "column", "page") for intervals in (True, False)
]
DOCUMENT = r"""\documentclass[10pt%s]{article}
\usepackage[textwidth=500pt,textheight=650pt,columnsep=20pt]{geometry}
\usepackage{booktabs,tabularx,graphicx}
\begin{document}
%s
\end{document}
"""


def every_table(reports: dict[str, Report]) -> Iterator[tuple[str, Table]]:
    for name, report in reports.items():
        for table in make_tables(report).values():
            yield name, table
    for table in study_tables(made_answer()).values():
        yield "a study", table


def test_a_table_is_escaped_and_shows_who_is_best() -> None:
    text = to_latex(TABLE)
    assert r"50 \% of a\_b" in text
    assert r"a\_1\textbar{}b {\scriptsize weights x} & \textbf{0.123} \\" in text
    assert r"{[}b & $-$0.1\rlap{$^{\scriptscriptstyle\approx}$} \\" in text
    assert "everything" not in text, "prose stays away from paper"
    assert r"\begin{table}" in text


def test_columns_are_chosen_by_their_names() -> None:
    text = to_latex(TABLE, Paper(columns=("remembers",)))
    assert "nothing" in text
    assert "0.123" not in text
    assert "0.123" in to_latex(TABLE, Paper(columns=("unknown here",))), "a table without such columns stays whole"


def test_intervals_are_shown_or_not(reports: dict[str, Report]) -> None:
    table = make_tables(reports["usual"])["scores"]
    found = reports["usual"].ranked[0].intervals["auc"]
    span = f"[{found.low:z.3f}, {found.high:z.3f}]".replace("[", "{[}")
    assert span in to_latex(table)
    assert span not in to_latex(table, Paper(intervals=False))
    assert r"\begin{table}" in to_latex(table, Paper(intervals=False, columns=("auc", "precision")))
    assert r"\begin{table*}" in to_latex(table)


@pytest.mark.parametrize("paper", PAPERS, ids=str)
def test_every_table_has_its_cells_and_fits_by_estimate(reports: dict[str, Report], paper: Paper) -> None:
    for name, table in every_table(reports):
        layout = arrange(table, paper)
        room = PAGE if layout.starred else COLUMN
        blocks = [block for one in layout.floats for block in one]
        for block in blocks:
            assert sum(block.widths) + 6 * (len(block.slots) - 1) <= room, (name, table.name)
        shown = {slot.index for block in blocks for slot in block.slots}
        assert shown == {k for k, column in enumerate(table.columns) if not column.aside}
        for index in shown - {0}:
            rows = [row for b in blocks if index in {slot.index for slot in b.slots} for row in b.rows]
            assert rows == list(range(len(table.rows))), "every row of every column, once"
        columns = 0
        for line in to_latex(table, paper).splitlines():
            if found := re.match(r"\\begin\{tabularx?\}(?:\{\\linewidth\})?\{(.*)\}$", line):
                columns = len(re.findall("[lrX]", re.sub(r">\{.*?arraybackslash\}", "", found[1])))
            elif line.endswith(r" \\"):
                assert len(re.findall(r"(?<!\\)&", line)) == columns - 1, (name, table.name, line)


def engine() -> list[str]:
    """Return the command of a TeX, or skip."""
    if found := shutil.which("tectonic"):
        return [found, "--keep-logs"]
    if found := shutil.which("pdflatex"):
        return [found, "-interaction=nonstopmode", "-halt-on-error"]
    return pytest.skip("needs a TeX: tectonic, or Debian's texlive-latex-recommended")


@pytest.mark.parametrize("columns", [1, 2])
def test_every_table_compiles_and_no_box_is_overfull(reports: dict[str, Report], tmp_path: Path, columns: int) -> None:
    command = engine()
    papers = PAPERS if columns == 2 else PAPERS[-2:]
    floats = [to_latex(table, paper) + r"\clearpage" for paper in papers for _, table in every_table(reports)]
    (tmp_path / "tables.tex").write_text(DOCUMENT % (",twocolumn" if columns == 2 else "", "\n".join(floats)), "utf-8")
    done = subprocess.run([*command, "tables.tex"], cwd=tmp_path, capture_output=True, text=True, errors="replace")
    log = (tmp_path / "tables.log").read_text(errors="replace")
    if missing := re.search(r"File `(\w+\.sty)' not found", log):
        pytest.skip(f"this TeX has no {missing[1]}: install texlive-latex-recommended")
    assert done.returncode == 0, [line for line in log.splitlines() if line.startswith("!")]
    assert not re.findall(r"Overfull .*|.*Float too large.*", log)
