"""A worker in a process of this machine, and the pipe that leads to it.

It ends with its parent, however that ends; Ctrl-C, which a terminal sends to all, is the parent's to hear.
"""

from __future__ import annotations

import os
import signal
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from multiprocessing import get_context, parent_process, resource_tracker
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from threading import Thread
from typing import Any

from benchmark.engine.executors.dispatch import Answer, Fault, Heard, Loss, Progress, Refusal
from benchmark.engine.executors.worker import Worker
from trackers.errors import InputError

TELL_SECONDS = 0.1
"""How often a worker says how many frames it has done."""
END_SECONDS = 5.0
"""How long a process whose pipe is closed may take to end."""


class Process:
    """A worker's process, seen by its parent."""

    def __init__(self, name: str, device: str) -> None:
        """Start it; what it says is read from `connection`."""
        context = get_context("spawn")
        self.connection, theirs = context.Pipe()
        self._process: BaseProcess = context.Process(target=serve, args=(theirs, device), name=f"worker {name}")
        with _deaf():
            self._process.start()
        theirs.close()  # so that its end is the connection's end
        self._call = 0

    @property
    def id(self) -> int:
        """The system's number of the process."""
        return int(self._process.pid or 0)

    def ask(self, method: str, *arguments: Any) -> None:
        """Call a method of the worker; one that is gone is noticed by `hear`."""
        self._call += 1
        with suppress(OSError):
            self.connection.send((self._call, method, arguments))

    def hear(self) -> Heard | None:
        """Return what the worker says next, once there is something; None where that is of a call before the last."""
        try:
            call, said = self.connection.recv()
        except (EOFError, OSError):
            self._process.join(END_SECONDS)
            return Loss(_how_it_ended(self._process.exitcode))
        found: Heard | None = said if call == self._call else None
        return found

    def lost(self) -> Loss | None:
        """Return how the process ended; None while it lives, or has said something that is still to be heard.

        The connection does not tell while a process lives that the tracker has started, and that has it too.
        """
        if self._process.is_alive() or self.connection.poll():
            return None
        return Loss(_how_it_ended(self._process.exitcode))

    def close(self, seconds: float = 0.0) -> None:
        """End the process: let it end by itself for so long, then kill it."""
        self.connection.close()
        self._process.join(seconds)
        self._process.kill()
        self._process.join()


def _how_it_ended(code: int | None) -> str:
    if code is None:
        return "its process no longer answers"
    if code >= 0:
        return f"its process ended with exit code {code}"
    name = signal.Signals(-code).name if -code in set(signal.Signals) else f"signal {-code}"
    return f"its process was ended by {name}" + (": is there enough memory?" if name == "SIGKILL" else "")


@contextmanager
def _deaf() -> Iterator[None]:
    """Let processes that start meanwhile not hear Ctrl-C; this one hears it afterwards."""
    if sys.platform == "win32":
        yield
        return
    resource_tracker.ensure_running()  # would let Ctrl-C through again when it is started
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def serve(connection: Connection, device: str) -> None:
    """Be a worker until the parent closes its end of the connection, or ends.

    The work is done beside the main thread, as in a run of one process: nothing raised there is taken for Ctrl-C.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    done, ended = get_context("spawn").Pipe(duplex=False)
    for one in (connection, ended) if hasattr(os, "register_at_fork") else ():
        os.register_at_fork(after_in_child=one.close)  # a process that the tracker forks says nothing for this one
    work = Thread(target=_serve, args=(connection, device, ended), daemon=True)
    work.start()
    parent = parent_process()
    assert parent is not None
    if parent.sentinel in wait([done, parent.sentinel]):
        os._exit(1)  # whatever the work is at
    work.join()  # it still lets go of its trackers, which an interpreter that ends meanwhile would cut off: C++ aborts


def _serve(connection: Connection, device: str, ended: Connection) -> None:
    """Answer the parent's calls, one by one; close `ended` when there is nobody to answer."""
    counter = _Counter(connection)
    worker = Worker(device, counter)
    with ended, suppress(EOFError, OSError):  # the parent has closed the connection
        while True:
            counter.call, method, arguments = connection.recv()
            counter.frames = 0
            connection.send((counter.call, _answer(getattr(worker, method), arguments)))


def _answer(method: Callable[..., Any], arguments: tuple[Any, ...]) -> Heard:
    try:
        return Answer(method(*arguments))
    except (InputError, OSError) as error:
        return Refusal(str(error))
    except Exception:
        return Fault(traceback.format_exc())


class _Counter:
    """Tells the parent of frames that are done, now and then."""

    def __init__(self, connection: Connection) -> None:
        self.call = 0
        """Number of the parent's call that is being answered."""
        self.frames = 0
        """Not told yet; the rest of a piece goes without saying."""
        self._connection = connection
        self._told = 0.0

    def __call__(self, frames: int) -> None:
        self.frames += frames
        if self.frames and time.monotonic() - self._told >= TELL_SECONDS:
            self._connection.send((self.call, Progress(self.frames)))
            self.frames, self._told = 0, time.monotonic()
