"""A tracker's process as its parent sees it: it dies with its parent and by its group, and no call waits for ever."""

from __future__ import annotations

import os
import select
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, wait
from contextlib import suppress
from pathlib import Path
from threading import Thread
from typing import TypeVar
from weakref import WeakSet, finalize

from trackers.adapters.noticing import resident
from trackers.errors import InputError

TAIL = 10_000
"""Bytes of the error stream that are kept: the last ones."""
END_SECONDS = 2.0
"""How long a process that is at its end, or was asked to end, may take for that."""
SOON_SECONDS = 0.2
"""The same where it has said why it ends, or need not end at all; and for what it wrote to reach us."""
GUARD = Path(__file__).with_name("guard.py")

T = TypeVar("T")


class TrackerFailure(Exception):
    """A tracker's process failed: how, and below it, indented, the end of its error stream."""


class Overdue(TrackerFailure, TimeoutError):
    """It did not answer within the time it had, and was ended."""


class Child:
    """A command in a process group of its own; `write` and `read` are the ends of its standard input and output."""

    def __init__(
        self,
        command: Sequence[str],
        environment: Mapping[str, str],
        keep: Sequence[int] = (),
        folder: str = "",
        among: WeakSet[Child] | None = None,
    ) -> None:
        """Start it.

        Args:
            command: The program and its arguments.
            environment: All of its environment variables.
            keep: File descriptors that it inherits under their numbers.
            folder: A flat folder that is removed when it has ended; "" for none.
            among: Where it is counted as long as somebody needs it.
        """
        if os.name != "posix":
            raise InputError("trackers in processes of their own need Linux or macOS")
        lifeline, ours = os.pipe()
        try:
            self._process = subprocess.Popen(
                [sys.executable, "-I", "-S", str(GUARD), str(lifeline), folder, *command],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                bufsize=0,
                env=dict(environment),
                start_new_session=True,
                pass_fds=(lifeline, *keep),
            )
        except BaseException:
            os.close(ours)
            raise
        finally:
            os.close(lifeline)
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        assert self._process.stderr is not None
        self.write, self.read = self._process.stdin.fileno(), self._process.stdout.fileno()
        self._said = _Tail(self._process.stderr.fileno())
        self.end = finalize(self, _end, self._process, ours, self._said, folder)
        """Ends it with all that it started; called once at the latest when nothing refers to this object any more."""
        if among is not None:
            among.add(self)

    @property
    def id(self) -> int:
        """The system's number of the guarding process, which is that of the group."""
        return self._process.pid

    def resident(self) -> int | None:
        """Return how many bytes the command has in memory; None where that is not known."""
        try:
            (process,) = Path(f"/proc/{self.id}/task/{self.id}/children").read_text().split()
        except (OSError, ValueError):  # off Linux, or it has ended
            return None
        return resident(process)

    def hear(self, text: str) -> None:
        """Keep what it wrote elsewhere beside what it writes to its error stream."""
        self._said.add(text.encode("utf-8", "replace"))

    def call(self, work: Callable[[], T], seconds: float, says: Callable[[BaseException], str] = str) -> T:
        """Return what `work` returns, which waits for the process; `Overdue` where that takes longer.

        It is called in a thread: a library that waits for an answer must not hear of Ctrl-C in one of its callbacks,
        where that is lost, and its state with it. `TrackerFailure` where `work` raises anything: how the process ended,
        and what the exception `says` of it.
        """
        outcome: Future[T] = Future()
        try:
            Thread(target=_fulfil, args=(outcome, work), name="answer in time", daemon=True).start()
            done = wait([outcome], min(seconds, 1e6)).done
        except BaseException:
            self._cut_short(outcome)
            raise
        if not done:
            self._cut_short(outcome)
            raise self.overdue(seconds)
        if (error := outcome.exception()) is None:
            return outcome.result()
        raise self.failure(says(error)) from None

    def _cut_short(self, outcome: Future[T]) -> None:
        """End the process, so that who waits for it hears no more, and see that nobody does."""
        _kill(self._process)
        wait([outcome], END_SECONDS)

    def kill(self) -> None:
        """End it now, whoever waits for it: from another thread, perhaps."""
        _kill(self._process)

    def leave(self) -> None:
        """Wait a moment for it to end by itself, then end it."""
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(END_SECONDS)
        self.end()

    def overdue(self, seconds: float) -> Overdue:
        """End it, and return what is to be raised: it has not answered for so long."""
        _kill(self._process)
        return Overdue(self._with_tail(f"it did not answer within {seconds:.3g} s and was ended"))

    def failure(self, says: str) -> TrackerFailure:
        """Return what is to be raised: how it ended where it has, else what it, or whoever spoke with it, says."""
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(END_SECONDS if not says else SOON_SECONDS)
        code = self._process.returncode
        if code is None:
            return TrackerFailure(
                self._with_tail(says or "it broke off the conversation, or what it said could not be read")
            )
        last = self._said.text().strip().rpartition("\n")[2]
        why = says or (last and f"the last line of its error stream is {last[:200]!r}")
        return TrackerFailure(self._with_tail(": ".join(filter(None, (f"it {_ended(code)}", why)))))

    def raised(self, says: str, traceback: str) -> TrackerFailure:
        """Return what is to be raised: the tracker raised something, and its process goes on."""
        lines = [f"    {one}" for one in traceback.splitlines()]
        return TrackerFailure("\n".join([self._with_tail(says), "where it was raised:", *lines]))

    def _with_tail(self, line: str) -> str:
        lines = [f"    {one}" for one in self._said.text().splitlines()]
        said = "the end of what it wrote to its error stream:" if lines else "it wrote nothing to its error stream"
        return "\n".join([" ".join(line.split()), said, *lines])


