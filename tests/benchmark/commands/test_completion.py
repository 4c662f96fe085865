"""What a shell offers."""

from __future__ import annotations

import io
from collections.abc import Callable
from contextlib import redirect_stdout
from pathlib import Path

import pytest

from benchmark import load
from benchmark.datasets.lookup import dataset_names
from benchmark.studies.reading import study_names
from run_bench import COMMANDS, main
from trackers.registry import PAPERS_FIVE


@pytest.fixture
def offered(monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[str]]:
    """Return what is offered for the last of some words."""

    def offer(*words: str) -> list[str]:
        monkeypatch.setenv("_RUN_BENCH_COMPLETE", "bash_complete")
        monkeypatch.setenv("COMP_WORDS", " ".join(("run_bench", *words)))
        monkeypatch.setenv("COMP_CWORD", str(len(words)))
        out = io.TextIOWrapper(io.BytesIO(), "utf-8")  # click writes bytes for a shell
        with redirect_stdout(out), pytest.raises(SystemExit) as ended:
            main([])
        assert not ended.value.code
        out.seek(0)
        return [line.partition(",")[2] for line in out.read().splitlines() if line]

    return offer


def test_commands_are_offered_and_the_options_of_a_run(offered) -> None:
    assert offered("") == list(COMMANDS)
    assert offered("stu") == ["study"]
    assert {"--trackers", "--telemetry", "--version"} <= set(offered("--"))
    assert {"--against", "--config"} <= set(offered("gate", "--"))


def test_names_are_offered_the_last_of_a_list_by_itself(offered) -> None:
    assert set(PAPERS_FIVE) <= set(offered("run", "--trackers", ""))
    assert "siamfc,memtrack" in offered("run", "-t", "siamfc,mem")
    assert offered("--dataset", "OTB") == [name for name in dataset_names() if name.startswith("OTB")]
    assert offered("study", "dualmn-b") == [name for name in study_names() if name.startswith("dualmn-b")]
    assert "got10k" in offered("run", "--profile", "")


def test_runs_are_offered_by_name_and_id(offered, run_bench, tmp_path: Path, picture_folder: Path) -> None:
    results = str(tmp_path / "results")
    words = ("-t", "cv2:kcf", "-d", "folder", "--data-root", picture_folder, "--sequences", "first", "--name", "mine")
    assert run_bench("run", *words, "--results", results, "-q").returncode == 0
    assert offered("report", "--results", results, "") == ["latest", "mine", load(results=results).id]
    assert offered("play", "--results", results, "mi") == ["mine"]
    assert offered("report", "--results", str(tmp_path / "none"), "") == []


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_lines_for_a_shell_name_what_the_command_listens_to(shell: str, run_bench) -> None:
    done = run_bench("completion", shell)
    assert done.returncode == 0
    assert f"_RUN_BENCH_COMPLETE={shell}_complete" in done.stdout.replace(" env ", " ")
    assert len(done.stdout.splitlines()) > 5
