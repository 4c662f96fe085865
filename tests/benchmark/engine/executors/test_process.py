"""A worker's process, from its start to its end."""

from __future__ import annotations

import os
import subprocess
import sys
from multiprocessing import Pipe
from pathlib import Path
from types import SimpleNamespace

import pytest
from conftest import REPOSITORY

from benchmark.engine.executors.dispatch import Answer, Loss
from benchmark.engine.executors.process import Process

SLOW_TO_LET_GO = """
import time
from multiprocessing import get_context
from pathlib import Path

from benchmark.engine.executors import process

class Slow:
    def __init__(self, device, on_frames):
        pass
    def __del__(self):
        time.sleep(0.3)
        Path("let-go").touch()

def serve(connection):
    process.Worker = Slow
    process.serve(connection, "cpu")

if __name__ == "__main__":
    context = get_context("spawn")
    ours, theirs = context.Pipe()
    worker = context.Process(target=serve, args=(theirs,))
    worker.start()
    theirs.close()
    ours.close()
    worker.join()
    raise SystemExit(worker.exitcode)
"""


def test_a_worker_lets_go_of_what_it_has_before_its_process_ends(tmp_path: Path) -> None:
    script = tmp_path / "slow.py"
    script.write_text(SLOW_TO_LET_GO)
    subprocess.run([sys.executable, script], cwd=tmp_path, check=True, timeout=120)
    assert (tmp_path / "let-go").exists()


FORKS = """
import os, time
from benchmark.engine.executors import process

class Forks:
    def __init__(self, device, on_frames):
        pass
    def fork(self):
        if os.fork() == 0:
            return "the child's"
        time.sleep(0.3)
        return "the parent's"

def serve(connection, device, real=process.serve):
    process.Worker = Forks
    real(connection, device)

if __name__ == "__main__":
    process.serve = serve
    worker = process.Process("1", "cpu")
    heard = []
    for _ in range(2):
        worker.ask("fork")
        heard.append(worker.hear())
    worker.close()
    assert heard == [process.Answer("the parent's")] * 2, heard
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there are no forks here")
def test_a_process_that_a_worker_forks_does_not_answer_for_it(tmp_path: Path) -> None:
    script = tmp_path / "forks.py"
    script.write_text(FORKS)
    subprocess.run([sys.executable, script], cwd=REPOSITORY, check=True, timeout=60)


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch):
    """A process that is none, as its parent sees it: `alive` as a test says, `theirs` its end of the connection."""
    ours, theirs = Pipe()
    state = SimpleNamespace(exitcode=-11, alive=True, is_alive=lambda: state.alive)
    process = object.__new__(Process)
    process.connection, process._process, process._call = ours, state, 0
    return process, state, theirs


def test_an_answer_belongs_to_the_call_that_was_asked(seen) -> None:
    process, _, theirs = seen
    process.ask("work")
    process.ask("work")
    assert [theirs.recv()[0] for _ in range(2)] == [1, 2]
    theirs.send((1, Answer("of the call before")))
    theirs.send((2, Answer("of this one")))
    assert process.hear() is None
    assert process.hear() == Answer("of this one")


def test_a_process_that_has_ended_is_lost_once_all_it_said_is_heard(seen) -> None:
    process, state, theirs = seen
    process.ask("work")
    assert process.lost() is None
    theirs.send((1, Answer("its last")))
    state.alive = False
    assert process.lost() is None
    assert process.hear() == Answer("its last")
    assert process.lost() == Loss("its process was ended by SIGSEGV")
