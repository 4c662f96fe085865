"""A cost that was taken beside other work says so wherever it stands."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from benchmark.commands.scoreboard import table
from benchmark.scores import RunScores
from benchmark.store.record import read_arrays, write_arrays
from reports.compare.model import compare_runs
from reports.compare.tables import comparison_tables
from reports.model import build_report
from reports.sentences import cost
from reports.tables import make_tables
from reports.write import write_report

MARK = "measured beside other work: {} % of the processors were busy with something else"


@pytest.fixture
def busy_run(make: Callable[..., Path], tmp_path: Path) -> Path:
    """A run of siamfc, in which others took 62 % of the machine, and of memtrack, in which nobody did."""
    run = make(tmp_path, {"siamfc": 0.5, "memtrack": 0.7}, ["first", "second"], pictures=False)
    scores = json.loads((run / "scores.json").read_text())
    for one in scores["trackers"]:
        one.update(busy_cores=1.24 if one["name"] == "siamfc" else 0.1, cores=2)
    (run / "scores.json").write_text(json.dumps(scores))
    return run


def disturb_latency(run: Path, tracker: str, busy_cores: float) -> None:
    for file in (run.parent.parent / "records" / "folder" / tracker).rglob("*.latency.npz"):
        facts, arrays = read_arrays(file)
        write_arrays(file, {**facts, "busy_cores": busy_cores, "cores": 4, "loaded": True}, arrays)


def forget_latency(run: Path) -> None:
    for file in (run.parent.parent / "records").rglob("*.latency.npz"):
        file.unlink()


def test_throughput_beside_other_work_is_marked(busy_run: Path, tmp_path: Path) -> None:
    forget_latency(busy_run)
    report = build_report([busy_run])
    page = write_report(report, tmp_path / "out", figures=False).read_text()
    mark = MARK.format(62)
    assert mark in page
    assert [name for name, one in ((s.tracker, s) for s in report.speeds) if one.load_mark == mark] == ["siamfc"]
    (answer,) = report.answers
    assert f"siamfc {mark}" in cost(answer)
    tables = tmp_path / "out" / "tables"
    assert mark in (tables / "throughput.md").read_text()
    assert "other work" in (tables / "throughput.csv").read_text()
    assert "other work" in (tables / "throughput.tex").read_text()
    assert "latency" not in {file.stem for file in tables.iterdir()}
    board = table(RunScores.read(busy_run))
    (speeds,) = [column for column in board.columns if column.header == "frames/s"]
    assert [cell.endswith(" !") for cell in speeds.cells] == [False, True], "the best tracker is memtrack"
    assert str(board.caption).splitlines()[1:] == [f"! siamfc: {mark}"]


def test_latency_and_memory_beside_other_work_are_marked(busy_run: Path, tmp_path: Path) -> None:
    disturb_latency(busy_run, "memtrack", 1.0)
    report = build_report([busy_run])
    latency = {one.tracker: one.latency for one in report.speeds}
    assert latency["memtrack"].load_mark == MARK.format(25)
    assert latency["siamfc"].load_mark == ""
    (answer,) = report.answers
    assert cost(answer).endswith(f"MB; memtrack {MARK.format(25)}.")
    page = write_report(report, tmp_path / "out", figures=False).read_text()
    assert MARK.format(25) in page
    assert MARK.format(25) in (tmp_path / "out" / "tables" / "latency.md").read_text()


@pytest.mark.parametrize("nothing", [None, 0], ids=["now", "of older measurements"])
def test_what_was_not_counted_is_no_zero(busy_run: Path, nothing: int | None) -> None:
    for file in (busy_run.parent.parent / "records" / "folder" / "siamfc").rglob("*.latency.npz"):
        kept = read_arrays(file)
        assert kept is not None
        write_arrays(file, {**kept[0], "gflop": nothing, "parameters": nothing}, kept[1])
    latency = make_tables(build_report([busy_run]))["latency"]
    found = {row[0].text: [one.text for column, one in zip(latency.columns, row, strict=True)
                           if column.key in ("gflop", "parameters")] for row in latency.rows}  # fmt: skip
    assert found == {"siamfc": ["–", "–"], "memtrack": ["3.0", "1.20"]}


def test_a_comparison_marks_both(busy_run: Path) -> None:
    disturb_latency(busy_run, "memtrack", 1.0)
    speed = comparison_tables(compare_runs(busy_run, busy_run, frames=False))["speed"]
    marked = {row[0].text: row[0].note for row in speed.rows}
    assert MARK.format(62) in marked["A: siamfc"]
    assert MARK.format(62) in marked["B: siamfc"]
    assert MARK.format(25) in marked["A: memtrack"]


def test_what_nobody_measured_is_not_marked(make: Callable[..., Path], tmp_path: Path) -> None:
    run = make(tmp_path, {"siamfc": 0.5}, ["first"], pictures=False)
    assert RunScores.read(run).trackers[0].busy_cores is None
    assert "beside other work" not in write_report(build_report([run]), tmp_path / "out", figures=False).read_text()
