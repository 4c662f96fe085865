from __future__ import annotations

import errno
import json
import os
import stat
import time
from pathlib import Path

import numpy as np
import pytest
import yaml
from conftest import write_folder

from benchmark.datasets.region import Mask
from benchmark.datasets.regions import parse_regions
from benchmark.store.results import Results
from benchmark.vot import evaluating
from benchmark.vot.evaluating import evaluate
from benchmark.vot.exporting import export_workspace
from benchmark.vot.figures import ToolkitFigures, read_analysis, toolkit_figures
from benchmark.vot.running import dataset_of, stack_names
from benchmark.vot.toolkit import Toolkit, find_toolkit
from benchmark.vot.workspace import Entry, Facts, experiment, identifiers, region_text, write_workspace
from trackers.errors import InputError

STAYS = """
import numpy as np
from trackers.api import register


@register("stays", remembers="where it began")
class Stays:
    def init(self, image, box):
        self.box = np.array(box)

    def update(self, image):
        self.box[0] += 4.0
        return self.box
"""


@pytest.fixture
def exported(run_bench, tmp_path: Path):
    """Export a run by a protocol on two painted videos; return the workspace."""
    for index, name in enumerate(("first", "second")):
        write_folder(tmp_path / "videos" / name, frames=20 + index, seed=index, step=0)
    (tmp_path / "stays.py").write_text(STAYS)

    def export(protocol: str) -> Path:
        done = run_bench("-t", f"py:{tmp_path / 'stays.py'}", "-d", "folder", "--data-root", tmp_path / "videos",
                         "--protocol", protocol)  # fmt: skip
        assert done.returncode == 0, done.stderr
        done = run_bench("export", "latest", "--format", "vot-workspace", "--out", tmp_path / "ws", "--results",
                         tmp_path / "results")  # fmt: skip
        assert done.returncode == 0, done.stderr
        return tmp_path / "ws"

    return export


def test_a_run_with_restarts_becomes_a_workspace_without_images(exported) -> None:
    place = exported("vot-supervised")
    assert (place / "sequences" / "list.txt").read_text() == "first\nsecond\n"
    assert "width=160\nlength=20\n" in (place / "sequences" / "first" / "sequence").read_text()
    assert (place / "sequences" / "first" / "groundtruth.txt").read_text().splitlines()[0] == "40,40,30,24"
    stack = yaml.safe_load((place / "stack.yaml").read_text())
    assert stack["dataset"] is None
    assert stack["experiments"]["baseline"]["type"] == "supervised"
    assert [one["type"] for one in stack["experiments"]["baseline"]["analyses"]] == [
        "supervised_average_ar", "supervised_eao_score", "supervised_eao_curve"
    ]  # fmt: skip
    lines = (place / "results" / "py_stays_py" / "baseline" / "first" / "first_001.txt").read_text().splitlines()
    assert lines[:3] == ["1", "44.0000,40.0000,30.0000,24.0000", "48.0000,40.0000,30.0000,24.0000"]
    assert lines[7:14] == ["68.0000,40.0000,30.0000,24.0000", "2", "0", "0", "0", "0", "1"]  # beyond the target's 70
    assert len(lines) == 20
    times = (place / "results" / "py_stays_py" / "baseline" / "first" / "first_001_time.value").read_text()
    assert len(times.splitlines()) == 20
    assert not list(place.rglob("*.png"))


def test_runs_from_anchors_are_numbered_by_their_frames_and_go_their_own_way(exported) -> None:
    place = exported("vot-multistart")
    folder = place / "results" / "py_stays_py" / "baseline" / "second"
    assert sorted(file.name for file in folder.glob("*.txt")) == ["second_00000000.txt", "second_00000020.txt"]
    assert (place / "sequences" / "second" / "anchor.value").read_text().split() == ["1", *["0"] * 19, "-1"]
    assert (folder / "second_00000020.txt").read_text().splitlines()[:2] == ["1", "44.0000,40.0000,30.0000,24.0000"]


