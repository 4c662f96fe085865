"""``run_bench reproduce``: the papers' tables, as far as data and the authors' files are here."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.table import Table

from benchmark.commands.options import choose, data_options, results_option, seed_option
from benchmark.commands.run import run
from benchmark.commands.terminal import echo, near, output, remarks, size_text
from benchmark.commands.workers import worker_options
from benchmark.plurals import counted
from benchmark.store.results import writing
from trackers.printable import printable

if TYPE_CHECKING:
    from benchmark.datasets.selection import Selection
    from benchmark.reproduction import Row

WRITE = "benchmark.commands.reproduce.write_page"
"""Where `run_bench` hands in who writes the page, as this layer knows no reports."""
WritePage = Callable[[Path, list[dict[str, Any]]], Path]
FACTS = "reproduction.json"


@click.command(epilog="""\b
Examples:
  run_bench reproduce weights/ -d OTB100 --data-root ~/data     whatever of the authors' files lies in weights/
  run_bench reproduce siamfc_alexnet_e50.pth output/models/ epoch-19.pkl dimp50.pth -d OTB100
  run_bench reproduce --check weights/ -d OTB100                what is here, what is missing and where it is to be had
""")  # fmt: skip
@click.argument("files", nargs=-1, type=click.Path(path_type=Path), metavar="[FILE|FOLDER]...")
@click.option(
    "--check",
    "--dry-run",
    is_flag=True,
    help="Say what is here, what is missing and how long it will take; run nothing.",
)
@data_options
@results_option
@worker_options
@seed_option
@click.pass_context
def reproduce(
    ctx: click.Context, /, *, files: tuple[Path, ...], check: bool, results: Path, device: str, lanes: int,
    workers: int, executor: str, ray_address: str | None, seed: int, **data: Any,
) -> None:  # fmt: skip
    """Run the authors' networks and write what is printed, measured and different.

    FILEs are the authors' weights, each recognised by what it holds, or folders of such. Where one is missing the
    compact weights stand in, and nothing is reproduced; where sequences are missing the page says how many there are.
    """
    from benchmark.reproduction import recognise, rows
    from benchmark.store.results import Results

    says = remarks()
    found = recognise(files, lambda text: says.print(printable(text), markup=False, soft_wrap=True))
    output().print(_files(found))
    selection = choose(says, **data)
    wanted = rows(found, selection.dataset.startswith("OTB"))
    says.print(_state(wanted, selection), markup=False, soft_wrap=True)
    says.print(
        _time(wanted, selection, device, 1 if executor == "ray" else workers, seed), markup=False, soft_wrap=True
    )
    if check:
        return
    code = 0
    names = tuple(dict.fromkeys(row.tracker for row in wanted))
    options = {"results": results, "device": device, "lanes": lanes, "workers": workers, "executor": executor,
               "ray_address": ray_address, "seed": seed, **data}  # fmt: skip
    try:
        ctx.invoke(run, trackers=names, **options)
    except click.exceptions.Exit as ended:
        code = ended.exit_code
    folder = Results(results, write=False).find_run("latest")
    facts = [{**row.to_dict(), **_weights(row)} for row in wanted]
    with writing(folder):
        (folder / FACTS).write_text(json.dumps(facts, indent=1))
        page = ctx.meta[WRITE](folder, facts)
    echo(f"Reproduction: {near(page)}")
    raise click.exceptions.Exit(code)


def _weights(row: Row) -> dict[str, str]:
    """Return the name of a row's tracker, and the digest of its weights."""
    from trackers.names import resolve

    spec = resolve(row.tracker)
    return {"name": spec.name, "sha256": spec.weights.sha256}


def _files(found: Mapping[str, Path]) -> Table:
    """Return what of the authors' files is here, and where the rest is to be had."""
    from benchmark.reproduction import wanted_files
    from trackers.weights.catalog import find_weights
    from trackers.weights.formats.tensorflow import files_of

    table = Table(title="The authors' files", title_justify="left")
    for heading in ("for", "file", "here, or where to get it"):
        table.add_column(heading)
    for one in wanted_files():
        where = f"missing: {one.where}"
        if here := found.get(one.key):
            size = sum(part.stat().st_size for part in files_of(here))
            where = f"{here}, {size_text(size)}, sha256 {find_weights('', '', str(here)).sha256[:16]}..."
        table.add_row(one.takes, printable(one.name), printable(where))
    return table


def _state(wanted: tuple[Row, ...], selection: Selection) -> str:
    theirs = [row.title for row in wanted if not row.lacking]
    what = f"the authors' networks: {', '.join(theirs)}" if theirs else "compact weights alone: this reproduces nothing"
    missing = [row.title for row in wanted if row.lacking] if theirs else []
    rest = f"; without their files {', '.join(missing)}, with compact weights in their place" if missing else ""
    whole = "" if selection.complete else "; a part of the dataset, which stands beside no printed number"
    return f"{selection.coverage}: {what}{rest}{whole}"


def _time(wanted: tuple[Row, ...], selection: Selection, device: str, workers: int, seed: int) -> str:
    """Return about how long the run will take here: a few frames of each tracker are timed."""
    from benchmark.engine.device import use_device
    from benchmark.engine.estimate import pace_of, side_by_side
    from benchmark.engine.executors.processes import worth
    from benchmark.engine.job import Job
    from trackers.names import resolve

    where = use_device(device)
    first = selection.sequences[0]
    job = Job(first, first.annotation.start, first.annotation.boxes[first.annotation.start], seed)
    names = dict.fromkeys(row.tracker for row in wanted)
    lengths = [len(one) for one in selection.sequences]
    frames, pieces = len(names) * sum(lengths), len(names) * len(lengths)
    together = worth(workers, frames, pieces) if where == "cpu" else 1
    paces = [pace_of(resolve(name), job, where) for name in names]
    seconds = side_by_side((pace.seconds(length) for pace in paces for length in lengths), together)
    what = f"{counted(len(names), 'tracker')} and {counted(sum(lengths), 'frame')} on {where}"
    side = f", in {together} processes side by side" if together > 1 else ""
    return f"about {_span(seconds)} for {what}{side}, where nothing of it is kept from before"


def _span(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"
