"""A user's own study: two variants of a small tracker, run, stopped, gone on with and answered."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import layouts
import pytest
from conftest import REPOSITORY, write_folder

from benchmark.commands.study import _planned, _together
from benchmark.commands.terminal import output
from benchmark.engine.device import environment_class
from benchmark.signed import signed
from benchmark.studies.cost import Cost
from benchmark.studies.costs import Costs, cost_key
from benchmark.studies.planning import Part, Row, cast
from benchmark.studies.reading import find_study

TRACKER = """
import os, time
from dataclasses import dataclass
import numpy as np
from trackers.api import register

@dataclass(frozen=True)
class Settings:
    gain: float = 0.0

@register("mover", remembers="where it was", config=Settings)
class Mover:
    def __init__(self, settings):
        self.gain = settings.gain
    def init(self, image, box):
        self.box = np.array(box, float)
    def update(self, image):
        time.sleep(float(os.environ.get("SLEEP", 0)))
        self.box[0] += 2 * self.gain
        return self.box
"""
STUDY = """
question = "Does it help to move?"
base = "py:mover.py"
label = "still"
datasets = ["folder"]
relevant = 0.05
repeats = 2
[variants]
moving = "{gain=1}"
same = "{gain=1.000000001}"
[[comparisons]]
other = "moving"
expects = "better"
source = "it stands to reason"
[[comparisons]]
other = "same"
base = "moving"
expects = "alike"
source = "it does the same"
[[comparisons]]
other = "still"
base = "same"
expects = "better"
source = "a slip of the pen"
"""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A folder with a tracker, a study of it, and eight short videos."""
    (tmp_path / "mover.py").write_text(TRACKER)
    (tmp_path / "mine.toml").write_text(STUDY)
    for index in range(8):
        write_folder(tmp_path / "videos" / f"v{index}", frames=6, seed=index, step=2.0 if index else 3.0)
    return tmp_path


def words(home: Path) -> tuple[str, ...]:
    return ("study", str(home / "mine.toml"), "--data-root", str(home / "videos"), "--results", str(home / "results"))


def test_a_study_is_planned_run_and_answered(run_bench, home: Path) -> None:
    planned = json.loads(run_bench(*words(home), "--dry-run", "--json", "-").stdout)
    (part,) = planned[0]["parts"]
    assert [(one["labels"], one["trajectories"], one["kept"]) for one in part["trackers"]] == [
        (["still"], 16, 0), (["moving"], 16, 0), (["same"], 16, 0),
    ]  # fmt: skip
    assert all(one["seconds_left"] > 0 for one in part["trackers"])
    done = run_bench(*words(home), "--json", str(home / "answer.json"))
    assert done.returncode == 0, done.stderr
    (answer,) = json.loads((home / "answer.json").read_text())
    found = {(one["other"], one["base"]): one for one in answer["findings"]}
    assert found["moving", "still"]["found"] == "better"
    assert found["moving", "still"]["verdict"] == "confirmed"
    assert found["same", "moving"]["found"] == "alike"
    assert found["same", "moving"]["verdict"] == "confirmed"
    assert found["still", "same"]["verdict"] == "contradicted"
    gain = found["moving", "still"]["auc"]
    assert signed(gain["difference"]) in done.stdout
    assert "better: confirmed" in done.stdout
    place = home / "results" / "studies" / "mine" / "folder"
    assert "](mine/folder/study.md) | moving − still | " in (place.parents[1] / "studies.md").read_text()
    assert json.loads((place / "study.json").read_text()) == {**answer, "run": ""}
    assert {file.name for file in (place / "figures").iterdir()} >= {"forest.pdf", "study.pdf", "waterfall.svg"}
    assert signed(gain["difference"]) in (place / "study.md").read_text()
    rows = (place / "tables" / "study-findings.csv").read_text().splitlines()
    assert float(rows[1].split(",")[rows[0].split(",").index("auc_difference")]) == pytest.approx(gain["difference"])
    facts = json.loads((place / "provenance.json").read_text())
    assert (facts["jitter"], facts["repeats"]) == (0.5, 2)
    page = Path(done.stdout.strip().splitlines()[-1].removeprefix("Report: ")).read_text()
    assert "Does it help to move?" in page
    assert signed(gain["difference"]) in page
    again = json.loads(run_bench(*words(home), "--dry-run", "--json", "-").stdout)
    assert [one["frames_left"] for one in again[0]["parts"][0]["trackers"]] == [0, 0, 0]


