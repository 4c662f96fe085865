"""vot-toolkit as a process: watched, because it waits for ever for a tracker that never says hello, and read by what it
leaves, because it ends well when a tracker has failed.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Thread

from benchmark.vot.server import ALIVE
from benchmark.vot.toolkit import Toolkit
from trackers.errors import InputError

__all__ = ["Ended", "call", "evaluate"]

LOOK = 1.0
"""Seconds between two looks at whether anything moves."""
KEPT = 40
"""Last lines that are kept of what the toolkit says."""
_COLOURS = re.compile(r"\x1b\[[0-9;]*m")


@dataclass(frozen=True)
class Ended:
    """How a call of the toolkit ended."""

    code: int
    """Its exit code, which is 0 where a tracker failed."""
    silent: bool
    """Whether it was ended here: nothing moved for too long."""
    said: tuple[str, ...]
    """The last lines."""


def evaluate(toolkit: Toolkit, workspace: Path, tracker: str, patience: float, on_look: Callable[[], None]) -> Ended:
    """Let a tracker run what is missing of its results; `on_look` is called about once a second meanwhile.

    It is ended where for `patience` seconds no line comes, no result, and from a tracker of ours no answer.
    """
    words = ["evaluate", "--workspace", str(workspace), "--persist", tracker]
    return _watched(toolkit.command(*words), workspace, patience, on_look)


def call(toolkit: Toolkit, workspace: Path, *words: str, patience: float = 600.0) -> Ended:
    """Call another command of the toolkit; InputError where nothing moved for too long."""
    ended = _watched(toolkit.command(*words), workspace, patience, lambda: None)
    if ended.silent:
        raise InputError(f"vot {words[0]} did nothing for {patience:g} s and was ended: {_tail(ended.said)}")
    return ended


def _watched(command: Sequence[str], workspace: Path, patience: float, on_look: Callable[[], None]) -> Ended:
    environment = {**os.environ, "MPLBACKEND": "Agg", "PYTHONUNBUFFERED": "1", "VOT_RESULTS_BINARY": "0",
                   "PYTHONUTF8": "1"}  # fmt: skip
    said: SimpleQueue[str | None] = SimpleQueue()
    lines: list[str] = []
    silent = ended = False
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        errors="replace", env=environment, start_new_session=True,
    ) as process:  # fmt: skip
        Thread(target=_drain, args=(process, said), daemon=True).start()
        moved = looked = time.monotonic()
        seen = _newest(workspace)
        try:
            while True:
                with suppress(Empty):
                    line = said.get(timeout=LOOK)
                    if line is None:
                        ended = True
                        break
                    moved = time.monotonic()
                    if line.strip() and not line.rstrip().endswith("%"):
                        lines = [*lines, _COLOURS.sub("", line).strip()][-KEPT:]
                if time.monotonic() - looked < LOOK:
                    continue
                looked = time.monotonic()
                on_look()
                if (newest := _newest(workspace)) != seen:
                    moved, seen = time.monotonic(), newest
                if time.monotonic() - moved > patience:
                    silent = True
                    break
        finally:
            if not ended:  # silent, or this command was interrupted
                _end(process)
    return Ended(process.returncode, silent, tuple(lines))


def _drain(process: subprocess.Popen[str], said: SimpleQueue[str | None]) -> None:
    assert process.stdout is not None
    for line in process.stdout:
        said.put(line)
    said.put(None)


def _end(process: subprocess.Popen[str]) -> None:
    """End the toolkit and the tracker that it has started: they are one group."""
    with suppress(ProcessLookupError, PermissionError):
        if hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()


def _newest(workspace: Path) -> tuple[int, float]:
    """Return how many files tell of work done, results and what our trackers touch, and when the last was written."""
    times = [file.stat().st_mtime for file in workspace.glob(f"*{ALIVE}")]
    for folder, _, names in os.walk(workspace / "results"):
        for name in names:
            with suppress(OSError):
                times.append(os.stat(os.path.join(folder, name)).st_mtime)
    return len(times), max(times, default=0.0)


def _tail(said: Sequence[str]) -> str:
    return said[-1][:300] if said else "it said nothing"
