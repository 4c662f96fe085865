from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest


def test_a_report_is_written_into_the_run_or_elsewhere(run_bench, made_run: Path, tmp_path: Path) -> None:
    done = run_bench("report", made_run, "--out", tmp_path / "out", "--show", "first,second", figures=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == str(tmp_path / "out" / "report.html")
    figures = {file.name for file in (tmp_path / "out" / "figures").iterdir()}
    assert figures >= {"success.svg", "success.pdf", "precision.png"}
    assert {file.suffix for file in (tmp_path / "out" / "tables").iterdir()} == {".md", ".tex", ".csv"}


def test_the_columns_of_latex_tables_are_chosen(run_bench, made_run: Path, tmp_path: Path) -> None:
    done = run_bench(
        "report", made_run, "--out", tmp_path, "--no-frames", "--columns", "auc,precision", "--no-intervals"
    )
    assert done.returncode == 0, done.stderr
    latex = (tmp_path / "tables" / "scores.tex").read_text()
    assert r"Tracker & AUC & P@20 \\" in latex
    assert r"\below{" not in latex
    done = run_bench("report", made_run, "--out", tmp_path, "--no-frames", "--columns", "auk")
    assert done.returncode == 2
    assert done.stderr.strip() == "run_bench: no table has a column 'auk'. Did you mean 'auc'?"


def test_the_report_of_several_runs_needs_a_place(run_bench, made_run: Path) -> None:
    done = run_bench("report", made_run, made_run)
    assert done.returncode == 2
    assert "--out DIR" in done.stderr


def test_two_runs_are_compared(run_bench, made_run: Path, make: Callable[..., Path], tmp_path: Path) -> None:
    other = make(tmp_path / "other", {"siamfc": 0.9}, pictures=False)
    done = run_bench("compare", made_run, other, "--no-frames")
    assert done.returncode == 0, done.stderr
    page = other / "compare" / made_run.name / "compare.html"
    verdict, *left_out, path = done.stdout.splitlines()
    assert re.fullmatch(
        r"siamfc: (better|worse|cannot tell); success AUC [+-]0\.\d{3} \[[+-]\d\.\d{3}, [+-]\d\.\d{3}\], "
        r"p \d\.\d{3}, 6 sequences",
        verdict,
    )
    assert "left out: memtrack is in run A alone" in left_out
    assert path == str(page)
    assert page.is_file()
    assert "B − A" in page.with_name("compare.md").read_text()


def test_an_unknown_run_is_one_line(run_bench, tmp_path: Path) -> None:
    done = run_bench("report", "latest", "--results", tmp_path)
    assert done.returncode == 2
    assert "no run in" in done.stderr


def test_trackers_of_one_run_are_compared_with_the_first(run_bench, made_run: Path) -> None:
    done = run_bench("compare", made_run, "-t", "siamfc,memtrack", "-t", "cv2:kcf", "--no-frames", "--json", "-")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert [(pair["a"], pair["b"]) for pair in told["pairs"]] == [("siamfc", "memtrack"), ("siamfc", "cv2:kcf")]
    scores = json.loads((made_run / "scores.json").read_text())
    auc = {one["name"]: one["summary"]["overall"]["auc"] for one in scores["trackers"]}
    for pair in told["pairs"]:
        assert {one["sequences"] for one in pair["by_attribute"].values()} == {2, 3}
        assert all(one["low"] < one["difference"] < one["high"] for one in pair["by_attribute"].values())
        assert pair["auc"]["difference"] == pytest.approx(auc[pair["b"]] - auc["siamfc"])
        assert pair["auc"]["low"] < pair["auc"]["difference"] < pair["auc"]["high"]
    page = Path(told["page"])
    assert (page.parent.parent, page.name) == (made_run / "compare", "compare.html")
    shown = page.read_text()
    assert "A and B are trackers of run" in shown
    assert all(name in shown for name in ("A: siamfc", "B: memtrack", "B: cv2:kcf"))


def test_the_exit_code_says_what_came_out_where_it_is_asked_to(
    run_bench, make: Callable[..., Path], tmp_path: Path
) -> None:
    names = [f"v{number}" for number in range(8)]
    run = make(tmp_path / "run", {"siamfc": 1.0, "memtrack": 0.1}, names, pictures=False)
    words = ("compare", run, "--no-frames", "--quiet", "--out", tmp_path / "out")
    for pair, code in (("siamfc,memtrack", 1), ("memtrack,siamfc", 0)):
        assert run_bench(*words, "-t", pair, "--exit-code").returncode == code
        assert run_bench(*words, "-t", pair).returncode == 0
    two = make(tmp_path / "two", {"siamfc": 1.0, "memtrack": 0.1}, names[:1], pictures=False)
    done = run_bench("compare", two, "-t", "siamfc,memtrack", "--exit-code", "--no-frames")
    assert done.returncode == 3
    assert done.stdout.startswith("memtrack against siamfc: trained against untrained: cannot tell; success AUC ")


def test_trackers_that_a_run_does_not_have_are_one_line(run_bench, made_run: Path) -> None:
    for words, said in (
        ((), "name a second run, or with --trackers"),
        (("-t", "siamfc"), "two or more of run"),
        (("-t", "siamfc,memtrak"), "Did you mean 'memtrack'?"),
    ):
        done = run_bench("compare", made_run, *words)
        assert (done.returncode, len(done.stderr.strip().splitlines())) == (2, 1)
        assert said in done.stderr
