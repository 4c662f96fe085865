from __future__ import annotations

import html
import json
import re
import shutil
from pathlib import Path
from typing import NotRequired, get_origin, get_type_hints

import pytest

from benchmark.store.reading import Manifest
from reports.model import build_report
from reports.write import write_report

HOSTILE = "<script>alert('x')</script>\"&<b>../../etc " + "много" * 40


@pytest.fixture
def run(made_run: Path, tmp_path: Path) -> Path:
    """A copy, since tests change what it holds."""
    return Path(shutil.copytree(made_run, tmp_path / "results" / "runs" / made_run.name))


def write_page(run: Path) -> Path:
    return write_report(build_report([run]), run, figures=False)


def text(page: str) -> str:
    return html.unescape(re.sub(r"<[^>]+>", " ", page))


def test_the_page_is_one_file_without_network_and_its_numbers_are_those_of_the_json(run: Path) -> None:
    page = write_page(run).read_text()
    assert not re.search(r'(?:src|href)="(?!#|data:)', page)
    assert "https://" not in page
    assert "http://" not in re.sub(r'"http://www.w3.org/[^"]*"', "", page)
    shown = text(page)
    for tracker in json.loads((run / "scores.json").read_text())["trackers"]:
        assert tracker["name"] in shown
        for value in (tracker["summary"]["overall"]["auc"], tracker["summary"]["overall"]["precision"]):
            assert f"{value:.3f}" in shown
        for scores in tracker["sequences"].values():
            assert f"{scores['auc']:.3f}" in shown


def test_what_names_and_reasons_contain_is_text_on_the_page(run: Path) -> None:
    scores = json.loads((run / "scores.json").read_text())
    scores["trackers"][0]["name"] = HOSTILE
    scores["trackers"][0]["failed"] = {HOSTILE: HOSTILE}
    scores["coverage"] = HOSTILE
    (run / "scores.json").write_text(json.dumps(scores))
    page = write_page(run).read_text()
    assert page.count("<script") == 2
    assert "<b>.." not in page
    assert HOSTILE in html.unescape(page)


def test_a_manifest_without_what_is_optional_has_its_page(run: Path) -> None:
    content = json.loads((run / "manifest.json").read_text())
    optional = [name for name, hint in get_type_hints(Manifest, include_extras=True).items()
                if get_origin(hint) is NotRequired]  # fmt: skip
    assert "workers" in optional
    kept = {name: value for name, value in content.items() if name not in optional}
    (run / "manifest.json").write_text(json.dumps(kept))
    assert "1 lane" in write_page(run).read_text()


def test_the_same_run_gives_the_same_page(run: Path) -> None:
    assert write_page(run).read_text() == write_page(run).read_text()


def test_half_as_much_as_the_demo_stays_well_below_half_of_three_megabytes(page_file: Path) -> None:
    """Five trackers on six sequences, with frames, and what a memory's eight slots held: pictures take the most."""
    page = page_file.read_text()
    pictures = sum(map(len, re.findall(r"data:image/webp;base64,[^\"]+", page)))
    assert pictures > 0.1e6
    assert len(json.loads(page.partition('id="data">')[2].partition("</script>")[0])["pictures"]) > 20
    assert page_file.stat().st_size < 1.2e6
