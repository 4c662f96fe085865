"""With the real vot-toolkit, offline, on two made sequences: its runs and its figures against ours."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from benchmark.store.reading import read_manifest
from benchmark.store.results import Results
from benchmark.vot.exporting import trajectory_lines
from benchmark.vot.toolkit import find_toolkit
from trackers.errors import InputError

pytestmark = pytest.mark.slow
FRAMES = {"bicycle": 130, "bolt": 121}
TRACKER = """
import cv2
import numpy as np
from trackers.api import register


@register("patch", remembers="the first frame's patch")
class Patch:
    def init(self, image, box):
        x, y, w, h = (max(1, round(value)) for value in box)
        self.box, self.patch, self.age = np.array(box, float), image[y : y + h, x : x + w], 0
        self.off = np.array(box[:2]) - (x, y)

    def update(self, image):
        self.age += 1
        found = cv2.matchTemplate(image, self.patch, cv2.TM_CCOEFF_NORMED)
        _, score, _, place = cv2.minMaxLoc(found)
        self.box[:2] = place + self.off + [0.37 * (self.age % 5), 0]
        if self.age % 43 == 0 and self.box[2] > 27:
            self.box[:2] = 1, 1
        return self.box, max(score, 0.0)
"""
STUCK = "import sys, time\nprint('about to wait', file=sys.stderr, flush=True)\ntime.sleep(600)\n"


@pytest.fixture(scope="module")
def toolkit():
    try:
        return find_toolkit()
    except InputError as error:
        pytest.skip(f"needs vot-toolkit's environment: {error}")


@pytest.fixture
def year(tmp_path: Path) -> Path:
    """Two sequences of VOT2013, of which no challenge has set a span, with polygons whose corners have decimals."""
    rng = np.random.default_rng(5)
    for name, frames in FRAMES.items():
        folder = tmp_path / "VOT2013" / name
        (folder / "color").mkdir(parents=True)
        backdrop = cv2.GaussianBlur(rng.integers(60, 120, (120, 160, 3), np.uint8), (7, 7), 0)
        patch = cv2.resize(rng.integers(0, 255, (5, 6, 3), np.uint8), (24, 20), interpolation=cv2.INTER_NEAREST)
        lines, anchors = [], ["0"] * frames
        for i in range(frames):
            x, y = round(20 + 40 * (1 + np.sin(i / 20))), round(20 + 25 * (1 + np.cos(i / 30)))
            image = backdrop.copy()
            image[y : y + 20, x : x + 24] = patch
            cv2.imwrite(str(folder / "color" / f"{i + 1:08d}.jpg"), image)
            wide = 24.5 if name == "bicycle" else 28.5  # whose target the tracker loses
            corners = [(x - 0.213, y + 0.4), (x + wide, y - 0.25), (x + wide + 0.6, y + 20.77), (x, y + 20)]
            lines.append(",".join(f"{value:.4f}" for corner in corners for value in corner))
        anchors[0], anchors[50], anchors[100], anchors[-1] = "1", "1", "-1", "-1"
        (folder / "groundtruth.txt").write_text("\n".join(lines) + "\n")
        (folder / "anchor.value").write_text("\n".join(anchors) + "\n")
        (folder / "occlusion.tag").write_text("\n".join("1" if 40 <= i < 50 else "0" for i in range(frames)) + "\n")
    (tmp_path / "patch.py").write_text(TRACKER)
    return tmp_path


def data(year: Path, tracker: str = "patch.py") -> list[object]:
    return ["-t", f"py:{year / tracker}", "-d", "VOT2013", "--data-root", year, "--subset", "available"]


def own_run(run_bench, year: Path, protocol: str) -> tuple[Path, dict]:
    done = run_bench(*data(year), "--protocol", protocol, "--json", year / "own.json")
    assert done.returncode == 0, done.stderr
    (run,) = (year / "results" / "runs").iterdir()
    return run, json.loads((year / "own.json").read_text())["trackers"][0]["vot"]["measures"][0]


@pytest.mark.parametrize("kind", ["supervised", "multistart"])
def test_the_toolkits_run_is_ours_box_for_box_and_its_figures_are_ours(run_bench, toolkit, year: Path, kind) -> None:
    run, own = own_run(run_bench, year, f"vot-{kind}")
    there = year / "ws"
    done = run_bench("vot", "run", *data(year), "--stack", kind, "--workspace", there, "--json", year / "theirs.json",
                     "--results", year / "results", "--timeout", 120, "--into", run)  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    store, lines = Results(year / "results", write=False), 0
    for one in read_manifest(run)["records"]:
        record = store.find("VOT2013", one["tracker"], one["key"], one["sequence"], one["start"], one["repeat"])
        assert record is not None
        number = "001" if kind == "supervised" else f"{one['start']:08d}"
        (file,) = (there / "results").glob(f"*/baseline/{one['sequence']}/{one['sequence']}_{number}.txt")
        for ours, theirs in zip(trajectory_lines(record), file.read_text().split(), strict=True):
            assert [float(value) for value in ours.split(",")] == pytest.approx(
                [float(value) for value in theirs.split(",")], abs=6e-5
            )
            lines += 1
    assert lines >= sum(FRAMES.values())
    (figures,) = json.loads((year / "theirs.json").read_text())["figures"]
    assert own["failures"] > 0 or kind == "multistart"
    assert own["eao"] is not None
    for name in ("accuracy", "robustness", "eao"):
        assert own[name] == pytest.approx(figures[name], abs=1e-6), name
    page = (run / "report.html").read_text()
    assert "vot-toolkit 0.7.4" in page

    out = year / "exported"
    done = run_bench("export", run, "--format", "vot-workspace", "--out", out, "--results", year / "results")
    assert done.returncode == 0, done.stderr
    assert not list(out.rglob("*.jpg"))
    done = run_bench("vot", "analyse", out, "--json", year / "exported.json")
    assert done.returncode == 0, done.stdout + done.stderr
    (figures,) = json.loads((year / "exported.json").read_text())["figures"]
    for name in ("accuracy", "robustness", "eao"):
        assert own[name] == pytest.approx(figures[name], abs=1e-6), name
    assert figures["curve"][1:] == pytest.approx(own["curve"][1:], abs=1e-6)


def test_a_tracker_that_does_not_load_or_never_speaks_is_said_and_the_others_go_on(
    run_bench, toolkit, year: Path
) -> None:
    (year / "dies.py").write_text(TRACKER.replace("self.age += 1", "raise RuntimeError('out of memory, say')"))
    words = ["vot", "run", *data(year), "-t", f"py:{year / 'dies.py'}", "--stack", "unsupervised", "--workspace",
             year / "ws", "--results", year / "results", "--timeout", 60]  # fmt: skip
    done = run_bench(*words)
    assert done.returncode == 1
    assert "py:dies.py has not finished: 2 of 2 results are missing" in done.stderr
    assert "out of memory, say" in done.stderr
    assert "py:patch.py" in done.stdout
    kept = {file: file.stat().st_mtime for file in (year / "ws" / "results").rglob("*_001.txt")}
    assert len(kept) == 2
    assert run_bench(*words).returncode == 1
    assert {file: file.stat().st_mtime for file in kept} == kept


def test_a_silent_tracker_is_ended_by_our_own_watchdog(run_bench, toolkit, year: Path) -> None:
    from benchmark.vot.evaluating import evaluate

    done = run_bench("vot", "run", *data(year), "--stack", "unsupervised", "--workspace", year / "ws", "--results",
                     year / "results", "--timeout", 120)  # fmt: skip
    assert done.returncode == 0, done.stderr
    (year / "stuck.py").write_text(STUCK)
    ini = year / "ws" / "trackers.ini"
    ini.write_text(ini.read_text().replace("engram_tracker.py", "../stuck.py").replace("[py_", "[stuck_"))
    identifier = ini.read_text().partition("]")[0].strip("[")
    ended = evaluate(toolkit, year / "ws", identifier, 15.0, lambda: None)
    assert ended.silent
    assert ended.code != 0
