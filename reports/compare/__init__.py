"""Two runs side by side, paired sequence by sequence: two commits, two configurations or two machines."""

from __future__ import annotations

from pathlib import Path

from benchmark.store.record import write_whole
from reports.compare.model import Comparison, compare_runs
from reports.compare.page import render

__all__ = ["Comparison", "compare_runs", "write"]


def write(a: Path, b: Path, path: Path, *, frames: bool = True) -> Path:
    """Write the page that compares run folder `b` with run folder `a` to the file `path`, and return it.

    Raises InputError where the two have no tracker or no sequence in common, or were scored differently.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, render(compare_runs(a, b, frames=frames)).encode())
    return path
