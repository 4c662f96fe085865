"""What ``run_bench results --failed`` shows: every failure with its traceback."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from benchmark.commands.terminal import echo, echo_json

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmark.store.failures import Failure
    from benchmark.store.runs import Run


def show_failures(runs: Sequence[Run], as_json: bool) -> None:
    """Print what failed in runs, the newest first."""
    from benchmark.store.failures import read_failures

    failures = list(read_failures(runs))
    if as_json:
        echo_json([asdict(one) for one in failures])
        return
    for one in failures:
        echo(f"{_where(one)}: {one.reason}")
        for line in one.error.strip().splitlines() if one.error.strip() != one.reason else ():
            echo(f"    {line}")
    echo(f"{len(failures)} failed" if failures else "nothing failed")


def _where(one: Failure) -> str:
    """Return whose failure it is, and where."""
    start = "" if one.begun == "ope" else f", start {one.begun}"
    repeat = "" if one.repeat == 1 else f", repeat {one.repeat}"
    return f"{one.tracker} on {one.sequence} of {one.dataset}, frame {one.frame}{start}{repeat} (run {one.run})"
