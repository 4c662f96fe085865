"""The command that starts the viewer."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from importlib import util
from pathlib import Path
from urllib.request import urlopen

import pytest
from conftest import REPOSITORY

from reports.commands.view import has_screen


def test_without_the_extra_one_line_says_how_to_have_it(run_bench, made_run: Path, monkeypatch) -> None:
    there = util.find_spec
    monkeypatch.setattr("reports.commands.view.find_spec", lambda name: None if name == "uvicorn" else there(name))
    done = run_bench("view", made_run)
    assert done.returncode == 2
    assert done.stderr.strip() == "run_bench: the viewer needs uvicorn: pip install 'engram-bench[view]'"


@pytest.mark.parametrize("words", [["nothing-here"], []])
def test_a_run_that_is_not_there_is_one_line(run_bench, tmp_path: Path, words: list[str]) -> None:
    done = run_bench("view", *words, "--results", tmp_path)
    assert done.returncode == 2
    assert len(done.stderr.strip().splitlines()) == 1
    assert "no results in" in done.stderr


def test_a_data_root_that_is_not_there_is_one_line(run_bench, made_run: Path, tmp_path: Path) -> None:
    done = run_bench("view", made_run, "--data-root", tmp_path / "nowhere")
    assert done.returncode == 2
    assert done.stderr.strip() == f"run_bench: --data-root {tmp_path / 'nowhere'}: no such folder"


def test_it_serves_until_it_is_stopped(made_run: Path) -> None:
    command = [
        sys.executable,
        "-m",
        "run_bench",
        "view",
        made_run,
        "--no-browser",
        "--at",
        "http://old/token/#sequence=second",
    ]
    with subprocess.Popen(command, cwd=REPOSITORY, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as viewer:
        place = viewer.stdout.readline().strip()
        found = re.fullmatch(r"(http://127\.0\.0\.1:\d+/[\w-]{32}/)#sequence=second", place)
        assert found
        with urlopen(found[1]) as page:
            assert b"<title>Engram viewer</title>" in page.read()
        port = re.search(r":(\d+)/", place)[1]
        taken = subprocess.run([*command[:5], "--port", port], cwd=REPOSITORY, capture_output=True, text=True)
        assert taken.returncode == 2
        assert "lets the viewer start" in taken.stderr
        viewer.send_signal(signal.SIGINT)
        assert viewer.wait() == 130
        assert viewer.stderr.read() == "Ctrl-C ends the viewer.\n"


def test_a_browser_is_opened_where_there_is_a_screen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    assert not has_screen()
    monkeypatch.setitem(os.environ, "DISPLAY", ":0")
    assert has_screen()