def _fulfil(outcome: Future[T], work: Callable[[], T]) -> None:
    try:
        outcome.set_result(work())
    except BaseException as error:
        outcome.set_exception(error.with_traceback(None))  # whose frames would keep all that they know


def _ended(code: int) -> str:
    if code >= 0:
        return f"ended with exit code {code}"
    known = -code in set(signal.Signals)
    name = signal.Signals(-code).name if known else f"signal {-code}"
    return f"was ended by {name}" + (" (is there enough memory?)" if name == "SIGKILL" else "")


def _kill(process: subprocess.Popen[bytes]) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)


def _end(process: subprocess.Popen[bytes], lifeline: int, said: _Tail, folder: str) -> None:
    """End the process and its group, and leave nothing of it: no zombie, no pipe, no thread, no file."""
    _kill(process)
    process.wait()
    os.close(lifeline)
    said.thread.join(END_SECONDS)
    for stream in (process.stdin, process.stdout, process.stderr):
        assert stream is not None
        stream.close()
    if folder:
        shutil.rmtree(folder, ignore_errors=True)


class _Tail:
    """The end of what is written to a pipe: read at once, or whoever writes would wait when it is full."""

    def __init__(self, pipe: int) -> None:
        self._kept, self._pipe = bytearray(), pipe
        self.thread = Thread(target=self._drain, args=(pipe,), name="error stream", daemon=True)
        self.thread.start()

    def add(self, block: bytes) -> None:
        self._kept += block
        del self._kept[:-TAIL]

    def text(self) -> str:
        """Return it, with what is still under way."""
        waiting, deadline = select.poll(), time.monotonic() + SOON_SECONDS
        waiting.register(self._pipe, select.POLLIN)
        while self.thread.is_alive() and waiting.poll(0) and time.monotonic() < deadline:
            self.thread.join(0.005)
        self.thread.join(0.005)
        return bytes(self._kept).decode("utf-8", "replace")

    def _drain(self, pipe: int) -> None:
        with suppress(OSError):
            while block := os.read(pipe, 1 << 16):
                self.add(block)
