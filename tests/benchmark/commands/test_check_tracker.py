"""`run_bench check-tracker`: lines, JSON and exit codes, and trackers that end their process or never come back."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmark.contract import apart
from benchmark.contract.checks import CHECKS, check_tracker
from trackers.names import resolve

STILL = """
import os, time
from trackers.api import register
@register("still", remembers="nothing")
class Still:
    def init(self, image, box): self.box, self.times = box.copy(), 0
    def update(self, image):
        self.times += 1
        {}
        return self.box
"""
NEVER_BUILT = """
from trackers.api import Tracker, register
@register("never", remembers="nothing")
class Never(Tracker):
    def __init__(self, config, weights, device): raise RuntimeError("no")
    def start(self, frames, boxes, seeds): pass
    def step(self, state, frames): pass
"""


@pytest.fixture
def still(tmp_path: Path):
    def write(update: str = "pass") -> str:
        (tmp_path / "still.py").write_text(STILL.format(update))
        return f"py:{tmp_path / 'still.py'}"

    return write


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Check in this process, which saves starting another."""
    monkeypatch.setattr(apart, "check_apart", lambda name, device, timeout: check_tracker(resolve(name), device))


def test_every_check_is_a_line_and_fine_ends_with_0(still, run_bench) -> None:
    done = run_bench("check-tracker", still(), "--device", "cpu")
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert [line.split("  ")[1].strip() for line in lines] == list(CHECKS)
    assert all(line.startswith("py:still.py  ") and "  fine  " in line for line in lines)


def test_json_has_every_line_and_a_broken_contract_ends_with_1(here, still, run_bench) -> None:
    done = run_bench("check-tracker", still("self.box = self.box + os.urandom(1)[0] / 99"), "--json", "-")
    assert done.returncode == 1
    rows = json.loads(done.stdout)
    assert [row["check"] for row in rows] == list(CHECKS)
    assert [row["check"] for row in rows if row["verdict"] == "broken"] == ["repeats"]
    assert {row["tracker"] for row in rows} == {"py:still.py"}


def test_what_a_run_puts_right_ends_with_1_only_where_it_is_to_be_strict(here, still, run_bench) -> None:
    name = still("image[:] = 0")
    assert run_bench("check-tracker", name).returncode == 0
    assert run_bench("check-tracker", name, "--strict").returncode == 1


def test_a_tracker_that_ends_its_process_or_never_comes_back_is_a_line(still, run_bench) -> None:
    done = run_bench("check-tracker", still("os._exit(3) if image.shape[0] == 150 else None"))
    assert done.returncode == 1
    lines = {line.split("  ")[1].strip(): line for line in done.stdout.splitlines()}
    assert list(lines) == list(CHECKS)
    assert "fine" in lines["shapes"]
    assert "ends its process, exit code 3" in lines["repeats"]
    assert "cannot tell" in lines["speed"]
    done = run_bench("check-tracker", still("time.sleep(600) if image.shape[0] == 150 else None"), "--timeout", "5")
    assert done.returncode == 1
    assert "does not come back within 5 s" in done.stdout


def test_one_that_cannot_be_built_keeps_no_other_from_being_checked(here, still, tmp_path: Path, run_bench) -> None:
    broken = tmp_path / "broken.py"
    broken.write_text(NEVER_BUILT)
    done = run_bench("check-tracker", f"py:{broken},{still()}", "--json", tmp_path / "all.json")
    assert done.returncode == 2
    assert {row["tracker"] for row in json.loads((tmp_path / "all.json").read_text())} == {"py:still.py"}


def test_a_tracker_that_cannot_be_built_or_found_is_bad_input(still, run_bench) -> None:
    for name, line in (
        (still("this is no Python"), "cannot be loaded: SyntaxError"),
        ("siamf", "Did you mean 'siamfc'"),
    ):
        done = run_bench("check-tracker", name)
        assert done.returncode == 2
        assert line in done.stderr
        assert len(done.stderr.strip().splitlines()) == 1
