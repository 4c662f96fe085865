from __future__ import annotations

import json
from pathlib import Path

import cv2
import layouts
import numpy as np
import pytest
from conftest import paint

from benchmark.store.reading import read_manifest

TRACKER = """
import numpy as np
from trackers.api import register


@register("stays", remembers="where it began, for {patience} frames")
class Stays:
    def init(self, image, box):
        self.box, self.age = np.array(box), 0

    def update(self, image):
        self.age += 1
        return self.box if self.age < {patience} else np.array([1.0, 1.0, 4.0, 4.0])
"""


@pytest.fixture
def year(tmp_path: Path) -> Path:
    """Two sequences of VOT2018 whose target is a polygon that stays where it is."""
    for name, frames in (("ants1", 30), ("bag", 24)):
        folder = layouts.vot(tmp_path / "VOT2018", name, ["40,40,69,41,70,63,41,64"] * frames, tags=["occlusion"])
        for index, picture in enumerate(paint(frames, step=0), start=1):
            cv2.imwrite(str(folder / "color" / f"{index:08d}.jpg"), picture[..., ::-1])
    (tmp_path / "stays.py").write_text(TRACKER.format(patience=12))
    return tmp_path


def scores_of(run_bench, year: Path, *words: object) -> tuple[dict, str]:
    file = year / "scores.json"
    done = run_bench("-t", f"py:{year / 'stays.py'}", "-d", "VOT2018", "--data-root", year, "--subset", "available",
                     "--json", file, *words)  # fmt: skip
    assert done.returncode == 0, done.stderr
    return json.loads(file.read_text()), done.stdout + done.stderr


def test_restarts_are_run_kept_scored_and_reported(run_bench, year: Path) -> None:
    scores, said = scores_of(run_bench, year, "--protocol", "vot-supervised")
    (tracker,) = scores["trackers"]
    toolkit, pysot = tracker["vot"]["measures"]
    assert (toolkit["profile"], pysot["profile"]) == ("vot-toolkit", "pysot-toolkit")
    assert toolkit["failures"] == 3 == pysot["failures"]  # frame 12 of each, shown again in 17; of ants1 29 too
    assert tracker["vot"]["sequences"]["ants1"]["failures"] == 2
    assert tracker["vot"]["attributes"]["occlusion"]["frames"] == 2
    assert 0.8 < toolkit["accuracy"] < 1
    assert toolkit["eao"] is None
    assert "no sequence here has more than 30" in tracker["vot"]["span_from"]
    assert "VOT's measures" in said
    run = next((year / "results" / "runs").iterdir())
    page = (run / "report.html").read_text()
    assert "table-vot" in page
    assert "stand beside those of no other protocol" in page
    (first, _) = read_manifest(run)["records"]
    assert first["begun"] == "supervised"
    _, again = scores_of(run_bench, year, "--protocol", "vot-supervised")
    assert "2 of 2 trajectories are kept from earlier runs; nothing is left to run" in again


def test_other_regions_are_another_run(run_bench, year: Path) -> None:
    scores_of(run_bench, year, "--protocol", "vot-supervised")
    truth = year / "VOT2018" / "bag" / "groundtruth.txt"
    truth.write_text(truth.read_text().replace("40,40,69,41,70,63,41,64", "41,64,40,40,69,41,70,63", 5))
    _, again = scores_of(run_bench, year, "--protocol", "vot-supervised")
    assert "1 of 2 trajectories are kept from earlier runs; 1 are left to run" in again


def test_anchors_are_run_both_ways_and_a_backward_run_is_drawn_forwards(run_bench, year: Path) -> None:
    for name, frames in (("ants1", 30), ("bag", 24)):
        anchors = ["0"] * frames
        anchors[-1] = "-1"
        (year / "VOT2018" / name / "anchor.value").write_text("\n".join(anchors) + "\n")
        hidden = [int(name == "ants1" and 15 <= i <= 20) for i in range(frames)]  # lost in 17, coming from 29
        (year / "VOT2018" / name / "occlusion.tag").write_text("\n".join(map(str, hidden)) + "\n")
        (year / "VOT2018" / name / "camera_motion.tag").write_text("1\n" * frames)
    scores, _ = scores_of(run_bench, year, "--protocol", "vot-multistart")
    (measures,) = scores["trackers"][0]["vot"]["measures"]
    hidden, moving = (scores["trackers"][0]["vot"]["attributes"][one] for one in ("occlusion", "camera_motion"))
    assert (hidden["frames"], hidden["failures"]) == (6, 1)
    assert hidden["accuracy"] == pytest.approx(measures["accuracy"] * 12 / 11, rel=1e-6)  # none was shown there: no 0
    assert (moving["frames"], moving["failures"]) == (54, 2)
    assert moving["accuracy"] == pytest.approx(measures["accuracy"], rel=1e-12)
    assert measures["failures"] == 2  # ten frames on end without the target
    assert measures["robustness"] == pytest.approx((12 + 12) / 54, abs=0.03)
    run = next((year / "results" / "runs").iterdir())
    assert {one["begun"] for one in read_manifest(run)["records"]} == {"backward-00000029", "backward-00000023"}
    text = next((run / "boxes").glob("*/backward-00000029/ants1.txt"))
    assert np.loadtxt(text, delimiter=",").shape == (30, 4)
    done = run_bench("report", run, "--results", year / "results")
    assert done.returncode == 0, done.stderr


def test_a_wrong_file_of_anchors_is_said(run_bench, year: Path) -> None:
    (year / "VOT2018" / "bag" / "anchor.value").write_text("1\n0\n")
    done = run_bench("-t", "cv2:kcf", "-d", "VOT2018", "--data-root", year, "--subset", "available")
    assert done.returncode == 2
    assert "anchor.value: one number a frame is wanted, 24 of them" in done.stderr


def test_telemetry_and_restarts_do_not_go_together(run_bench, year: Path) -> None:
    done = run_bench("-t", "siamfc", "--protocol", "vot-supervised", "--telemetry")
    assert done.returncode == 2
    assert "leave one of them out" in done.stderr
