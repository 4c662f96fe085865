"""Runs a command in this process's group, and ends that group with whoever started it, however that ended.

``python -I -S guard.py LIFELINE FOLDER COMMAND [ARGUMENT]...``: LIFELINE is the number of a pipe's end, which is at its
end when the process that holds the other one is gone. FOLDER, which is flat, is removed at the end ("" for none). This
exits as the command does. A command that hangs, or started processes of its own, ends with its parent like any other.
"""

from __future__ import annotations

import _thread
import os
import signal
import sys
from contextlib import suppress


def main(lifeline: int, folder: str, command: list[str]) -> None:
    """Run the command and exit as it does."""
    child = os.fork()
    if not child:
        os.close(lifeline)
        try:
            os.execvp(command[0], command)
        except OSError as error:
            os.write(2, f"{command[0]}: {error.strerror}\n".encode())
        os._exit(127)
    os.close(0)  # the command's alone: their end is its end
    os.close(1)
    _thread.start_new_thread(_watch, (lifeline, folder))
    _, status = os.waitpid(child, 0)
    _remove(folder)
    # What it leaves running would keep its pipes open, and whoever reads them waiting.
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    os.killpg(0, signal.SIGTERM)
    if os.WIFSIGNALED(status):
        _end_by(os.WTERMSIG(status))
    os._exit(os.WEXITSTATUS(status))


def _watch(lifeline: int, folder: str) -> None:
    while os.read(lifeline, 1):
        pass
    _remove(folder)
    os.killpg(0, signal.SIGKILL)


def _remove(folder: str) -> None:
    """Remove a flat folder, which another thread, or the parent, may be removing too."""
    with suppress(OSError):
        for name in os.listdir(folder) if folder else ():
            with suppress(OSError):
                os.unlink(os.path.join(folder, name))
        os.rmdir(folder)


def _end_by(number: int) -> None:
    import resource

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with suppress(OSError):  # of SIGKILL there is nothing to restore
        signal.signal(number, signal.SIG_DFL)
    os.kill(os.getpid(), number)


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2], sys.argv[3:])