def test_a_full_folder_and_other_protocols_are_refused(exported, run_bench, tmp_path: Path) -> None:
    exported("ope")
    again = run_bench(
        "export", "latest", "-f", "vot-workspace", "-o", tmp_path / "ws", "--results", tmp_path / "results"
    )
    assert again.returncode == 2
    assert "is not empty" in again.stderr
    run_bench("-t", "cv2:kcf", "-d", "folder", "--data-root", tmp_path / "videos", "--protocol", "sre")
    other = run_bench(
        "export", "latest", "-f", "vot-workspace", "-o", tmp_path / "o", "--results", tmp_path / "results"
    )
    assert other.returncode == 2
    assert "vot-toolkit has no experiment like --protocol sre" in other.stderr


def test_a_full_disk_leaves_nothing_of_a_workspace(exported, tmp_path: Path, monkeypatch) -> None:
    exported("vot-supervised")

    def full(file: Path, content: bytes) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("benchmark.vot.exporting.write_whole", full)  # all but the trajectories has been written
    run = Results(tmp_path / "results", write=False).find_run("latest")
    with pytest.raises(InputError, match=r"cannot write .*/deep/ws \(No space left on device\).* another --out"):
        export_workspace(run, "vot-supervised", tmp_path / "deep" / "ws")
    assert not (tmp_path / "deep").exists()


def test_names_and_regions_are_written_as_the_toolkit_reads_them() -> None:
    assert identifiers(["memtrack{slots=4}", "memtrack_slots_4", "py:a/b.py"]) == {
        "memtrack{slots=4}": "memtrack_slots_4", "memtrack_slots_4": "memtrack_slots_4_a6b38dd9",
        "py:a/b.py": "py_a_b_py",
    }  # fmt: skip
    rng = np.random.default_rng(1)
    for _ in range(40):
        mask = Mask(3, 4, rng.random((5, 6)) < 0.5)
        if mask.pixels.any():
            (again,) = parse_regions(region_text(mask), "x")
            whole = np.zeros((20, 20), bool)
            whole[again.y : again.y + again.pixels.shape[0], again.x : again.x + again.pixels.shape[1]] = again.pixels
            assert np.array_equal(whole[4:9, 3:9], mask.pixels)
            assert whole.sum() == mask.pixels.sum()
    assert region_text(None) == "0"
    assert region_text(np.array([[1.25, 2], [3, 4], [5, 6], [7, 8.5]])) == "1.25,2,3,4,5,6,7,8.5"


def test_stacks_have_datasets_and_a_slip_of_the_pen_is_helped() -> None:
    assert dataset_of("vot2016/rgb") == "VOT2016"
    assert dataset_of("multistart") is None
    with pytest.raises(InputError, match="Did you mean 'vot2018/shortterm'"):
        dataset_of("vot2018/shorterm")
    assert len(stack_names()) == 14


@pytest.mark.parametrize(
    ("stack", "why"),
    [
        ("vot2018/longterm", "precision and recall over thresholds of confidence"),
        ("vot2019/rgbtir", "channels beside colour"),
        ("vots2024/main", "of several targets at once"),
        ("vot2022/depth", "of depth"),
        ("vot2016/tir", "thermal"),
        ("otb100", "with `-d OTB100`"),
    ],
)
def test_a_stack_of_the_toolkits_that_is_not_run_says_why(stack: str, why: str) -> None:
    with pytest.raises(InputError, match=r"is not run here: .*Those that are: vot2013") as caught:
        dataset_of(stack)
    assert why in str(caught.value)


def test_the_toolkit_is_looked_for_and_how_to_get_it_is_said(monkeypatch, tmp_path: Path, run_bench) -> None:
    monkeypatch.setenv("ENGRAM_VOT", str(tmp_path / "none"))
    with pytest.raises(InputError, match="`run_bench vot setup` makes its environment"):
        find_toolkit()
    done = run_bench("vot", "run", "--stack", "vot2018/shortterm", "--results", tmp_path)
    assert done.returncode == 2
    assert "vot-toolkit is not there" in done.stderr
    _pretend(tmp_path / "old", 'echo \'{"vot-toolkit": "0.9.0", "attributee": "0.1.9"}\'')
    monkeypatch.setenv("ENGRAM_VOT", str(tmp_path / "old"))
    with pytest.raises(InputError, match=r"has vot-toolkit 0.9.0, 0.7.4 is wanted"):
        find_toolkit()


def _pretend(folder: Path, script: str) -> Toolkit:
    python = folder / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text(f"#!/bin/sh\n{script}\n")
    python.chmod(python.stat().st_mode | stat.S_IXUSR)
    return Toolkit(folder)


