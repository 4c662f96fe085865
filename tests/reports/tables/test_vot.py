from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from conftest import write_folder

from benchmark.vot.analysing import bring
from benchmark.vot.figures import Figures, ToolkitFigures
from reports.html.page import render
from reports.model import Report, build_report
from reports.tables import make_tables
from reports.tables.vot import vot_tables
from trackers.errors import InputError

FIGURES = ToolkitFigures(
    "0.7.4", "vot2016/rgb", "VOT2016, 2 of 60 sequences", 2,
    (
        Figures("cv2:kcf", "baseline", "supervised", False, 10, 0.51, 1.5, 0.21, (2, 5), (0.0, 0.9, 0.8, 0.7)),
        Figures("cv2:kcf", "realtime", "supervised", True, 10, 0.5, 2.0, None, (2, 5)),
    ),
)  # fmt: skip


@pytest.fixture
def run(run_bench, tmp_path: Path) -> Path:
    for index, name in enumerate(("first", "second")):
        write_folder(tmp_path / "videos" / name, frames=12, seed=index)
    done = run_bench(
        "-t", "cv2:kcf", "-d", "folder", "--data-root", tmp_path / "videos", "--protocol", "vot-supervised"
    )
    assert done.returncode == 0, done.stderr
    (folder,) = (tmp_path / "results" / "runs").iterdir()
    return folder


def on(report: Report, dataset: str) -> Report:
    return replace(report, scores=replace(report.scores, dataset=dataset))


def test_memtracks_row_stands_beside_ours_on_vot2016_alone(run: Path) -> None:
    report = build_report([run])
    here, *_ = vot_tables(on(report, "VOT2016"))
    (printed,) = [row for row in here.rows if row[0].text == "MemTrack, as printed"]
    assert [cell.text for cell in printed[1:4]] == [".53", "–", ".273"]
    assert (printed[1].value, printed[3].value) == (0.53, 0.273)
    assert "Printed figures are of the whole dataset" in " ".join(here.notes)
    other, *_ = vot_tables(report)
    assert len(other.rows) == 1
    assert "no challenge's span" in other.notes[0]


def test_what_the_toolkit_says_has_a_section_of_its_own(run: Path, tmp_path: Path) -> None:
    page = tmp_path / "toolkits.html"
    page.write_text("the toolkit's own")
    bring(replace(FIGURES, html=str(page)), run)
    report = build_report([run])
    tables = make_tables(report)
    rows = tables["vot-toolkit"].rows
    assert [cell.text for cell in rows[0]] == ["cv2:kcf", "baseline", "0.5100", "1.5000", "0.2100", "10"]
    assert rows[1][1].note == "supervised, real time"
    assert "the figures of vot-toolkit 0.7.4, stack vot2016/rgb" in tables["vot-toolkit"].caption
    text = render(report, tables)
    assert "These figures are the toolkit's own" in text
    (link,) = [part.partition('"')[0] for part in text.split('href="vot/')[1:]]
    assert (run / "vot" / link).read_text() == "the toolkit's own"
    assert 'href="#vot-toolkit"' in text


def test_a_damaged_file_of_the_toolkits_figures_is_said(run: Path) -> None:
    bring(FIGURES, run)
    (file,) = (run / "vot").glob("*.json")
    file.write_text("{")
    with pytest.raises(InputError, match="cannot be read"):
        build_report([run])
