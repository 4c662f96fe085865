"""The command as a user types it, in a process of its own."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from conftest import REPOSITORY, write_folder

from benchmark.engine.load import Load, Watch
from benchmark.store.results import Results


def test_a_run_ends_with_a_table_and_the_reports_path(
    run_bench, picture_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Watch, "lately", lambda watch: Load(1.24, 2))
    done = run_bench(
        "--trackers", "siamfc-s1,cv2:kcf", "--dataset", "folder", "--data-root", picture_folder,
        "--json", tmp_path / "scores.json", figures=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "folder, 3 sequences" in done.stdout
    assert "profile otb" in done.stdout
    report = Path(done.stdout.strip().splitlines()[-1].removeprefix("Report: "))
    assert report.is_file()
    drawn = {file.name for file in (report.parent / "figures").iterdir()}
    assert drawn >= {"success.svg", "success.pdf", "precision.png"}
    scores = json.loads((tmp_path / "scores.json").read_text())
    assert scores == json.loads((report.parent / "scores.json").read_text())
    assert [tracker["name"] for tracker in scores["trackers"]] == ["siamfc-s1", "cv2:kcf"]
    for tracker in scores["trackers"]:
        assert f"{tracker['summary']['overall']['auc']:.3f}" in done.stdout
        interval = tracker["uncertainty"]["overall"]["auc"]
        assert interval["low"] - 1e-9 <= tracker["summary"]["overall"]["auc"] <= interval["high"] + 1e-9
    boxes = np.loadtxt(report.parent / "boxes" / "siamfc-s1" / "first.txt", delimiter=",")
    np.testing.assert_allclose(boxes[0], [41, 41, 30, 24])
    assert len(boxes) == 6
    records = json.loads((report.parent / "manifest.json").read_text())["records"]
    assert {(record["busy_cores"], record["cores"]) for record in records} == {(1.24, 2)}
    assert [tracker["busy_cores"] for tracker in scores["trackers"]] == pytest.approx([1.24, 1.24])
    assert "beside other work: 62 %" in report.read_text()
    assert "! siamfc-s1, cv2:kcf: measured beside other work: 62 % of the proc" in " ".join(done.stdout.split())


def test_the_same_command_again_runs_nothing_and_scores_the_same(run_bench, picture_folder: Path) -> None:
    words = ("--trackers", "siamfc-s1", "--dataset", "folder", "--data-root", picture_folder, "--json", "-")
    first, second = run_bench(*words), run_bench(*words)
    assert "nothing is left to run" in second.stderr
    assert json.loads(first.stdout)["trackers"] == json.loads(second.stdout)["trackers"]


def test_quiet_prints_the_reports_path_alone(run_bench, picture_folder: Path) -> None:
    done = run_bench("-t", "cv2:kcf", "--dataset", "folder", "--data-root", picture_folder, "--quiet")
    assert done.stderr == ""
    assert Path(done.stdout.strip()).is_file()


def test_a_narrowed_run_says_so(run_bench, picture_folder: Path) -> None:
    done = run_bench(
        "-t", "cv2:kcf", "-d", "folder", "--data-root", picture_folder, "--sequences", "first,third",
        "--limit-frames", 4, "--json", "-",
    )  # fmt: skip
    scores = json.loads(done.stdout)
    assert scores["coverage"] == "folder, 2 of 3 sequences, first 4 frames"
    assert scores["trackers"][0]["summary"]["overall"]["frames"] == 8


SLOW = """
import time
from trackers.api import register
@register("slow", remembers="nothing")
class Slow:
    def init(self, image, box): self.box = box
    def update(self, image):
        time.sleep(0.4)
        return self.box
