"""How commands speak: tables to the output, progress and remarks to the error stream, colours on a terminal only."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from benchmark.datasets.base import Progress as OnSequence


def output() -> Console:
    """Return the console of results: standard output, never narrower than a table needs when it is no terminal."""
    console = Console(highlight=False)
    return console if console.is_terminal else Console(highlight=False, width=140)


def remarks(quiet: bool = False) -> Console:
    """Return the console of progress and remarks: the error stream."""
    return Console(stderr=True, highlight=False, quiet=quiet)


@contextmanager
def progress(console: Console, unit: str) -> Iterator[Progress]:
    """Show bars with counts of `unit`, elapsed time and time left while the block runs; nothing off a terminal."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn(unit),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, disable=not console.is_terminal or console.quiet) as bars:
        yield bars


@contextmanager
def sequence_progress(console: Console, description: str) -> Iterator[OnSequence]:
    """Show one bar for what reports (sequences done, sequences in all)."""
    with progress(console, "sequences") as bars:
        task = bars.add_task(description, total=None)

        def advance(done: int, total: int) -> None:
            bars.update(task, completed=done, total=total)

        yield advance


def size_text(count: int) -> str:
    """Return bytes as people read them."""
    value = float(count)
    for unit in ("B", "kB", "MB"):
        if value < 1000:
            return f"{value:.0f} {unit}" if unit == "B" else f"{value:.1f} {unit}"
        value /= 1000
    return f"{value:.1f} GB"
