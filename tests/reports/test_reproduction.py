"""A reproduction's page: what is printed, measured, different; and no difference where there is none to be had."""

from __future__ import annotations

from dataclasses import replace

import pytest

from benchmark.runs import Run
from benchmark.scores import RunScores
from reports.published import load_published, load_raw
from reports.reproduction import reproduction_lines, write_reproduction


@pytest.fixture
def scores(made_run) -> RunScores:
    return Run.read(made_run).scores


def facts(name: str, lacking: tuple[str, ...] = (), published: tuple[str, ...] = ("MemTrack",)) -> list[dict]:
    return [{"title": "MemTrack", "published": published, "name": name, "lacking": lacking, "whose": "the authors'"}]


def whole(scores: RunScores) -> RunScores:
    return replace(scores, dataset="OTB100", coverage="OTB100, 100 sequences", complete=True, rendered=False)


def test_a_whole_run_of_the_authors_network_stands_beside_the_printed_number(scores: RunScores) -> None:
    tracker = scores.trackers[0]
    assert tracker.summary is not None
    (line,) = reproduction_lines(whole(scores), facts(tracker.name))
    cell = line.cells[0]
    assert (cell.measure, cell.printed) == ("auc", (".626 (MemTrack)",))
    assert [float(text) for text in cell.from_printed] == [round(tracker.summary.overall.auc - 0.626, 3)]
    assert cell.measured.startswith(f"{tracker.summary.overall.auc:.3f} [")


def test_no_difference_where_a_file_was_missing_or_the_run_is_partial(scores: RunScores) -> None:
    name = scores.trackers[0].name
    lacking = facts(name, ("the folder with model.ckpt-N.index",))
    for found in (
        reproduction_lines(whole(scores), lacking),
        reproduction_lines(replace(whole(scores), complete=False), facts(name)),
        reproduction_lines(whole(scores), facts("another")),
    ):
        assert [cell.from_printed for cell in found[0].cells] == [("",), ("",)]


def test_what_raw_boxes_give_is_no_printed_number(scores: RunScores) -> None:
    (line,) = reproduction_lines(whole(scores), facts(scores.trackers[0].name, published=("TrDiMP",)))
    assert line.cells[0].raw[:2] == (".700 (TrDiMP)", ".701 (TrDiMP)")
    assert not set(line.cells[0].raw) & set(line.cells[0].printed)


def test_what_is_known_of_boxes_is_what_is_expected(scores: RunScores) -> None:
    tracker = scores.trackers[0]
    assert tracker.summary is not None
    (line,) = reproduction_lines(whole(scores), facts(tracker.name, published=("SiamFC-3s",)))
    auc, precision = line.cells
    assert auc.raw == (".5821 (the authors' MATLAB tracker)", ".5932 (a run of siamfc-pytorch)")
    assert precision.raw[0] == ".7705 (the authors' MATLAB tracker)"
    value = tracker.summary.overall.auc
    assert [float(text) for text in auc.from_raw] == [round(value - 0.5821, 3), round(value - 0.5932, 3)]
    (line,) = reproduction_lines(whole(scores), facts(tracker.name, ("a file",), published=("SiamFC-3s",)))
    assert line.cells[0].from_raw == ("", "")


def test_boxes_scores_belong_to_printed_rows() -> None:
    known = {one.name for one in load_published()}
    assert {one.of for one in load_raw()} <= known


def test_the_page_says_so(tmp_path, scores: RunScores, monkeypatch) -> None:
    monkeypatch.setattr(RunScores, "read", classmethod(lambda cls, run: whole(scores)))
    name = scores.trackers[0].name
    text = write_reproduction(tmp_path, facts(name)).read_text()
    assert "Authors&#39; networks: 1 of 1" in text or "Authors' networks: 1 of 1" in text
    assert ".626 (MemTrack)" in text
    assert "No digest of the authors' files is known" in text
    text = write_reproduction(tmp_path, facts(name, ("dimp50.pth",))).read_text()
    assert "nothing is reproduced" in text
    assert "dimp50.pth is missing" in text
    table, whose = text.partition("Whose is what")[::2]
    assert "compact weights" in table.partition("<tbody>")[2]
    assert "With it: the authors" in whose
