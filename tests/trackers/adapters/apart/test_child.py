"""A process of a tracker's ends with its parent and by its group, says how it ended, and leaves nothing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from threading import Event, Thread

import pytest
from conftest import REPOSITORY

from trackers.adapters.apart.child import TAIL, Child, Overdue, TrackerFailure


def start(code: str, folder: str = "") -> Child:
    return Child([sys.executable, "-c", code], os.environ, folder=folder)


def read(child: Child) -> str:
    def line() -> str:
        content = b""
        while not content.endswith(b"\n"):
            block = os.read(child.read, 100)
            if not block:
                raise EOFError("nothing more")
            content += block
        return content.decode().strip()

    return child.call(line, 30, lambda error: "")


def there(process: int) -> bool:
    """Return whether a process is there, as a zombie too."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def gone(process: int) -> bool:
    """Wait until a process that is not this one's child has gone."""
    deadline = time.monotonic() + 20
    while there(process) and time.monotonic() < deadline:
        time.sleep(0.01)
    return not there(process)


GRANDCHILD = """
import subprocess, sys, time
print(subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"]).pid, flush=True)
time.sleep(600)
"""


def test_it_and_what_it_started_end_when_nobody_needs_it(tmp_path: Path) -> None:
    (tmp_path / "frames").mkdir()
    (tmp_path / "frames" / "1").touch()
    child = start(GRANDCHILD, str(tmp_path / "frames"))
    grandchild, process = int(read(child)), child.id
    assert there(process)
    del child
    assert not there(process)
    assert gone(grandchild)
    assert not (tmp_path / "frames").exists()


LISTENER = "import sys; print(0, flush=True); sys.stdin.read()"
"""Ends by itself where its parent does."""


@pytest.mark.parametrize("code", [GRANDCHILD, LISTENER])
def test_it_ends_with_its_parent_however_that_ends(tmp_path: Path, code: str) -> None:
    (tmp_path / "frames").mkdir()
    (tmp_path / "frames" / "1").touch()
    parent = f"""
import os, sys, time
from trackers.adapters.apart.child import Child
child = Child([sys.executable, "-c", {code!r}], os.environ, folder={str(tmp_path / "frames")!r})
print(child.id, os.read(child.read, 100).decode().strip(), flush=True)
os.kill(os.getpid(), 9)
"""
    done = subprocess.run([sys.executable, "-c", parent], capture_output=True, cwd=REPOSITORY)
    guard, grandchild = map(int, done.stdout.split())
    assert gone(guard)
    assert not grandchild or gone(grandchild)
    assert not (tmp_path / "frames").exists()


@pytest.mark.parametrize(
    ("code", "says"),
    [
        ("import sys; sys.exit(7)", "it ended with exit code 7"),
        ("raise ValueError('no such thing')", "the last line of its error stream is 'ValueError: no such thing'"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", "SIGKILL (is there enough memory?)"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)", "it was ended by SIGSEGV"),
    ],
)
def test_it_is_said_how_it_ended(code: str, says: str) -> None:
    with pytest.raises(TrackerFailure) as raised:
        read(start(code))
    assert says in str(raised.value).splitlines()[0]


def test_a_program_that_is_not_there_is_named() -> None:
    child = Child(["/no/such/program"], os.environ)
    with pytest.raises(TrackerFailure, match="/no/such/program: No such file"):
        read(child)


def test_one_that_does_not_answer_is_ended_with_all_that_it_started() -> None:
    child = start(GRANDCHILD)
    grandchild = int(read(child))
    with pytest.raises(Overdue, match=r"it did not answer within 0\.2 s"):
        child.call(lambda: os.read(child.read, 1) or (_ for _ in ()).throw(EOFError("end")), 0.2)
    assert gone(grandchild)


def test_an_interrupt_meanwhile_is_the_callers_and_ends_it() -> None:
    child = start("import time; time.sleep(600)")
    inside = Event()

    def work() -> bytes:
        inside.set()
        return os.read(child.read, 1)

    def interrupt() -> None:
        inside.wait(30)
        os.kill(os.getpid(), signal.SIGINT)

    Thread(target=interrupt).start()
    with pytest.raises(KeyboardInterrupt):
        child.call(work, 60)
    assert child.failure("").args[0].startswith("it was ended by SIGKILL")


def test_what_it_leaves_running_does_not_hold_us_up() -> None:
    child = start(GRANDCHILD.replace("time.sleep(600)\n", "sys.exit(3)\n"))
    grandchild = int(read(child))
    with pytest.raises(TrackerFailure, match="it ended with exit code 3"):
        read(child)
    assert gone(grandchild)


def test_the_end_of_a_long_error_stream_is_kept() -> None:
    child = start("import sys; sys.stderr.write('x' * 300_000 + 'the end'); print('done', flush=True); sys.exit(1)")
    assert read(child) == "done"
    with pytest.raises(TrackerFailure) as raised:
        read(child)
    text = str(raised.value)
    assert text.endswith("xthe end")
    assert TAIL <= len(text) <= TAIL + 500


def test_its_output_is_not_ours(capfd: pytest.CaptureFixture[str]) -> None:
    child = start("import os; os.write(1, b'out\\n'); os.write(2, b'err\\n')")
    assert read(child) == "out"
    child.leave()
    said = capfd.readouterr()
    assert (said.out, said.err) == ("", "")
