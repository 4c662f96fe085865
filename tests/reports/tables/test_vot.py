from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from conftest import write_folder

from benchmark.vot.analysing import bring
from benchmark.vot.figures import Figures, ToolkitFigures
from reports.html.page import render
from reports.model import Report, build_report
from reports.plain import to_plain
from reports.sentences import evidence
from reports.tables import make_tables
from reports.tables.headline import headline_table
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
    (printed,) = [row for row in rows if row[0].text == "MemTrack, as printed"]
    assert [cell.text for cell in printed[1:]] == ["–", ".53", "–", ".273", "–"]
    assert "Printed figures are of the whole dataset" in " ".join(tables["vot-toolkit"].notes)
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


@pytest.fixture(params=["vot-supervised", "vot-multistart"])
def two(run_bench, tmp_path: Path, request: pytest.FixtureRequest) -> Report:
    for index, name in enumerate(("first", "second", "third")):
        write_folder(tmp_path / "videos" / name, frames=12, seed=index)
    done = run_bench(
        "-t", "cv2:kcf,cv2:csrt", "-d", "folder", "--data-root", tmp_path / "videos", "--protocol", request.param
    )
    assert done.returncode == 0, done.stderr
    (folder,) = (tmp_path / "results" / "runs").iterdir()
    return build_report([folder])


def test_the_first_screen_of_vots_protocols_is_of_their_measures(two: Report) -> None:
    eao = {one.name: one.vot.measures[0].eao for one in two.scores.trackers if one.vot}
    assert [one.name for one in two.ranked] == sorted(eao, key=lambda name: -(eao[name] or 0))
    (asked,) = two.answers
    assert asked.main.difference == pytest.approx(eao[asked.pair.other] - eao[asked.pair.base])
    assert sum(asked.counts) == 3
    assert "EAO" in evidence(asked)
    assert "the target is lost less often on" in evidence(asked)
    shown = headline_table(two)
    assert [column.heading for column in shown.columns[1:4]] == ["EAO", "Accuracy", "Robustness"]
    assert [row[1].value for row in shown.rows] == sorted(eao.values(), reverse=True)
    assert shown.rows[0][1].interval is not None
    text = render(two)
    assert "difference of EAO" in text
    assert "its 95 % interval; EAO over no challenge" in text
    data = json.loads(text.partition('id="data">')[2].partition("</script>")[0])
    assert data["overview"] == "expected"
    assert len(data["curves"]["expected"]["series"]) == 2
    plain = to_plain(two)["answers"][0]
    assert plain["eao"]["difference"] == asked.main.difference
    assert "auc" not in plain