"""


def test_ctrl_c_keeps_what_is_done_and_says_so(run_bench, picture_folder: Path, tmp_path: Path) -> None:
    (tmp_path / "slow.py").write_text(SLOW)
    results = tmp_path / "results"
    command = [
        sys.executable, "-m", "run_bench", "--trackers", f"cv2:kcf,py:{tmp_path / 'slow.py'}", "--dataset", "folder",
        "--data-root", str(picture_folder), "--results", str(results),
    ]  # fmt: skip
    with subprocess.Popen(
        command, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=REPOSITORY
    ) as running:
        while len(list((results / "records").rglob("*.npz"))) < 4 and running.poll() is None:
            time.sleep(0.05)
        running.send_signal(signal.SIGINT)
        _, err = running.communicate()
    assert running.returncode == 130
    kept = len(list((results / "records").rglob("*.npz")))  # the fifth may have come while the signal was on its way
    assert 4 <= kept < 6
    assert f"Stopped. {kept} of 6 trajectories are kept" in err
    assert "Traceback" not in err
    (cut_off,) = (results / "runs").iterdir()
    assert [file.name for file in cut_off.iterdir()] == ["plan.json"]
    done = run_bench(*command[3:-2])
    assert done.returncode == 0
    assert f"{kept} of 6 trajectories are kept from earlier runs; {6 - kept} are left to run" in done.stderr


@pytest.mark.usefixtures("slept_time")
def test_a_sequence_that_takes_too_long_is_given_up_and_the_others_go_on(
    run_bench, picture_folder: Path, tmp_path: Path
) -> None:
    (tmp_path / "slow.py").write_text(SLOW)
    words = ("-d", "folder", "--data-root", picture_folder, "--json", "-")
    done = run_bench("-t", f"py:{tmp_path / 'slow.py'},cv2:kcf", *words, "--timeout", 0.5)
    assert done.returncode == 1
    slow, kcf = json.loads(done.stdout)["trackers"]
    assert set(slow["failed"]) == {"first", "second", "third"}
    assert "s in the tracker for 3 of 6 frames, --timeout is 0.5 s" in slow["failed"]["first"]
    assert not kcf["failed"]


def test_a_run_on_real_frames_says_how_much_of_the_dataset_it_is(run_bench, otb: Path) -> None:
    done = run_bench(
        "-t", "siamfc-s1", "-d", "OTB100", "--data-root", otb, "--sequences", "Couple,Crossing", "--limit-frames", 8,
        "--json", "-",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    scores = json.loads(done.stdout)
    assert scores["coverage"] == "OTB100, 2 of 100 sequences, first 8 frames"
    assert scores["complete"] is False
    assert scores["trackers"][0]["summary"]["overall"]["auc"] > 0.5


def test_help_has_examples_and_a_wrong_command_a_suggestion(run_bench) -> None:
    assert "Examples:" in run_bench("run", "--help").stdout
    shown = run_bench("--help").stdout
    assert "list" in shown
    assert "run" in shown
    wrong = run_bench("lst")
    assert wrong.returncode == 2
    assert "Did you mean 'list'?" in wrong.stderr


def test_a_run_is_named_latest(run_bench, picture_folder: Path, tmp_path: Path) -> None:
    done = run_bench("-t", "cv2:kcf", "-d", "folder", "--data-root", picture_folder, "-q")
    assert Results(tmp_path / "results").find_run("latest") == Path(done.stdout.strip()).parent


@pytest.mark.parametrize(
    ("protocol", "runs"), [("tre", {"first": 20, "second": 20}), ("sre", {"first": 12, "second": 12})]
)
def test_other_protocols_start_more_often_and_pool_their_runs(run_bench, tmp_path: Path, protocol: str, runs) -> None:
    root = tmp_path / "videos"
    for seed, name in enumerate(runs):
        write_folder(root / name, 42, seed=seed, step=1)
    words = ("-t", "cv2:kcf", "-d", "folder", "--data-root", root, "--protocol", protocol)
    done = run_bench(*words, "--json", "-")
    assert done.returncode == 0, done.stderr
    scores = json.loads(done.stdout)
    assert scores["protocol"] == protocol
    run = Results(tmp_path / "results").find_run("latest")
    records = json.loads((run / "manifest.json").read_text())["records"]
    assert {name: sum(r["sequence"] == name for r in records) for name in runs} == runs
    (tracker,) = scores["trackers"]
    assert 0.3 < tracker["summary"]["overall"]["auc"] <= 1
    assert "nothing is left to run" in run_bench(*words).stderr


def test_imported_results_stand_beside_ours(run_bench, picture_folder: Path, tmp_path: Path) -> None:
    results = tmp_path / "results"
    words = ("-t", "cv2:kcf", "-d", "folder", "--data-root", picture_folder)
    first = run_bench(*words, "-q")
    exported = run_bench("export", first.stdout.strip().rsplit("/", 1)[0], "-f", "got10k", "-o", tmp_path / "out")
    assert exported.returncode == 0, exported.stderr
    (folder,) = {file.parent for file in (tmp_path / "out").rglob("first*.txt") if "time" not in file.name}
    brought = run_bench(
        "import",
        folder,
        "--dataset",
        "folder",
        "--data-root",
        picture_folder,
        "--results",
        results,
        "--tracker",
        "Theirs",
    )
    assert brought.returncode == 0, brought.stderr
    done = run_bench(*words, "--imported", "all", "--json", "-")
    assert done.returncode == 0, done.stderr
    ours, theirs = json.loads(done.stdout)["trackers"]
    assert theirs["name"] == "Theirs (imported)"
    (file,) = results.glob(f"runs/{(results / 'latest').read_text().strip()}/manifest.json")
    assert json.loads(file.read_text())["imported"] == ["Theirs"]
    assert theirs["summary"]["overall"]["auc"] == pytest.approx(ours["summary"]["overall"]["auc"], abs=1e-4)
    words = ("-t", "none", *words[2:])
    watched = "try: run_bench.main(sys.argv[1:])\nfinally: print('torch' in sys.modules, file=sys.stderr)"
    command = [sys.executable, "-c", f"import sys, run_bench\n{watched}", *map(str, words)]
    command += ["--imported", "all", "--json", "-", "--results", str(results)]
    alone = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True)
    assert (alone.returncode, alone.stderr.endswith("False\n")) == (0, True), alone.stderr
    assert json.loads(alone.stdout)["trackers"] == [theirs]
    assert (results / "runs" / (results / "latest").read_text().strip() / "report.html").is_file()
    wrong = run_bench(*words, "--imported", "Theris")
    assert wrong.returncode == 2
    assert "Did you mean 'Theirs'?" in wrong.stderr


def test_repeats_show_their_spread_or_say_that_there_is_none(run_bench, picture_folder: Path) -> None:
    words = ("-d", "folder", "--data-root", picture_folder, "--sequences", "first", "--repeats", 2)
    shown = run_bench("-t", "cv2:kcf", *words)
    assert "standard deviation of the AUC over 2 repeats" in " ".join(shown.stdout.split())
    assert "identical" in shown.stdout
    assert "cv2:kcf: every repeat gave the same boxes, bit for bit; nothing is drawn at random there" in shown.stderr
    (tracker,) = json.loads(run_bench("-t", "cv2:kcf", *words, "--json", "-").stdout)["trackers"]
    assert tracker["repeats"]["identical"]
    assert tracker["repeats"]["count"] == 2


def test_a_tracker_that_draws_gets_another_seed_each_time(run_bench, picture_folder: Path, tmp_path: Path) -> None:
    (tmp_path / "lucky.py").write_text(LUCKY)
    words = ("-t", f"py:{tmp_path / 'lucky.py'}", "-d", "folder", "--data-root", picture_folder)
    shown = run_bench(*words, "--repeats", 3)
    assert "±" in shown.stdout
    assert "bit for bit" not in shown.stderr
    run = Path(shown.stdout.strip().splitlines()[-1].removeprefix("Report: ")).parent
    (folder,) = (run / "boxes").iterdir()
    texts = [(folder / place / "first.txt").read_text() for place in (".", "repeat-2", "repeat-3")]
    assert len(set(texts)) == 3
    again = run_bench(*words)
    assert "3 of 3 trajectories are kept from earlier runs" in again.stderr


LUCKY = """
import numpy as np
from trackers.api import register
@register("lucky", remembers="nothing")
class Lucky:
    def init(self, image, box): self.box = box
    def update(self, image):
        return self.box + np.random.rand() * 9
