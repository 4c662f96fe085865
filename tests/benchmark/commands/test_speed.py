from __future__ import annotations

import json
from pathlib import Path

from benchmark.commands.speed import _table
from benchmark.engine.clock import Latency

CHANCE = """
import numpy as np
from trackers.api import register
@register("chance", remembers="nothing")
class Chance:
    def init(self, image, box):
        self.box, self.random = box, np.random.default_rng()
    def update(self, image):
        return self.box + self.random.random()
"""


def test_a_speed_belongs_to_the_boxes_of_the_record(run_bench, picture_folder: Path, tmp_path: Path) -> None:
    words = ("speed", "-t", "cv2:kcf", "-d", "folder", "--data-root", picture_folder, "--results", tmp_path / "r")
    done = run_bench(*words, "--json", "-")
    assert done.returncode == 0, done.stderr
    row = json.loads(done.stdout)["trackers"]["cv2:kcf"]
    assert row["sequences"] == ["first", "second"]
    assert row["frames"] == 5 + 7
    assert row["invalid"] == []
    assert row["median_ms"] <= row["p95_ms"] <= row["p99_ms"]
    assert len(list((tmp_path / "r").rglob("*.latency.npz"))) == 2


def test_what_was_not_counted_is_no_zero() -> None:
    latency = Latency(9, 25.0, 40.0, 48.0, 55.0, 60.0, 1.5, 700.0, None, None, 20.0, 0.0)
    shown = _table({"cv2:kcf": {**latency.to_dict(), "invalid": []}}, "cpu")
    cells = {str(column.header): list(column.cells) for column in shown.columns}
    assert (cells["GFLOP"], cells["parameters"]) == (["-"], ["-"])


def test_boxes_that_do_not_repeat_make_a_speed_invalid(run_bench, picture_folder: Path, tmp_path: Path) -> None:
    (tmp_path / "chance.py").write_text(CHANCE)
    words = ("-t", f"py:{tmp_path / 'chance.py'}", "-d", "folder", "--data-root", picture_folder)
    done = run_bench("speed", *words, "--results", tmp_path / "r", "--json", "-")
    assert done.returncode == 1
    (row,) = json.loads(done.stdout)["trackers"].values()
    assert row["invalid"] == [f"{n}: boxes differ from the record from frame 1 on" for n in ("first", "second")]


FAILS = """
from trackers.api import register
class Own(Exception):
    def __init__(self, a, b): super().__init__(a)
@register("fails", remembers="nothing")
class Fails:
    def init(self, image, box): self.box = box
    def update(self, image): raise Own("no more", 1)
"""


def test_a_tracker_that_fails_is_told_of_and_the_others_are_timed(
    run_bench, picture_folder: Path, tmp_path: Path
) -> None:
    (tmp_path / "fails.py").write_text(FAILS)
    words = ("-t", f"py:{tmp_path / 'fails.py'},cv2:kcf", "-d", "folder", "--data-root", picture_folder)
    done = run_bench("speed", *words, "--results", tmp_path / "r", "--json", "-")
    assert done.returncode == 1
    found = json.loads(done.stdout)
    assert list(found["trackers"]) == ["cv2:kcf"]
    assert found["failed"] == {"py:fails.py": "Own: no more"}
    assert "py:fails.py cannot be timed: Own: no more" in done.stderr


def test_one_sequence_is_not_enough(run_bench, picture_folder: Path, tmp_path: Path) -> None:
    words = ("speed", "-d", "folder", "--data-root", picture_folder, "--results", tmp_path, "--sequences", "first")
    done = run_bench(*words)
    assert done.returncode == 2
    assert "two sequences" in done.stderr
