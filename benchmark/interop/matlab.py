"""Results of the OTB MATLAB toolkit: ``<sequence>_<tracker>.mat`` with a cell array of runs."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.io import savemat

from benchmark.interop import mat_process
from trackers.errors import InputError

__all__ = ["format_mat", "read_mats"]

Values = NDArray[np.float64]
AT_ONCE = 200
"""Files that one process reads."""
MEMORY = 1 << 30
"""Bytes that it may take for one."""
SECONDS = 30
"""Of processor time that it may spend on one; four times as long on a machine that is busy."""


def read_mats(paths: Sequence[Path]) -> dict[Path, Values | InputError]:
    """Return for each file the (N, 4) boxes, in its own 1-based convention, or what is wrong with it.

    A process of its own reads them (`benchmark.interop.mat_process`): where a file ends that process, it alone is bad,
    and another process goes on. Bad are files that are no such result, or whose boxes are not rectangles (affine
    parameters of IVT, ASLA, ...).
    """
    found: dict[Path, Values | InputError] = {}
    left = list(paths)
    while left:
        answers, ended = _answers(left[:AT_ONCE])
        for path, answer in zip(left, answers, strict=False):
            wrong = answer.dtype.kind == "U"
            found[path] = InputError(f"{path}: {answer[0]}") if wrong else np.asarray(answer, np.float64)
        if len(answers) < len(left[:AT_ONCE]):
            bad = left[len(answers)]
            found[bad] = InputError(f"{bad}: no readable .mat file ({ended}); save it again with -v7")
        left = [path for path in left if path not in found]
    return found


def format_mat(rows: Values, start: int) -> bytes:
    """Return (N, 4) 1-based boxes that begin at frame index `start` as the toolkit's result of one pass."""
    run = {"type": "rect", "res": rows, "len": float(len(rows)), "annoBegin": 1.0, "startFrame": float(start + 1)}
    cell = np.empty((1, 1), dtype=object)
    cell[0, 0] = run
    content = BytesIO()
    savemat(content, {"results": cell}, do_compression=True)
    return content.getvalue()


def _answers(paths: Sequence[Path]) -> tuple[list[NDArray[np.generic]], str]:
    """Return what the reading process answers for the files, as far as it comes, and how it ended."""
    limits = (str(MEMORY), str(SECONDS))
    command = [sys.executable, "-P", str(mat_process.__file__), *limits, *(os.path.abspath(path) for path in paths)]
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    patience = 4 * SECONDS * (1 + len(paths))
    try:
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment,
            timeout=patience,
        )  # fmt: skip
        output, code = done.stdout, done.returncode
    except subprocess.TimeoutExpired as late:
        output, code = late.stdout or b"", -signal.SIGALRM if hasattr(signal, "SIGALRM") else 1
    stream, answers = BytesIO(output), []
    while stream.tell() < len(output):
        try:
            answers.append(np.load(stream, allow_pickle=False))
        except (EOFError, ValueError, OSError):  # it was ended while it answered
            break
    return answers, _how(code)


def _how(code: int) -> str:
    """Return how a process ended that has not answered."""
    try:
        name = signal.Signals(-code).name
    except ValueError:
        name = ""
    if name in ("SIGALRM", "SIGPROF"):
        return f"reading it takes more than {SECONDS} s"
    return f"SciPy's reader ends with {name or f'exit code {code}'} on it"
