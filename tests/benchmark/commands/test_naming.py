from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmark.commands.results import _runs
from benchmark.commands.terminal import output
from benchmark.store.overview import Overview
from benchmark.store.runs import Run

WORDS = ("-t", "cv2:kcf", "-d", "folder", "--sequences", "first", "--quiet")


@pytest.fixture
def one_run(run_bench, picture_folder: Path, tmp_path: Path) -> Path:
    """A results folder with one run, named `base`."""
    done = run_bench(*WORDS, "--data-root", picture_folder, "--name", "base")
    assert done.returncode == 0, done.stderr
    return tmp_path / "results"


def listed(run_bench, results: Path) -> list[dict]:
    return json.loads(run_bench("results", "--json", "--results", results).stdout)["runs"]


def test_each_tracker_of_a_run_has_a_line_of_its_own_with_its_score(shown_runs) -> None:
    lines = shown_runs({"siamfc": 0.5714, "me[m]\x1b": 0.25, "csrt": None}).splitlines()
    found = [[word for word in line.split() if word != "│"] for line in lines]
    assert found.count(["me[m]\\x1b", "0.250"]) == found.count(["csrt", "-"]) == 1
    assert [words[-6:-4] for words in found if "siamfc" in words] == [["siamfc", "0.571"]]


@pytest.fixture
def shown_runs(capsys: pytest.CaptureFixture[str], tmp_path: Path):
    """Shows a list of one run with those scores."""

    def show(scores: dict[str, float | None]) -> str:
        run = Run("20260101T000000000Z-aaaaaa", tmp_path, True, "d", tuple(scores), 0, frozenset(), 1, 0.0)
        output().print(_runs([Overview(run, "n", "otb", "ope", True, scores)]))
        return capsys.readouterr().out

    return show


def test_a_named_run_is_listed_with_its_scores_and_found_by_its_name(
    run_bench, picture_folder: Path, one_run: Path
) -> None:
    (run,) = listed(run_bench, one_run)
    scores = json.loads((one_run / "runs" / run["id"] / "scores.json").read_text())
    assert (run["name"], run["profile"], run["finished"], run["complete"]) == ("base", "otb", True, False)
    assert run["auc"] == {"cv2:kcf": scores["trackers"][0]["summary"]["overall"]["auc"]}
    shown = run_bench("results", "--results", one_run).stdout
    assert f"{run['auc']['cv2:kcf']:.3f}" in shown
    assert "base" in shown
    done = run_bench("report", "base", "--results", one_run, "--no-frames")
    assert done.stdout.strip() == str(one_run / "runs" / run["id"] / "report.html")

    refused = run_bench(*WORDS, "--data-root", picture_folder, "--name", "Base")
    assert refused.returncode == 2
    assert f"taken by run {run['id']}" in refused.stderr
    assert len(listed(run_bench, one_run)) == 1


def test_a_run_is_renamed_and_removed_and_its_records_stay(run_bench, picture_folder: Path, one_run: Path) -> None:
    assert run_bench("results", "rename", "base", "kept", "--results", one_run).stdout.endswith("is now kept\n")
    assert [run["name"] for run in listed(run_bench, one_run)] == ["kept"]
    records = sorted((one_run / "records").rglob("*.npz"))
    asked = run_bench("results", "rm", "kept", "--results", one_run)
    assert asked.returncode == 2
    assert "--yes" in asked.stderr
    assert len(listed(run_bench, one_run)) == 1
    assert run_bench("results", "--results", one_run, "rm", "kept", "--yes").stdout.startswith("removed ")
    assert listed(run_bench, one_run) == []
    assert sorted((one_run / "records").rglob("*.npz")) == records
    again = run_bench(*[word for word in WORDS if word != "--quiet"], "--data-root", picture_folder)
    assert "nothing is left to run" in again.stderr


def test_what_is_no_run_or_no_name_is_one_clear_line(run_bench, one_run: Path, tmp_path: Path) -> None:
    for words, said in (
        (("rename", "bas", "other"), "Did you mean 'base'?"),
        (("rename", "base", "../other"), "cannot be a run's name"),
        (("rm", "nothing", "--yes"), "no run 'nothing'"),
        (("rm", "..", "--yes"), "no run '..'"),
        (("rm", "", "--yes"), "no run ''"),
    ):
        done = run_bench("results", *words, "--results", one_run)
        assert (done.returncode, len(done.stderr.strip().splitlines())) == (2, 1), done.stderr
        assert said in done.stderr
    (folder,) = (one_run / "runs").iterdir()
    elsewhere = run_bench("results", "rm", folder, "--yes", "--results", make(tmp_path / "elsewhere"))
    assert elsewhere.returncode == 2
    assert "is no run of" in elsewhere.stderr
    assert folder.is_dir()


def make(folder: Path) -> Path:
    (folder / "runs").mkdir(parents=True)
    return folder


def test_a_run_that_may_go_on_is_not_removed(run_bench, one_run: Path) -> None:
    going = one_run / "runs" / "20260101T000000000Z-aaaaaa"
    going.mkdir()
    (going / "plan.json").write_text(
        json.dumps({"schema": 1, "dataset": {"name": "d", "coverage": "d"}, "trackers": [], "records": []})
    )
    done = run_bench("results", "rm", going.name, "--yes", "--results", one_run)
    assert done.returncode == 2
    assert "has not ended" in done.stderr
    assert going.is_dir()
