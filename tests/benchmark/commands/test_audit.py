from __future__ import annotations

import json
from pathlib import Path

import pytest

RESTLESS = """
import random
from trackers.api import register
chance = random.SystemRandom()
@register("restless", remembers="nothing")
class Restless:
    def init(self, image, box): self.box = box
    def update(self, image):
        self.box = self.box + chance.random()
        return self.box
"""


@pytest.fixture
def words(picture_folder: Path) -> tuple[object, ...]:
    return ("-d", "folder", "--data-root", picture_folder, "--sequences", "first,second", "--limit-frames", 5)


def test_a_sound_tracker_is_said_to_be_equal(run_bench, words) -> None:
    done = run_bench("audit", "-t", "siamfc-s1", *words, "--lanes", "1,2")
    assert done.returncode == 0, done.stdout
    assert "siamfc-s1, lanes 1, again: 2 of 2 sequences equal bit for bit" in done.stdout
    assert "siamfc-s1, lanes 1 and 2: " in done.stdout


def test_a_tracker_that_draws_by_itself_is_caught_with_frame_and_pixels(run_bench, words, tmp_path: Path) -> None:
    (tmp_path / "restless.py").write_text(RESTLESS)
    name = f"py:{tmp_path / 'restless.py'}"
    done = run_bench("audit", "-t", f"{name},cv2:kcf", *words, "--json", tmp_path / "audit.json")
    assert done.returncode == 1
    assert "DIFFERS" in done.stdout
    assert "0 of 2 sequences equal bit for bit; 2 differs" in done.stdout
    rows = json.loads((tmp_path / "audit.json").read_text())
    caught = [row for row in rows if row["tracker"] == "py:restless.py"]
    assert [(row["sound"], row["frame"], row["lanes"]) for row in caught] == [(False, 1, [1, 1])] * 2
    assert all(0 < row["pixels"] <= 1 for row in caught)
    assert all(row["sound"] for row in rows if row["tracker"] == "cv2:kcf")
    assert not (tmp_path / "results").exists()


def test_json_alone_on_the_standard_output(run_bench, words) -> None:
    done = run_bench("audit", "-t", "cv2:kcf", *words, "--json", "-")
    assert [row["verdict"] for row in json.loads(done.stdout)] == ["equal", "equal"]


@pytest.mark.parametrize("lanes", ["", "0,1", "two", "1;4"])
def test_lane_counts_that_are_none_are_refused(run_bench, words, lanes: str) -> None:
    done = run_bench("audit", "-t", "cv2:kcf", *words, "--lanes", lanes)
    assert done.returncode == 2
    assert "is not a list of lane counts such as 1,4" in done.stderr
