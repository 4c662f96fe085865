"""`run_bench bless` and `run_bench gate` as a user types them."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest

SLOWER = """
import time
import numpy as np
from trackers.api import register
@register("steady", remembers="the first box")
class Steady:
    def init(self, image, box):
        self.box = box
    def update(self, image):
        work = np.ones((60, 60))
        for _ in range(WORK):
            work = work @ work / 60
        return self.box + [SHIFT, 0, 0, 0]
"""


class Bench:
    """A folder with a tracker of our own, a run and a baseline."""

    def __init__(self, run_bench, folder: Path, videos: Path) -> None:
        self.run_bench, self.videos, self.folder = run_bench, videos, folder
        self.baseline, self.results = folder / "base.json", folder / "results"
        self.file = folder / "steady.py"

    def write(self, work: int = 100, shift: float = 0.0) -> None:
        self.file.write_text(SLOWER.replace("WORK", str(work)).replace("SHIFT", str(shift)))

    def run(self, *words: object):
        data = ("-t", f"py:{self.file}", "-d", "folder", "--data-root", self.videos)
        done = self.run_bench("run", *data, "--results", self.results, "-q", *words)
        assert done.returncode == 0, done.stderr

    def bless(self, *words: object):
        options = ("--baseline", self.baseline, "--results", self.results, "--data-root", self.videos)
        return self.run_bench("bless", *options, "--reason", "a test", *words)

    def gate(self, *words: object):
        options = ("--baseline", self.baseline, "--results", self.results, "--data-root", self.videos)
        return self.run_bench("gate", *options, *words)


@pytest.fixture
def bench(run_bench, tmp_path: Path, picture_folder: Path) -> Bench:
    made = Bench(run_bench, tmp_path, picture_folder)
    made.write()
    made.run()
    assert made.bless("--no-speed").stdout.endswith(", 1 tracker, without speeds\n")
    return made


def test_nothing_changed_passes(bench: Bench) -> None:
    done = bench.gate("--no-speed")
    assert done.returncode == 0, done.stderr
    assert "nothing is worse than the baseline (1 verdict)" in done.stdout
    (verdict,) = json.loads(bench.gate("--no-speed", "--json", "-").stdout)["verdicts"]
    assert "equal bit for bit" in verdict["says"]


def test_boxes_that_move_fail_until_they_are_meant_or_blessed(bench: Bench) -> None:
    bench.write(shift=-1.5)
    bench.run()
    done = bench.gate("--no-speed", "--out", bench.folder / "out")
    assert done.returncode == 1
    assert "WORSE" in done.stdout
    data = json.loads((bench.folder / "out" / "gate.json").read_text())
    (verdict,) = data["verdicts"]
    assert verdict["facts"]["rule"] == "equal"
    assert verdict["facts"]["parted"][0]["pixels"] == pytest.approx(1.5)
    assert "WORSE" in (bench.folder / "out" / "gate.md").read_text()
    assert ElementTree.parse(bench.folder / "out" / "gate.xml").getroot().get("failures") == "1"
    assert "from frame 1 on, by up to 1.5 px" in (bench.folder / "out" / "gate.html").read_text()
    assert (bench.folder / "out" / "compare" / "compare.html").is_file()
    assert bench.gate("--no-speed", "--informational").returncode == 0
    meant = bench.gate("--no-speed", "--intended", "py:steady.py", "--json", "-")
    assert json.loads(meant.stdout)["verdicts"][0]["facts"]["rule"] == "retrained"
    blessed = bench.bless("--no-speed")
    assert blessed.returncode == 0
    assert "boxes differ on 3 of 3 sequences" in blessed.stdout
    assert bench.gate("--no-speed").returncode == 0


def test_a_refactoring_that_keeps_boxes_passes_and_says_that_code_changed(bench: Bench) -> None:
    bench.write(work=101)
    bench.run()
    done = bench.gate("--no-speed", "--json", "-")
    assert done.returncode == 0
    assert "code or configuration changed" in json.loads(done.stdout)["verdicts"][0]["basis"]


def test_a_run_of_other_code_is_not_judged(bench: Bench) -> None:
    bench.write(work=101)
    done = bench.gate("--no-speed")
    assert done.returncode == 2
    assert "the run was made by other code" in done.stderr


@pytest.mark.parametrize(
    ("run", "line"),
    [
        (("--profile", "got10k"), "has profile otb, the run has got10k"),
        (("--limit-frames", "5"), "has frame limit None, the run has 5"),
        (("--sequences", "first"), "the run lacks second"),
        (("--repeats", "2"), "the gate judges one pass"),
    ],
)
def test_a_run_that_does_not_fit_is_one_line_and_exit_code_2(bench: Bench, run: tuple[str, str], line: str) -> None:
    bench.run(*run)
    done = bench.gate("--no-speed")
    assert done.returncode == 2
    assert line in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_part_of_a_baseline_is_judged_where_that_is_asked_for(bench: Bench) -> None:
    bench.run("--sequences", "first,third")
    done = bench.gate("--no-speed", "--partial")
    assert done.returncode == 0
    assert "judged on 2 of 3 sequences" in done.stdout


def test_bad_files_and_options_are_one_line(bench: Bench) -> None:
    text = bench.baseline.read_text()
    bench.baseline.write_text(text.replace('"seed": 0', '"seed": 1'))
    assert "does not match its digest" in bench.gate("--no-speed").stderr
    bench.baseline.write_text(text[:500])
    assert "cannot be read (Unterminated string" in bench.gate("--no-speed").stderr
    bench.baseline.unlink()
    done = bench.gate("--no-speed")
    assert (done.returncode, "there is no baseline" in done.stderr) == (2, True)
    assert "--against times another revision" in bench.gate("--no-speed", "--against", "main").stderr
    assert bench.bless("--no-speed", "nowhere").returncode == 2


def test_a_run_with_failures_is_not_blessed(bench: Bench) -> None:
    (bench.videos / "second" / "img" / "0004.png").write_bytes(b"no picture")
    data = ("-t", f"py:{bench.file}", "-d", "folder", "--data-root", bench.videos, "--results", bench.results, "-q")
    assert bench.run_bench("run", *data).returncode == 1
    done = bench.bless("--no-speed")
    assert done.returncode == 2
    assert "a baseline must be whole" in done.stderr


@pytest.mark.slow
def test_speed_is_timed_remembered_and_a_slower_tracker_found(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("benchmark.gate.measuring.VISITS", 3)
    monkeypatch.setattr("benchmark.gate.measuring.ROUNDS", 2)
    assert bench.bless().returncode == 0
    history = bench.folder / "history.jsonl"
    bench.write(work=1000)
    bench.run()
    done = bench.gate("--json", "-", "--history", history)
    verdicts = {one["measure"]: one for one in json.loads(done.stdout)["verdicts"]}
    assert done.returncode == 1, verdicts
    assert verdicts["accuracy"]["status"] == "pass"
    assert verdicts["median"]["status"] == "fail"
    assert verdicts["median"]["facts"]["ratio"] > 3
    assert json.loads(history.read_text())["figures"]["py:steady.py"]["accuracy"] > 0
    assert history.with_suffix(".svg").read_text().startswith("<?xml")


def test_a_speed_without_the_boxes_of_the_run_is_no_evidence(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("benchmark.gate.measuring.VISITS", 1)
    monkeypatch.setattr("benchmark.gate.measuring.ROUNDS", 1)
    assert bench.bless().returncode == 0
    monkeypatch.setattr("benchmark.gate.matching.check_current", lambda run: None)
    bench.write(shift=-9)  # changed after the run
    done = bench.gate("--json", "-")
    assert done.returncode == 3
    assert "did not give the boxes of the run" in json.loads(done.stdout)["verdicts"][1]["says"]
