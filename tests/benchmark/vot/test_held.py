"""The toolkit and its trackers end with whoever started them, killed or not; what they are called is theirs alone."""

from __future__ import annotations

import configparser
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from benchmark.vot.evaluating import Ended, call
from benchmark.vot.exporting import export_workspace
from benchmark.vot.running import why_missing
from benchmark.vot.toolkit import Toolkit
from benchmark.vot.workspace import Entry, check_place, identifiers, write_workspace
from trackers.errors import InputError

pytestmark = pytest.mark.skipif(not hasattr(os, "killpg"), reason="needs groups of processes")
VOT = """
import os, subprocess, time
child = subprocess.Popen(["sleep", "60"], stdin=subprocess.DEVNULL)
with open("pids", "w") as file:
    file.write(f"{os.getpid()} {child.pid}\\n")
time.sleep(60)
"""
CALLER = """
from pathlib import Path
from benchmark.vot.evaluating import evaluate
from benchmark.vot.toolkit import Toolkit
evaluate(Toolkit(Path("env")), Path("ws"), "it", 60, lambda: None)
"""


def runs(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except FileNotFoundError:
        return False


@pytest.mark.parametrize("sent", [signal.SIGKILL, signal.SIGINT])
def test_a_command_that_is_killed_leaves_no_process_behind(tmp_path: Path, sent: signal.Signals) -> None:
    (tmp_path / "env" / "bin").mkdir(parents=True)
    python = tmp_path / "env" / "bin" / "python"
    python.write_text(f'#!/bin/sh\nPYTHONPATH="{tmp_path}" exec "{sys.executable}" "$@"\n')
    python.chmod(0o755)
    (tmp_path / "vot").mkdir()
    (tmp_path / "vot" / "__init__.py").touch()
    (tmp_path / "vot" / "__main__.py").write_text(VOT)
    path = os.pathsep.join([str(Path(__file__).parents[3]), *filter(None, [os.environ.get("PYTHONPATH")])])
    with subprocess.Popen([sys.executable, "-c", CALLER], cwd=tmp_path, env={**os.environ, "PYTHONPATH": path},
                          stderr=subprocess.DEVNULL) as caller:  # fmt: skip
        until = time.monotonic() + 60
        while not (said := (tmp_path / "pids").read_text() if (tmp_path / "pids").is_file() else "").endswith("\n"):
            assert time.monotonic() < until
            assert caller.poll() is None
            time.sleep(0.02)
        caller.send_signal(sent)
        caller.wait(60)
    left = [int(one) for one in said.split()]
    while any(map(runs, left)):
        assert time.monotonic() < until
        time.sleep(0.02)


def test_trackers_are_called_differently_in_every_order() -> None:
    found = identifiers(["a_2", "a", "a!", "a?", "ü", "x" * 300])
    assert len({*found.values()}) == 6
    assert (found["a_2"], found["a"]) == ("a_2", "a")
    assert all(len(one) < 100 for one in found.values())
    later = identifiers(["a!", "b"], taken={"a": "a"})
    assert later == {"a!": found["a!"], "b": "b"}
    assert identifiers(["a!"], taken={"a": "a", later["a!"]: "a!"}) == {"a!": later["a!"]}


def test_a_place_that_the_toolkit_cannot_read_is_refused_at_once(tmp_path: Path) -> None:
    check_place(tmp_path / "ü [1] # ws")
    with pytest.raises(InputError, match="takes a % in a path for a number's place"):
        check_place(tmp_path / "50 %" / "ws")
    with pytest.raises(InputError, match="takes a % in a path"):
        export_workspace(tmp_path, "ope", tmp_path / "50%")


def test_colours_are_no_words(tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "python").write_text("#!/bin/sh\nprintf '\\033[31mMissing results\\033[0m\\n'\n")
    (tmp_path / "bin" / "python").chmod(0o755)
    assert call(Toolkit(tmp_path), tmp_path, "analysis").said == ("Missing results",)


def test_a_per_cent_sign_is_no_name_to_the_toolkits_reader(tmp_path: Path) -> None:
    entry = Entry("it", "py:100%.py{a=%(b)s}", "python '/50% done/it.json'")
    write_workspace(tmp_path, "t", "vot2017", [entry], [], images=False)
    config = configparser.ConfigParser()
    config.read(tmp_path / "trackers.ini", "utf-8")
    assert (config["it"]["label"], config["it"]["command"]) == (entry.label, entry.command)


@pytest.mark.parametrize(
    ("log", "said"),
    [
        ("@@TRAX:hello\nTraceback\nRuntimeError: so\n\nProcess exited with code (1)\n", "RuntimeError: so ("),
        ("@@TRAX:hello\n\nProcess exited with code (7)\n", "Process exited with code (7) ("),
        ("@@TRAX:hello\n", "the toolkit does not say why ("),
    ],
)
def test_last_words_of_a_tracker_are_its_own_else_how_it_ended(tmp_path: Path, log: str, said: str) -> None:
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs" / "it_2026.log").write_text(log)
    assert why_missing(Ended(0, False, ()), tmp_path, "it").startswith(said)
    assert "(--timeout)" in why_missing(Ended(-9, True, ()), tmp_path, "it")
