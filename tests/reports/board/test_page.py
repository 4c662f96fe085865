"""The site: what it links to, what it copies, and strangers' names on it."""

from __future__ import annotations

import csv
import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from benchmark.gate.history import Entry, series
from reports.board.gathering import gather
from reports.board.model import make_board
from reports.board.page import write_board

if TYPE_CHECKING:
    from playwright.sync_api import Browser

BAD = "<img src=x onerror=hacked=1>"


@pytest.fixture
def site(own: Path, their_run: Path, submit: Callable[..., Path], tmp_path: Path) -> Path:
    """A board of one's own run, which has a page, and of a submission, which brings a page of its own."""
    (run,) = (own / "runs").iterdir()
    (run / "report.html").write_text("<!doctype html><title>own page</title>")
    (their_run / "report.html").write_text("<script>hacked = 1</script>")
    found = gather([own, submit(their_run, by="A & B <b>")], tmp_path / "room", own / "videos")
    auc = [0.5 + (day > 9) / 9 for day in range(20)]
    gates = [Entry(f"2026-01-{day + 1:02d}T00:00:00Z", f"c{day}", "m", "demo", "pass", {BAD: {"accuracy": auc[day]}})
             for day in range(20)]  # fmt: skip
    write_board(make_board(found), tmp_path / "site", title="Ours & theirs", history=series(gates))
    return tmp_path / "site"


def test_every_cell_leads_to_a_report_that_is_there(site: Path) -> None:
    page = (site / "index.html").read_text()
    links = re.findall(r'<a href="(reports/[^"]+)"', page)
    assert len(links) == 2 * 4, "a score and a source of each of four trackers"
    for link in links:
        assert (site / link).is_file()
    assert (site / "reports").is_dir()
    assert len(set(links)) == 2


def test_ones_own_page_is_copied_and_a_strangers_is_drawn_anew(site: Path) -> None:
    pages = [file.read_text() for file in sorted((site / "reports").iterdir())]
    assert sum("own page" in page for page in pages) == 1
    (drawn,) = [page for page in pages if "own page" not in page]
    assert "hacked = 1" not in drawn
    assert "submitted by A &amp; B &lt;b&gt;" in drawn


def test_the_page_has_scores_intervals_marks_ranks_and_history(site: Path) -> None:
    page = (site / "index.html").read_text().replace("<wbr>", "")
    plain = json.loads((site / "board.json").read_text())
    (division,) = plain["divisions"]
    for tracker in division["trackers"]:
        assert f"{tracker['value']:.3f}" in page
        assert f"{tracker['low']:.3f} to {tracker['high']:.3f}" in page
    assert "<h1>Ours &amp; theirs</h1>" in page
    assert "cv2:kcf (by A &amp; B &lt;b&gt;)" in page
    assert "reconstruction" in page, "dualmn is one, and its mark stands beside its name"
    assert "What the gate found over time" in page
    assert "became" in page
    assert "Everything that was found is listed." in page
    rows = list(csv.DictReader((site / "board.csv").read_text().splitlines()))
    assert len(rows) == 4


def test_a_dataset_under_two_profiles_is_two_columns_and_one_dataset(own: Path, tmp_path: Path) -> None:
    (run,) = (own / "runs").iterdir()
    other = run.with_name(f"{run.name}-other")
    shutil.copytree(run, other)
    (other / "scores.json").write_text(
        (run / "scores.json").read_text().replace('"profile": "otb"', '"profile": "lasot"')
    )
    write_board(make_board(gather([own], tmp_path / "room", None)), tmp_path / "site")
    assert "3 trackers on 1 dataset in 2 columns. " in (tmp_path / "site" / "index.html").read_text()
    write_board(make_board(gather([run], tmp_path / "room", None)), tmp_path / "site")
    assert "3 trackers on 1 dataset. " in (tmp_path / "site" / "index.html").read_text()


def test_nothing_leaves_the_site_and_no_name_of_a_run_does(
    own: Path, tmp_path: Path, make: Callable[..., Path]
) -> None:
    (run,) = (own / "runs").iterdir()
    text = (run / "scores.json").read_text()
    (run / "scores.json").write_text(text.replace(f'"run": "{run.name}"', '"run": "../../out"'))
    board = make_board(gather([own], tmp_path / "room", None))
    before = set(tmp_path.rglob("*"))
    write_board(board, tmp_path / "site")
    new = set(tmp_path.rglob("*")) - before
    assert all((tmp_path / "site") in (file, *file.parents) for file in new)
    assert "../../out" in (tmp_path / "site" / "index.html").read_text()


def test_the_site_in_a_browser(site: Path, browser: Browser) -> None:
    for width in (1440, 400):
        for scheme in ("light", "dark"):
            page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
            faults: list[str] = []
            page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)  # noqa: B023
            page.goto((site / "index.html").as_uri())
            page.wait_for_load_state()
            assert page.evaluate("typeof hacked") == "undefined"
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            assert faults == []
            drawn = page.locator("#history img").bounding_box()
            assert drawn is not None
            assert drawn["width"] > 300, (
                "a column a measure, in letters that can be read: not squeezed to a figure's width"
            )
            assert drawn["width"] == pytest.approx(
                page.locator("#history img").evaluate("one => one.naturalWidth"), abs=1
            )
            page.click("#scores tbody td a")
            assert "reports/" in page.url
            page.close()


def test_imported_results_stand_beside_ones_own(own: Path, tmp_path: Path) -> None:
    (run,) = (own / "runs").iterdir()
    scores = json.loads((run / "scores.json").read_text())
    scores["trackers"].append({**scores["trackers"][0], "name": "KCF (imported)", "weights": "", "marks": ["otb-mat"]})
    (run / "scores.json").write_text(json.dumps(scores))
    write_board(make_board(gather([own], tmp_path / "room", None)), tmp_path / "site")
    (division,) = json.loads((tmp_path / "site" / "board.json").read_text())["divisions"]
    assert {"KCF (imported)", "siamfc"} <= {tracker["name"] for tracker in division["trackers"]}
    assert "KCF (imported)" in (tmp_path / "site" / "index.html").read_text()
