"""How commands speak: tables to the output, progress and remarks to the error stream, colours on a terminal only.

Everything that a command says goes through here, and leaves without control characters: names, reasons and paths come
from files and from trackers, and what a terminal obeys is not theirs to send.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
from rich.console import Console, ConsoleOptions, RenderableType
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.segment import Segment
from rich.text import Text

from benchmark.commands.standard_output import deliver
from benchmark.datasets.base import Progress as OnSequence
from trackers.printable import printable


class Terminal(Console):
    """A console on which a string is one line without control characters, wherever it stands."""

    def render_str(self, text: str, **options: Any) -> Text:
        """Return a string as text: a line, or a table's cell."""
        return super().render_str(printable(text), **options)

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        """Yield the segments of anything else (a bar's description) without the control characters of its text."""
        for one in super().render(renderable, options):
            yield one if one.control else Segment(printable(one.text, keep="\n"), one.style)

    def on_broken_pipe(self) -> None:
        """Leave it to whoever ends the command (`benchmark.ending`) that nobody reads on."""
        raise  # called where a BrokenPipeError is being handled


def output() -> Terminal:
    """Return the console of results: standard output, never narrower than a table needs when it is no terminal."""
    console = Terminal(highlight=False, emoji=False)
    return console if console.is_terminal else Terminal(highlight=False, emoji=False, width=140)


def remarks(quiet: bool = False) -> Terminal:
    """Return the console of progress and remarks: the error stream."""
    return Terminal(stderr=True, highlight=False, emoji=False, quiet=quiet)


def echo(line: object, *, err: bool = False) -> None:
    """Write one line to standard output, or to the error stream."""
    click.echo(printable(str(line)), err=err)


def near(path: Path) -> Path:
    """Return an absolute path as short as it can be from the working directory."""
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path


def json_text(content: Any) -> str:
    """Return plain data as JSON that is safe on a terminal too: ASCII, and every control character spelt out."""
    return json.dumps(content, indent=1).replace("\x7f", "\\u007f") + "\n"


def echo_json(content: Any) -> None:
    """Write plain data to standard output as JSON."""
    deliver(json_text(content))


class _Description(ProgressColumn):
    """What a bar is of: a name, not markup."""

    def render(self, task: Task) -> Text:
        return Text(printable(task.description))


@contextmanager
def progress(console: Terminal, unit: str) -> Iterator[Progress]:
    """Show bars with counts of `unit`, elapsed time and time left while the block runs; nothing off a terminal."""
    columns = (
        _Description(),
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
def sequence_progress(console: Terminal, description: str) -> Iterator[OnSequence]:
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