"""


UNTIL_NOTHING_IS_LEFT = """
import sys, benchmark.engine.run, run_bench
from trackers.names import TrackerSpec

def refuse(*arguments, **options):
    raise AssertionError("a tracker is built although nothing is left to run")

def done(*arguments, **options):
    print(*(path for path in opened if path.endswith(".png")))
    print(*sys.modules)
    raise KeyboardInterrupt

opened = []
sys.addaudithook(lambda event, found: opened.append(str(found[0])) if event == "open" else None)
TrackerSpec.build = refuse
benchmark.engine.run.execute = done
run_bench.main(sys.argv[1:])
"""
"""The same command again, up to where it would run what is left: what it has opened and loaded by then."""


def test_the_same_command_says_that_nothing_is_left_before_it_loads_what_it_does_not_need(
    run_bench, picture_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("benchmark.datasets.content.UNSETTLED_NS", 0)  # the frames were written just now
    words = ("-t", "siamfc-s1,cv2:kcf", "-d", "folder", "--data-root", str(picture_folder), "--device", "cpu")
    run_bench(*words)
    results = picture_folder.parent / "results"
    command = [sys.executable, "-c", UNTIL_NOTHING_IS_LEFT, *words, "--results", str(results)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=REPOSITORY)
    assert "nothing is left to run" in done.stderr
    assert "AssertionError" not in done.stderr
    opened, loaded = (line.split() for line in done.stdout.splitlines())
    assert {Path(file).name for file in opened} <= {"0001.png"}, "the others are known by their size and time"
    assert "benchmark.engine.run" in loaded
    assert not set(loaded) & {"torch", "scipy", "pandas", "matplotlib", "seaborn", "jinja2"}
