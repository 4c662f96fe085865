"""What strangers wrote, in names and tracebacks, is harmless on the page and on disk."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from reports.model import build_report
from reports.write import write_report

if TYPE_CHECKING:
    from playwright.sync_api import Browser

NAMES = (
    "<script>hacked = 1</script>",
    "\"><img src=x onerror='hacked=2'>",
    "../../../etc/passwd",
    "a/b\\c:d",
    "последовательность 追跡 تتبع",
    "x" * 300,
    "{{ 7 * 7 }} </style></script><b>",
    "=cmd|'/c calc'!A1",
)
REASON = "Traceback\n  <svg onload=hacked=3>\nRuntimeError: </script><script>hacked=4</script> ${7*7} \\end{table} %"


@pytest.fixture(scope="module")
def hostile_run(tmp_path_factory: pytest.TempPathFactory, make: Callable[..., Path]) -> Path:
    results = tmp_path_factory.mktemp("hostile") / "a" / "b" / "results"
    folder = make(results, {"siamfc": 0.6, "memtrack": 0.8}, NAMES, 40, pictures=False, failed={NAMES[0]: REASON})
    for file in ("scores.json", "manifest.json"):
        text = (folder / file).read_text()
        (folder / file).write_text(text.replace('"memtrack"', json.dumps(NAMES[1])))
    return folder


def test_nothing_is_written_outside_the_run(hostile_run: Path) -> None:
    results = hostile_run.parents[1]
    before = {file for file in results.parents[2].rglob("*") if hostile_run not in file.parents}
    write_report(build_report([hostile_run]), hostile_run)
    assert {file for file in results.parents[2].rglob("*") if hostile_run not in file.parents} == before
    assert all(len(file.name) < 150 for file in hostile_run.rglob("*"))


def test_the_page_shows_names_and_runs_none_of_them(hostile_run: Path, browser: Browser) -> None:
    file = write_report(build_report([hostile_run]), hostile_run, figures=False)
    for width in (1440, 400):
        page = browser.new_page(viewport={"width": width, "height": 900})
        page.goto(file.as_uri() + "#s0")
        page.wait_for_load_state()
        assert page.evaluate("typeof hacked") == "undefined"
        shown = page.locator("body").inner_text()
        for name in NAMES:
            assert " ".join(name.split()) in " ".join(shown.split())
        assert "RuntimeError: </script><script>hacked=4</script>" in shown
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.locator("script").count() == 2
        page.close()


def test_a_memorys_sequence_may_have_a_long_name(make: Callable[..., Path], tmp_path: Path, browser: Browser) -> None:
    run = make(tmp_path, {"memtrack": 0.6}, ["x" * 200], 30, pictures=False)
    page = browser.new_page(viewport={"width": 400, "height": 900})
    page.goto(write_report(build_report([run]), run, figures=False).as_uri())
    assert page.locator("#memory-sequence").is_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 400
    page.close()


def test_tables_keep_their_shape_and_spreadsheets_get_no_formula(hostile_run: Path) -> None:
    write_report(build_report([hostile_run]), hostile_run, figures=False)
    markdown = (hostile_run / "tables" / "sequences.md").read_text().splitlines()
    rows = [line for line in markdown if line.startswith("|")]
    assert len(rows) == len(NAMES) + 2
    assert "<script" not in "".join(rows)
    latex = (hostile_run / "tables" / "sequences.tex").read_text()
    assert latex.count(r"\end{table}") == 1
    assert r"\textbackslash{}" in latex
    csv = (hostile_run / "tables" / "sequences.csv").read_text()
    assert "\n'=cmd" in csv


def test_no_control_character_reaches_the_page_or_its_files(make: Callable[..., Path], tmp_path: Path) -> None:
    names = ("\x1b[31mred", "a\u202eb", "bell\x07")
    reason = "Traceback\nRuntimeError: \x1b]0;owned\x07 \x9b31m \udce9"
    folder = make(tmp_path / "results", {"siamfc": 0.6, "memtrack": 0.8}, names, 40, pictures=False,
                  failed={names[0]: reason})  # fmt: skip
    for file in ("scores.json", "manifest.json"):
        text = (folder / file).read_text()
        (folder / file).write_text(text.replace('"memtrack"', json.dumps("mem\x1b[2Jtrack")))
    write_report(build_report([folder]), folder, figures=False)
    drawn = [file for file in folder.rglob("*") if file.suffix in (".html", ".md", ".csv", ".tex")]
    assert len(drawn) > 8
    for file in drawn:
        found = {one for one in file.read_text("utf-8") if one < " " or "\x7f" <= one <= "\x9f" or one == "\u202e"}
        assert found <= {"\n", "\t"}, file
    assert r"mem\x1b[2Jtrack" in (folder / "report.html").read_text("utf-8")
    assert r"RuntimeError: \x1b]0;owned\x07 \x9b31m \udce9" in (folder / "report.html").read_text("utf-8")
    page = (folder / "report.html").read_text("utf-8").partition('id="data">')[2].partition("</script>")[0]
    assert set(json.loads(page)["trackers"]) == {"siamfc", r"mem\x1b[2Jtrack"}
