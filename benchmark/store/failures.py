"""What failed in a results folder, with all that is known of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmark.protocols.start import is_backward
from benchmark.store.record import read_arrays, reason_of
from benchmark.store.runs import Run


@dataclass(frozen=True)
class Failure:
    """One trajectory that did not come to its end."""

    run: str
    """Id of the newest run that uses its record."""
    dataset: str
    tracker: str
    sequence: str
    begun: str
    """Name of the protocol's start."""
    repeat: int
    """From 1 on."""
    status: str
    """``failed`` or ``timeout``."""
    frame: int
    """The frame of the sequence in which it ended, counted from 1."""
    reason: str
    error: str
    """The traceback, or what else is known."""


def read_failures(runs: Iterable[Run]) -> Iterator[Failure]:
    """Yield what failed in runs, each record once, in the order of the runs; InputError is never raised for damage."""
    seen: set[Path] = set()
    for run in runs:
        if run.finished and not run.failures:
            continue  # its manifest says so: nothing is read
        for file in sorted(run.records - seen):
            if (failure := _failure(run.id, file)) is not None:
                yield failure
        seen |= run.records


def _failure(run: str, file: Path) -> Failure | None:
    """Return what a record's file says of a failure; None where there is none, or it cannot be read."""
    content = read_arrays(file)
    try:
        facts, arrays = content or ({}, {})
        if facts.get("status") in (None, "done"):
            return None
        done, begun = len(arrays["boxes"]), str(facts.get("begun", "ope"))
        return Failure(
            run=run,
            dataset=str(facts["dataset"]),
            tracker=str(facts["tracker"]),
            sequence=str(facts["sequence"]),
            begun=begun,
            repeat=int(facts["repeat"]) + 1,
            status=str(facts["status"]),
            frame=int(facts["start"]) + (-done if is_backward(begun) else done) + 1,
            reason=reason_of(str(facts["error"])),
            error=str(facts["error"]),
        )
    except (KeyError, TypeError, ValueError):
        return None
