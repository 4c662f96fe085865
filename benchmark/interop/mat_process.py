"""The process that SciPy reads .mat files in: a damaged one can take all memory, never end, or end the process.

Run by its path, so that nothing but NumPy and SciPy is loaded. Its arguments are the bytes that it may take, the
seconds of processor time that it may spend on a file, and files. For each of them it writes one ``.npy`` to its
standard output: the rows, or a text that says what is wrong.
"""

from __future__ import annotations

import io
import os
import sys
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.io import loadmat


def read(path: Path) -> NDArray[Any]:
    """Return the (N, 4) rows of the first run in a result file; a text, as an array of one, where it has none.

    Files of robustness evaluations hold 20 runs; the first is the one pass.
    """
    try:
        content = loadmat(path, simplify_cells=True)
    except NotImplementedError:
        return _text("a MATLAB 7.3 (HDF5) file; load it in MATLAB and save it again with save(..., '-v7')")
    except MemoryError:
        return _text("no readable .mat file (reading it takes more memory than the limit)")
    except Exception as error:  # damaged bytes raise many kinds
        return _text(f"no readable .mat file ({_short(str(error) or type(error).__name__)})")
    run = _first_run(content)
    if run is None:
        names = [name for name in content if not name.startswith("__")]
        return _text(f"no OTB results: 'results' with a field 'res' is missing, found {_short(str(names))}")
    rows = np.asarray(run["res"])
    shape = " x ".join(map(str, rows.shape)) or "0-d"
    kind = str(run.get("type", run.get("transformType", "rect")))
    if kind != "rect":
        return _text(f"holds {shape} {_short(kind)!r} parameters, not rectangles; convert them to x, y, w, h first")
    if rows.ndim != 2 or rows.shape[1] != 4 or rows.dtype.kind not in "iuf":
        return _text(f"holds a {shape} array where boxes are N x 4")
    return rows.astype(np.float64)


def _first_run(content: dict[str, Any]) -> dict[str, Any] | None:
    """Return the first structure with a field ``res``; authors call the variable ``results``, or otherwise."""
    values = [content.get("results"), *(value for name, value in content.items() if not name.startswith("__"))]
    for value in values:
        first = value[0] if isinstance(value, list | np.ndarray) and np.ndim(value) and len(value) else value
        if isinstance(first, dict) and "res" in first:
            return first
    return None


def _short(text: str) -> str:
    """Return a text from a file as one short line without control characters."""
    line = " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
    return line if len(line) <= 100 else line[:97] + "..."


def _text(line: str) -> NDArray[np.str_]:
    return np.array([line])


def _limit_memory(size: int) -> None:
    """Limit what this process can take beyond what it has now, where the system lets it."""
    try:
        import resource

        pages = int(Path("/proc/self/statm").read_text().split()[0])
        limit = pages * resource.getpagesize() + size
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    except (ImportError, OSError, ValueError):
        pass


def _limit_time(seconds: int) -> None:
    """End this process where reading the next file takes too long; the signals' own action, which C code can't stop."""
    try:
        import signal

        signal.setitimer(signal.ITIMER_PROF, seconds)
        signal.setitimer(signal.ITIMER_REAL, 4 * seconds)  # where it waits, or the machine is busy
    except (ImportError, AttributeError):
        pass


def main(size: str, seconds: str, *paths: str) -> None:
    """Read the files one after the other."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # what a library prints is no answer
    _limit_memory(int(size))
    for path in paths:
        _limit_time(int(seconds))
        answer = read(Path(path))
        content = io.BytesIO()  # NumPy cannot write into a pipe
        np.save(content, answer, allow_pickle=False)
        answers.write(content.getvalue())
        answers.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
