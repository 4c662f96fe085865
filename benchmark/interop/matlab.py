"""Results of the OTB MATLAB toolkit: ``<sequence>_<tracker>.mat`` with a cell array of runs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.io import loadmat, savemat

from trackers.errors import InputError

__all__ = ["read_mat", "write_mat"]

Values = NDArray[np.float64]


def read_mat(path: Path) -> Values:
    """Return the (N, 4) boxes, in the file's own 1-based convention, of the first run in a result file.

    Files of robustness evaluations hold 20 runs; the first is the one pass. Raises InputError for a file that is no
    such result, or whose boxes are not rectangles (affine parameters of IVT, ASLA, ...).
    """
    try:
        content = loadmat(path, simplify_cells=True)
    except NotImplementedError:
        raise InputError(f"{path}: a MATLAB 7.3 (HDF5) file; save it again with -v7") from None
    except Exception as error:  # damaged bytes raise many kinds
        raise InputError(f"{path}: no readable .mat file ({error})") from error
    run = _first_run(content)
    if run is None:
        names = [name for name in content if not name.startswith("__")]
        raise InputError(f"{path}: no OTB results: 'results' with a field 'res' is missing, found {names}")
    rows = np.asarray(run["res"])
    kind = str(run.get("type", run.get("transformType", "rect")))
    if kind != "rect":
        raise InputError(
            f"{path}: holds {_shape(rows)} {kind!r} parameters, not rectangles; convert them to x, y, w, h first"
        )
    if rows.ndim != 2 or rows.shape[1] != 4 or rows.dtype.kind not in "iuf":
        raise InputError(f"{path}: holds a {_shape(rows)} array where boxes are N x 4")
    return rows.astype(np.float64)


def write_mat(path: Path, rows: Values, start: int) -> None:
    """Write (N, 4) 1-based boxes that begin at frame index `start` as the toolkit's result of one pass."""
    run = {"type": "rect", "res": rows, "len": float(len(rows)), "annoBegin": 1.0, "startFrame": float(start + 1)}
    cell = np.empty((1, 1), dtype=object)
    cell[0, 0] = run
    savemat(path, {"results": cell}, do_compression=True)


def _first_run(content: dict[str, Any]) -> dict[str, Any] | None:
    """Return the first structure with a field ``res``; authors call the variable ``results``, or otherwise."""
    values = [content.get("results"), *(value for name, value in content.items() if not name.startswith("__"))]
    for value in values:
        first = value[0] if isinstance(value, list | np.ndarray) and len(value) else value
        if isinstance(first, dict) and "res" in first:
            return first
    return None


def _shape(rows: NDArray[Any]) -> str:
    return " x ".join(map(str, rows.shape))
