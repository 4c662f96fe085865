"""How a command ends: its exit code, and one line on the error stream where something went wrong.

====  =========================================================================
0     fine
1     finished, but something failed or is worse than the baseline
2     bad input, misuse, or a disk or folder that does not take or give a file
3     could not tell (``gate``, ``audit``)
70    a fault of Engram itself: nothing was judged (``EX_SOFTWARE``)
130   stopped by Ctrl-C; 143 by SIGTERM
141   whoever read the output has gone, as in ``run_bench list | head -1``
====  =========================================================================

Only a command itself says 1 or 3, by `click.exceptions.Exit`: an exception, or somebody's ``sys.exit()``, never does.
"""

from __future__ import annotations

import io
import os
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable, Sequence
from contextlib import suppress
from types import FrameType
from typing import NoReturn

import click

from trackers.errors import InputError
from trackers.printable import printable

MISUSE, FAULT, CUT_OFF = 2, 70, 141
GRACE_SECONDS = 2.0
"""How long threads that a tracker left running may take to end, all together."""
SIGNALS = 128
"""What shells add to a signal's number."""


class Stopped(KeyboardInterrupt):
    """The process was asked to stop, by Ctrl-C or by SIGTERM."""


class Ending:
    """Runs a command and knows how it ended; `process` where this process is the command's own."""

    def __init__(self, process: bool) -> None:
        """In a process of its own, mend its standard streams, and stop on SIGTERM as on Ctrl-C."""
        self._process = process
        self._stopped_by = 0
        if process:
            _open_streams()
            for number in (signal.SIGINT, signal.SIGTERM):
                if signal.getsignal(number) is not signal.SIG_IGN:
                    signal.signal(number, self._stop)

    def _stop(self, number: int, frame: FrameType | None) -> None:
        self._stopped_by = number
        raise Stopped

    def run(self, command: click.Command, arguments: Sequence[str], name: str) -> int:
        """Run the command to its end and return the exit code; output is flushed, and no exception leaves."""
        code = self._code(lambda: _call(command, arguments, name))
        if self._process:
            for number in (signal.SIGINT, signal.SIGTERM):  # what is left is taking the process down
                if signal.getsignal(number) == self._stop:
                    signal.signal(number, lambda number, _: os._exit(SIGNALS + number))
        return code

    def _code(self, work: Callable[[], int]) -> int:
        try:
            return self._say(work)
        except BrokenPipeError:
            _flush_or_drop()
            return CUT_OFF
        except OSError as error:  # the output's disk is full
            _flush_or_drop()
            _tell(f"run_bench: cannot write the output ({error.strerror or error})")
            return MISUSE
        except KeyboardInterrupt:
            _flush_or_drop()
            return SIGNALS + (self._stopped_by or signal.SIGINT)

    def _say(self, work: Callable[[], int]) -> int:
        """Do the work; say in one line what went wrong."""
        try:
            code = work()
        except (BrokenPipeError, KeyboardInterrupt):
            raise
        except (Exception, SystemExit) as error:
            if self._stopped_by:  # some libraries turn the interrupt into an exception of their own
                raise KeyboardInterrupt from error
            if isinstance(error, OSError) and error.filename is None:
                sys.stdout.flush()  # says so where it is the output that cannot be written
            code = _explain(error)
            _flush_or_drop()
            return code
        sys.stdout.flush()
        return code


def leave(code: int) -> NoReturn:
    """End the process, soon where a thread that somebody's tracker left running would keep it for ever."""
    pools = ("frames", "ThreadPoolExecutor")  # whose idle threads end by themselves
    others = (one for one in threading.enumerate() if one is not threading.current_thread())
    left = [one for one in others if not one.daemon and not one.name.startswith(pools)]
    until = time.monotonic() + GRACE_SECONDS
    for one in left:
        one.join(max(0.0, until - time.monotonic()))
    if any(one.is_alive() for one in left):
        for stream in (sys.stdout, sys.stderr):
            with suppress(OSError, ValueError):
                stream.flush()
        os._exit(code)
    sys.exit(code)


def _call(command: click.Command, arguments: Sequence[str], name: str) -> int:
    """Run a click command and return its exit code."""
    if completion := os.environ.get(f"_{name.upper()}_COMPLETE"):
        from click.shell_completion import shell_complete

        return shell_complete(command, {}, name, f"_{name.upper()}_COMPLETE", completion)
    try:
        with command.make_context(name, list(arguments)) as context:
            command.invoke(context)
    except click.exceptions.Exit as end:
        return end.exit_code
    return 0


def _explain(error: BaseException) -> int:
    if isinstance(error, InputError):
        _tell(f"run_bench: {error}")
        return MISUSE
    if isinstance(error, click.ClickException):
        said = io.StringIO()
        error.show(said)
        _tell(said.getvalue(), lines=True)
        return MISUSE
    if isinstance(error, OSError) and error.errno is not None:
        where = f": {error.filename}" if error.filename else ""
        _tell(f"run_bench: {error.strerror or error}{where}")
        return MISUSE
    if isinstance(error, MemoryError):
        _tell("run_bench: there is not enough memory for this")
        return MISUSE
    _tell("".join(traceback.format_exception(error)), lines=True)
    _tell(f"run_bench: a fault of Engram itself ({type(error).__name__}: {error}); please report it, with all of the"
         " above. Nothing was judged by it")  # fmt: skip
    return FAULT


def _tell(text: str, lines: bool = False) -> None:
    """Write one line, or several, to the error stream; `benchmark.commands.terminal` takes long to load."""
    click.echo(printable(text.rstrip("\n"), keep="\n\t" if lines else ""), err=True)


def _open_streams() -> None:
    """Give the process three standard streams: no file opened later gets the number of one that was closed.

    What an encoding lacks is replaced.
    """
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # takes the lowest number that is free, which is this one
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w" if number else "r"))  # noqa: SIM115  # as long as the process
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def _flush_or_drop() -> None:
    """Write what is still in the streams' buffers, or drop it where nobody takes it."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, stream.fileno())
            os.close(nowhere)
