from __future__ import annotations

from collections.abc import Callable
from pathlib import Path


def test_a_report_is_written_into_the_run_or_elsewhere(run_bench, made_run: Path, tmp_path: Path) -> None:
    done = run_bench("report", made_run, "--out", tmp_path / "out", "--show", "first,second")
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == str(tmp_path / "out" / "report.html")
    assert {file.suffix for file in (tmp_path / "out" / "figures").iterdir()} == {".svg", ".pdf", ".png"}
    assert {file.suffix for file in (tmp_path / "out" / "tables").iterdir()} == {".md", ".tex", ".csv"}


def test_the_report_of_several_runs_needs_a_place(run_bench, made_run: Path) -> None:
    done = run_bench("report", made_run, made_run)
    assert done.returncode == 2
    assert "--out DIR" in done.stderr


def test_two_runs_are_compared(run_bench, made_run: Path, make: Callable[..., Path], tmp_path: Path) -> None:
    other = make(tmp_path / "other", {"siamfc": 0.9}, pictures=False)
    done = run_bench("compare", made_run, other, "--no-frames")
    assert done.returncode == 0, done.stderr
    page = other / "compare" / made_run.name / "compare.html"
    assert done.stdout.strip() == str(page)
    assert page.is_file()
    assert "B − A" in page.with_name("compare.md").read_text()


def test_an_unknown_run_is_one_line(run_bench, tmp_path: Path) -> None:
    done = run_bench("report", "latest", "--results", tmp_path)
    assert done.returncode == 2
    assert "no run in" in done.stderr