def test_a_plan_names_each_dataset_once_and_each_tracker_whole(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    long = "dualmn-n1{gated=false,samples=1,window_weight=0.25}"
    rows = tuple(Row(name, (name,), 42, 0, 900, 900, None) for name in ("dualmn", long))
    monkeypatch.setenv("COLUMNS", "110")
    output().print(_planned(find_study("dualmn-branches"), [Part("OTB100", "OTB100, 14 of 100 sequences", rows, 3)]))
    printed = capsys.readouterr().out
    assert "unknown speed; to be rendered first: 3 sequences" in " ".join(printed.split())
    columns = list(zip(*(line.split("│")[1:-1] for line in printed.splitlines() if "│" in line)))
    data, trackers = ("".join(cell.strip() for cell in column) for column in columns[:2])
    assert data.replace(" ", "") == "OTB100,14of100sequences"
    assert trackers == f"dualmn{long}"


def test_what_studies_share_counts_once_in_what_all_take() -> None:
    def row(tracker: str, seconds: float | None = 0.5, kept: int = 2) -> Row:
        return Row(tracker, (tracker,), 42, kept, 2100, 2000, None if seconds is None else Cost(seconds, 9))

    one, other = find_study("dualmn-branches"), find_study("dualmn-decision")
    plans = [
        (one, [Part("OTB100", "OTB100", (row("dualmn"), row("dualmn-long"))), Part("demo", "demo", (row("dualmn"),))]),
        (other, [Part("OTB100", "OTB100", (row("dualmn"), row("dualmn-max", None)))]),
    ]
    assert _together(plans) == (
        "all together, what they share counted once: 168 trajectories, 8 kept;"
        " left: 160 trajectories, about 50 min of one processor and 1 tracker of unknown speed"
    )
    again = replace(other, repeats=other.repeats + 1)
    assert "210 trajectories" in _together(
        [plans[0], (again, [Part("OTB100", "OTB100", (row("dualmn"), row("dualmn-max")))])]
    )


def test_a_plan_of_what_is_known_loads_no_torch(home: Path) -> None:
    (home / "mine.toml").write_text('question = "?"\nbase = "siamfc"\n[variants]\naverage = "-avg"\n')
    specs = cast(find_study(str(home / "mine.toml"))).specs
    known = {cost_key(spec, environment_class("cpu")): Cost(0.5, 10) for spec in specs}
    Costs.read(home / "results").learn(known)
    watched = "try: run_bench.main(sys.argv[1:])\nfinally: print('torch' in sys.modules, file=sys.stderr)"
    command = [sys.executable, "-c", f"import sys, run_bench\n{watched}", *words(home), "-d", "folder"]
    done = subprocess.run(
        [*command, "--device", "cpu", "--dry-run", "--json", "-"], cwd=REPOSITORY, capture_output=True, text=True
    )
    assert (done.returncode, done.stderr.endswith("False\n")) == (0, True), done.stderr
    (part,) = json.loads(done.stdout)[0]["parts"]
    assert [one["seconds_left"] for one in part["trackers"]] == [8 * 3 * 6 * 0.5] * 2


@pytest.mark.parametrize("how", [signal.SIGINT, pytest.param(signal.SIGKILL, marks=pytest.mark.slow)])
def test_a_study_that_is_stopped_goes_on_where_it_was(
    run_bench, home: Path, monkeypatch: pytest.MonkeyPatch, how: signal.Signals
) -> None:
    monkeypatch.setenv("SLEEP", "0.02")
    command = [sys.executable, "-m", "run_bench", *words(home), "--workers", "1"]
    records = home / "results" / "records"
    pipes = {"stderr": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(command, text=True, cwd=REPOSITORY, **pipes) as running:
        while len(list(records.rglob("*.npz"))) < 6 and running.poll() is None:
            time.sleep(0.02)
        running.send_signal(how)
        _, err = running.communicate()
    assert running.returncode == (130 if how == signal.SIGINT else -how), err
    assert ("the same command goes on from there" in err) == (how == signal.SIGINT)
    kept = len(list(records.rglob("*.npz")))
    assert 6 <= kept < 48
    monkeypatch.delenv("SLEEP")
    done = run_bench(*words(home))
    assert done.returncode == 0, done.stderr
    assert f"{kept} of 48 trajectories are kept" in done.stderr


@pytest.mark.slow
def test_a_study_without_a_profile_is_scored_by_its_datasets_own_rules(run_bench, home: Path) -> None:
    layouts.got10k(home / "data" / "GOT-10k", "val", "GOT-10k_Val_000001", layouts.boxes(60, 0, 0))
    layouts.got10k(home / "data" / "GOT-10k", "val", "GOT-10k_Val_000151", layouts.boxes(60, 0, 1))
    answers = {}
    for profile in ("", 'profile = "otb"\n'):
        (home / "mine.toml").write_text(profile + STUDY)
        done = run_bench(
            "study", home / "mine.toml", "-d", "got10k/val", "--subset", "available", "--data-root", home / "data",
            "--results", home / "results", "--json", home / "answer.json",
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        (answers[profile],) = json.loads((home / "answer.json").read_text())
    own, otb = answers.values()
    assert (own["profile"], otb["profile"]) == ("got10k", "otb")
    gains = [one["findings"][0]["auc"]["difference"] for one in (own, otb)]
    assert abs(gains[0] - gains[1]) > 1e-6  # got10k leaves the first frame out


def test_another_tracker_takes_the_bases_place(run_bench, home: Path) -> None:
    done = run_bench(*words(home), "--trackers", f"py:{home / 'mover.py'}{{gain=1}}", "--dry-run", "--json", "-")
    (part,) = json.loads(done.stdout)[0]["parts"]
    assert [one["labels"] for one in part["trackers"]] == [["still", "moving"], ["same"]]
    done = run_bench(*words(home), "--sequences", "v1,v2", "--repeats", 1, "--jitter", 0, "--dry-run", "--json", "-")
    assert [one["trajectories"] for one in json.loads(done.stdout)[0]["parts"][0]["trackers"]] == [2, 2, 2]


def test_what_is_wrong_is_one_line(run_bench, home: Path) -> None:
    (home / "mine.toml").write_text(STUDY.replace("question", "queston"))
    done = run_bench(*words(home))
    assert done.returncode == 2
    assert done.stderr.strip().endswith("it has no 'question'")
    assert len(done.stderr.strip().splitlines()) == 1
    (home / "other").mkdir()
    (home / "other" / "mine.toml").write_text(STUDY)
    (home / "mine.toml").write_text(STUDY)
    done = run_bench("study", home / "other" / "mine.toml", home / "mine.toml", "--dry-run")
    assert done.returncode == 2
    assert "mine.toml are studies of one name, so that one answer would replace the other" in done.stderr
    done = run_bench("study", "dualmn-branche", "--results", home / "results")
    assert done.returncode == 2
    assert "Did you mean 'dualmn-branches'" in done.stderr


def test_the_list_names_every_study_with_its_question(run_bench, tmp_path: Path) -> None:
    done = run_bench("study", "--json", "-", "--results", tmp_path / "results")
    listed = {one["study"]: one for one in json.loads(done.stdout)}
    assert {"memtrack-components", "dualmn-branches", "memory-by-cause"} <= set(listed)
    frames = [row["frames"] for one in listed.values() for part in one["parts"] for row in part["trackers"]]
    assert min(frames) > 0
    assert not (tmp_path / "results").exists(), "a list makes nothing"


def test_trackers_that_fail_leave_an_answer_that_says_so(run_bench, home: Path) -> None:
    (home / "mover.py").write_text(TRACKER.replace("self.box[0] +=", "self.box[9] +=", 1))
    done = run_bench(*words(home), "--sequences", "v1,v2", "--json", str(home / "answer.json"))
    assert done.returncode == 1
    (answer,) = json.loads((home / "answer.json").read_text())
    assert answer["findings"] == []
    assert [one["failed"] for one in answer["actors"]] == [2, 2, 2]
    assert [one for one in answer["remarks"] if "no sequence in common: moving − still; same − moving" in one]
    assert "No two of its trackers have a sequence of folder in common" in done.stdout
    assert "nothing to compare" in Path(done.stdout.strip().splitlines()[-1].removeprefix("Report: ")).read_text()


def test_what_is_kept_is_answered_without_running_anything(run_bench, home: Path) -> None:
    done = run_bench(*words(home), "--kept")
    assert done.returncode == 2
    assert "keeps no whole sequence of any tracker" in done.stderr
    assert run_bench(*words(home), "--sequences", "v1,v2", "-q").returncode == 0
    beside = ("run", "-t", f"py:{home / 'mover.py'}", "-d", "folder", "--data-root", home / "videos", "-q")
    more = ("--results", home / "results", "--repeats", 2, "--jitter", 0.5, "--sequences", "v3")
    assert run_bench(*beside, *more).returncode == 0
    kept = sorted((home / "results" / "records").rglob("*.npz"))
    done = run_bench(*words(home), "--kept", "--json", home / "answer.json")
    assert done.returncode == 0, done.stderr
    assert sorted((home / "results" / "records").rglob("*.npz")) == kept
    (answer,) = json.loads((home / "answer.json").read_text())
    assert answer["coverage"] == "folder, 3 of 8 sequences"
    assert "still to run, of 8 sequences: still on 5; moving on 6; same on 6. A tracker" in answer["remarks"][0]
    assert [one["auc"]["sequences"] for one in answer["findings"]] == [2, 2, 2]
    assert "is replaced" not in done.stderr, "it is of more"
    done = run_bench(*words(home), "--kept", "--sequences", "v1")
    assert "folder: the answer of folder, 3 of 8 sequences, 2 repeats of first boxes off by up to 0.5 px, is" in (
        " ".join(done.stderr.split())
    )


def test_the_same_tables_and_figures_are_made_anew(run_bench, home: Path) -> None:
    place = home / "results" / "studies" / "mine" / "folder"
    made = []
    for more in ((), ("--kept",)):
        assert run_bench(*words(home), "--sequences", "v1,v2", "-q", *more, figures=True).returncode == 0
        made.append({file: file.read_bytes() for file in place.rglob("*") if file.is_file()})
    assert len(made[0]) > 8
    assert made[0] == made[1]
