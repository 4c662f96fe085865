"""How commands end: exit codes, one line for what went wrong, and no exception that looks like a verdict."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import click
import pytest
from conftest import REPOSITORY

from benchmark.ending import Ending
from trackers.errors import InputError


def ended(work: Callable[[], object], *arguments: str) -> int:
    return Ending(process=False).run(click.command()(work), arguments, "run_bench")


def raising(error: BaseException) -> Callable[[], None]:
    def work() -> None:
        raise error

    return work


@pytest.mark.parametrize(
    ("error", "code", "line"),
    [
        (click.exceptions.Exit(1), 1, ""),
        (click.exceptions.Exit(3), 3, ""),
        (InputError("mend\nthis"), 2, "run_bench: mend\\nthis\n"),
        (OSError(errno.ENOSPC, "No space left on device", "/x"), 2, "run_bench: No space left on device: /x\n"),
        (PermissionError(errno.EACCES, "Permission denied", "/x"), 2, "run_bench: Permission denied: /x\n"),
        (MemoryError(), 2, "run_bench: there is not enough memory for this\n"),
        (BrokenPipeError(errno.EPIPE, "Broken pipe"), 141, ""),
        (KeyboardInterrupt(), 130, ""),
        (click.ClickException("no \x1b such thing"), 2, "Error: no \\x1b such thing\n"),
    ],
)
def test_what_went_wrong_is_one_line_and_its_code(error, code, line, capsys) -> None:
    assert ended(raising(error)) == code
    said = capsys.readouterr()
    assert (said.out, said.err) == ("", line)


@pytest.mark.parametrize(
    "error", [ZeroDivisionError("x"), RecursionError("x"), SystemExit(1), SystemExit(0), OSError("x")]
)
def test_a_fault_of_ours_is_never_read_as_a_verdict(error, capsys) -> None:
    assert ended(raising(error)) == 70
    said = capsys.readouterr().err.splitlines()
    assert said[0] == "Traceback (most recent call last):"
    assert said[-1].startswith(
        f"run_bench: a fault of Engram itself ({type(error).__name__}: {error}); please report it"
    )


def test_a_command_that_returns_ends_with_0() -> None:
    assert ended(lambda: 5) == 0


def test_an_output_that_cannot_be_written_is_one_line(capsys, monkeypatch) -> None:
    class Full:
        def write(self, text: str) -> int:
            return len(text)

        def flush(self) -> None:
            raise OSError(errno.ENOSPC, "No space left on device")

        def fileno(self) -> int:
            return os.open(os.devnull, os.O_WRONLY)

    monkeypatch.setattr(sys, "stdout", Full())
    assert ended(lambda: print("something")) == 2  # noqa: T201
    assert capsys.readouterr().err == "run_bench: cannot write the output (No space left on device)\n"


@pytest.mark.parametrize(
    ("count", "line"), [(100, "cannot write the output (No space left on device)"), (20_000, "No space left on device")]
)
def test_an_output_that_is_full_while_it_is_written_is_one_line_too(count: int, line: str) -> None:
    with Path("/dev/full").open("w") as full:
        buffered = {**os.environ, "PYTHONUNBUFFERED": ""}
        running = process(f"    print('x' * {count}, flush=True)", stdout=full, env=buffered)
        assert (running.communicate()[1], running.returncode) == (f"run_bench: {line}\n", 2)


def process(script: str, **options) -> subprocess.Popen[str]:
    """Start a process whose command is the given body."""
    code = f"""
import os, signal, sys, time, click
sys.path.insert(0, {str(REPOSITORY)!r})
from benchmark.ending import Ending
@click.command()
def command():
{script}
sys.exit(Ending(process=True).run(command, [], "run_bench"))
"""
    options = {"stdout": subprocess.PIPE, **options}
    return subprocess.Popen([sys.executable, "-c", code], stderr=subprocess.PIPE, text=True, **options)


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_ends_the_process_without_a_traceback_but_with_its_cleaning(number: signal.Signals, code: int) -> None:
    running = process("""
    try:
        print("ready", flush=True)
        time.sleep(60)
    finally:
        print("cleaned")
""")
    assert running.stdout is not None
    assert running.stdout.readline() == "ready\n"
    running.send_signal(number)
    out, err = running.communicate()
    assert (out, err, running.returncode) == ("cleaned\n", "", code)


@pytest.mark.parametrize(
    "swallow",
    [
        "raise ImportError('interrupted while importing') from None",
        "sys.exit(1)",
    ],
    ids=["turned into another exception", "turned into an exit"],
)
def test_an_interrupt_that_a_library_changes_is_still_an_interrupt(swallow: str) -> None:
    running = process(f"""
    try:
        os.kill(os.getpid(), signal.SIGINT)
        time.sleep(60)
    except KeyboardInterrupt:
        {swallow}
""")
    out, err = running.communicate()
    assert (out, err, running.returncode) == ("", "", 130)


def test_an_interrupt_while_the_process_goes_down_is_no_traceback() -> None:
    running = process("""
    import atexit, threading
    atexit.register(lambda: (print("leaving", flush=True), time.sleep(60)))
    threading.Thread(target=time.sleep, args=(0.2,)).start()
""")
    assert running.stdout is not None
    assert running.stdout.readline() == "leaving\n"
    running.send_signal(signal.SIGINT)
    out, err = running.communicate()
    assert (out, err, running.returncode) == ("", "", 130)


def test_an_encoding_that_lacks_a_character_gets_a_replacement() -> None:
    running = process("    print('é–追', flush=True)", env={**os.environ, "PYTHONIOENCODING": "ascii"})
    assert running.communicate() == ("???\n", "")
    assert running.returncode == 0


def test_closed_streams_are_no_ones_business() -> None:
    """A file that is opened later must not get the number of the closed output: prints would go into it."""

    def close() -> None:
        os.close(1)

    running = process("""
    print("lost")
    with open(os.devnull) as file:
        print(file.fileno() > 2, file=sys.stderr)
""", preexec_fn=close)  # fmt: skip
    _, err = running.communicate()
    assert (err, running.returncode) == ("True\n", 0)


def test_a_reader_that_has_gone_is_quiet() -> None:
    running = process("""
    for _ in range(100_000):
        print("line")
""")
    assert running.stdout is not None
    running.stdout.readline()
    running.stdout.close()
    assert running.wait() == 141
    assert running.stderr is not None
    assert running.stderr.read() == ""
    running.stderr.close()


def test_ctrl_c_during_the_first_import_is_no_traceback(tmp_path) -> None:
    (tmp_path / "click.py").write_text("raise KeyboardInterrupt")
    env = {**os.environ, "PYTHONPATH": f"{tmp_path}{os.pathsep}{REPOSITORY}"}
    done = subprocess.run([sys.executable, "-m", "run_bench"], capture_output=True, env=env, cwd=tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (130, b"", b"")


@pytest.mark.parametrize("daemon", [True, False])
def test_a_thread_that_goes_on_does_not_hold_the_program(daemon: bool) -> None:
    code = f"""
import sys, threading, time
from benchmark.ending import leave
threading.Thread(target=time.sleep, args=(600,), daemon={daemon}).start()
sys.stdout.write("said")
leave(3)
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=REPOSITORY, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout) == (3, "said")