def test_a_toolkit_that_waits_for_ever_is_ended_with_all_that_it_started(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(evaluating, "LOOK", 0.05)
    toolkit = _pretend(tmp_path / "env", f"echo hello; echo 50 %; sleep 60 & echo $! > {tmp_path}/child; sleep 60")
    looks: list[int] = []
    ended = evaluate(toolkit, tmp_path, "it", 0.5, lambda: looks.append(1))
    assert ended.silent
    assert ended.said == ("hello",)
    assert looks
    child = Path(f"/proc/{(tmp_path / 'child').read_text().strip()}/stat")
    until = time.monotonic() + 20  # the signal is sent; when it is heard is the system's
    while _runs(child) and time.monotonic() < until:
        time.sleep(0.02)
    assert not _runs(child)


def _runs(process: Path) -> bool:
    try:
        return process.read_text().rpartition(")")[2].split()[0] not in "ZX"
    except FileNotFoundError:
        return False


def test_results_that_come_keep_it_alive_and_its_exit_code_is_told(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(evaluating, "LOOK", 0.05)
    script = f"mkdir -p {tmp_path}/results; for i in 1 2 3 4 5; do sleep 0.3; touch {tmp_path}/results/$i; done; exit 3"
    ended = evaluate(_pretend(tmp_path / "env", script), tmp_path, "it", 1.2, lambda: None)
    assert (ended.silent, ended.code) == (False, 3)


ANALYSIS = {
    "toolkit": "0.7.4", "trackers": {"a": {}, "b": {}}, "sequences": {"s": {}, "t": {}},
    "results": {
        "baseline": {
            "type": "vot.experiment.multirun.SupervisedExperiment",
            "parameters": {"realtime": {"grace": 3}, "analyses": [
                {"type": "vot.analysis.supervised.AverageAccuracyRobustness", "burnin": 10},
                {"type": "vot.analysis.supervised.EAOScore", "low": 100, "high": 356},
                {"type": "vot.analysis.supervised.EAOCurve"},
            ]},
            "results": [[[0.5, 2.0, [0.4, 0.5], 9.0], [0.6, 0.0, [1.0, 0.6], 9.0]], [[0.25], [float("nan")]],
                        [[[0.0, 0.5]], [[0.0, 0.75]]]],
        },
    },
}  # fmt: skip


def test_the_toolkits_analysis_is_read_and_kept(tmp_path: Path) -> None:
    file = tmp_path / "a.json"
    file.write_text(json.dumps(ANALYSIS))
    found = read_analysis(file, "vot2018/shortterm", "VOT2018, 2 of 60 sequences", {"a": "siamfc"})
    one, two = found.figures
    assert (one.tracker, one.kind, one.realtime, one.burn_in) == ("siamfc", "supervised", True, 10)
    assert (one.accuracy, one.robustness, one.eao, one.span, one.curve) == (0.5, 2.0, 0.25, (100, 356), (0.0, 0.5))
    assert two.eao is None
    (tmp_path / "vot").mkdir()
    (tmp_path / "vot" / "x.json").write_text(json.dumps(found.to_dict()))
    assert toolkit_figures(tmp_path) == [found]
    (tmp_path / "vot" / "x.json").write_text('{"schema": 1}')
    with pytest.raises(InputError, match="cannot be read"):
        ToolkitFigures.read(tmp_path / "vot" / "x.json")
    with pytest.raises(InputError, match="analyses nothing where a result is missing"):
        read_analysis(tmp_path / "none.json", "s", "c", {})


def test_facts_of_a_workspace_come_back(tmp_path: Path) -> None:
    assert Facts.read(tmp_path) is None
    facts = Facts("supervised", "demo", {"a": "x"}, {"t": "T"}, {})
    facts.write(tmp_path)
    assert Facts.read(tmp_path) == facts
    write_workspace(tmp_path, "it's", {"b": experiment("multistart", (1, 2))}, [Entry("t", "T", "c")], [], images=False)
    assert yaml.safe_load((tmp_path / "stack.yaml").read_text())["title"] == "it's"
    (tmp_path / "engram.json").write_text('{"stack": 3}')
    with pytest.raises(InputError, match="choose another --workspace"):
        Facts.read(tmp_path)
