"""``run_bench results``: what the results folder holds, how large it is, and cleaning it."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.markup import escape
from rich.table import Table

from benchmark.commands.options import results_option
from benchmark.commands.terminal import output
from trackers.errors import InputError

if TYPE_CHECKING:
    from benchmark.store.results import Results
    from benchmark.store.runs import Run, Stock


@click.group(invoke_without_command=True, epilog="""\b
Examples:
  run_bench results                       runs and records, with their sizes
  run_bench results gc --dry-run          what cleaning would remove
  run_bench results gc --keep 3           keep only what the three newest runs use
""")  # fmt: skip
@results_option
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def results(ctx: click.Context, *, results: Path, as_json: bool) -> None:
    """List the runs and the records that the results folder keeps."""
    if ctx.invoked_subcommand is not None:
        return
    from benchmark.store.runs import read_runs, read_stock

    store = _open(results)
    runs = read_runs(store)
    stocks = read_stock(store, runs)
    if as_json:
        click.echo(json.dumps({"runs": [_plain(run) for run in runs], "records": list(map(asdict, stocks))}, indent=1))
        return
    out = output()
    out.print(_runs(runs))
    out.print(_stocks(stocks))
    unused = sum(stock.unused for stock in stocks)
    if unused:
        click.echo(f"{unused} records are used by no run; `run_bench results gc` removes them")


@results.command()
@results_option
@click.option("--keep", type=click.IntRange(min=1), default=10, show_default=True, metavar="N",
              help="Keep the records that the newest N runs use.")  # fmt: skip
@click.option("--dry-run", is_flag=True, help="Say what would be removed, and remove nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def gc(ctx: click.Context, *, results: Path, keep: int, dry_run: bool, as_json: bool) -> None:
    """Remove records that the newest runs do not use, and what killed processes left behind.

    Runs, their reports and boxes stay, as do committed baselines, studies and tables. Runs that go on meanwhile lose
    nothing: what a run has begun to use within a day, and whatever was written or used within the hour, is spared.
    """
    from benchmark.store.cleaning import clean

    if ctx.get_parameter_source("results") is click.core.ParameterSource.DEFAULT and ctx.parent is not None:
        results = ctx.parent.params["results"]  # given before the word gc
    removed = clean(_open(results), keep, dry_run)
    size = sum(one.size for one in removed)
    if as_json:
        rows = [{"path": str(one.path), "kind": one.kind, "size": one.size} for one in removed]
        click.echo(json.dumps({"dry_run": dry_run, "size": size, "removed": rows}, indent=1))
        return
    kinds = Counter(one.kind for one in removed)
    what = ", ".join(f"{count} {kind}{'s' if count > 1 else ''}" for kind, count in kinds.items()) or "nothing"
    click.echo(f"{'would free' if dry_run else 'freed'} {_size(size)}: {what}")


def _open(folder: Path) -> Results:
    from benchmark.store.results import Results

    if not (folder / "runs").is_dir():
        raise InputError(f"no results in {folder}: `run_bench` makes some, --results DIR names another folder")
    return Results(folder)


def _plain(run: Run) -> dict[str, Any]:
    return {
        "id": run.id,
        "date": run.date,
        "finished": run.finished,
        "coverage": run.coverage,
        "trackers": list(run.trackers),
        "failures": run.failures,
        "records": len(run.records),
        "kept": run.kept(),
        "size": run.size,
    }


def _runs(runs: list[Run]) -> Table:
    table = Table(title="Runs, the newest first", title_justify="left")
    for heading in ("run", "began (UTC)", "dataset", "trackers", "records", "failed", "size"):
        table.add_column(heading, justify="right" if heading in ("records", "failed", "size") else "left")
    for run in runs:
        there = run.kept()
        records = str(there) if there == len(run.records) else f"{there} of {len(run.records)}"
        state = "" if run.finished else " (not finished)"
        cells = (run.id, run.date, run.coverage + state, ", ".join(run.trackers), records, str(run.failures))
        table.add_row(*map(escape, cells), _size(run.size))
    return table


def _stocks(stocks: list[Stock]) -> Table:
    table = Table(title="Records", title_justify="left", show_footer=True)
    table.add_column("dataset", "all")
    table.add_column("tracker")
    for heading, total in (
        ("records", str(sum(stock.records for stock in stocks))),
        ("used by no run", str(sum(stock.unused for stock in stocks))),
        ("size", _size(sum(stock.size for stock in stocks))),
    ):
        table.add_column(heading, total, justify="right")
    for stock in stocks:
        table.add_row(
            escape(stock.dataset), escape(stock.tracker), str(stock.records), str(stock.unused), _size(stock.size)
        )
    return table


def _size(count: int) -> str:
    """Return bytes as people read them."""
    value = float(count)
    for unit in ("B", "kB", "MB"):
        if value < 1000:
            return f"{value:.0f} {unit}" if unit == "B" else f"{value:.1f} {unit}"
        value /= 1000
    return f"{value:.1f} GB"
