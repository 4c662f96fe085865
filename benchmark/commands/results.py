"""``run_bench results``: what the results folder holds, how large it is, and cleaning it."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from benchmark.bounds import MANY
from benchmark.commands.failed import show_failures
from benchmark.commands.naming import rename, rm
from benchmark.commands.options import open_results, results_option
from benchmark.commands.terminal import echo, echo_json, output, remarks, size_text
from benchmark.plurals import counted
from trackers.printable import printable

if TYPE_CHECKING:
    from benchmark.store.overview import Overview
    from benchmark.store.runs import Stock


@click.group(invoke_without_command=True, epilog="""\b
Examples:
  run_bench results                       runs with their scores, and records with their sizes
  run_bench results --failed              what failed, with tracebacks
  run_bench results rename latest before-the-fix      `before-the-fix` then stands for that run everywhere
  run_bench results rm before-the-fix     remove a run, not the records that others may use
  run_bench results gc --dry-run          what cleaning would remove
  run_bench results gc --keep 3           keep only what the three newest runs use
""")  # fmt: skip
@results_option
@click.option("--failed", is_flag=True, help="Show what failed, with tracebacks.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def results(ctx: click.Context, *, results: Path, failed: bool, as_json: bool) -> None:
    """List the runs, with their scores, and the records that the results folder keeps."""
    if ctx.invoked_subcommand is not None:
        return
    from benchmark.store.overview import read_overviews
    from benchmark.store.runs import read_runs, read_stock

    store = open_results(results, write=False)
    runs, damaged = read_runs(store)
    if failed:
        show_failures(runs, as_json)
        return
    overviews = read_overviews(store, runs)
    stocks = read_stock(store, runs)
    if as_json:
        echo_json({"runs": [_plain(one) for one in overviews], "records": list(map(asdict, stocks))})
        return
    out = output()
    out.print(_runs(overviews))
    out.print(_stocks(stocks))
    unused = sum(stock.unused for stock in stocks)
    for reason in damaged.values():
        remarks().print(f"left out: {reason}", markup=False, soft_wrap=True)
    if unused:
        echo(f"used by no run: {counted(unused, 'record')}; `run_bench results gc` removes what is unused")


results.add_command(rename)
results.add_command(rm)


@results.command()
@results_option
@click.option("--keep", type=click.IntRange(1, MANY), default=10, show_default=True, metavar="N",
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

    removed = clean(open_results(results, ctx), keep, dry_run)
    size = sum(one.size for one in removed)
    if as_json:
        rows = [{"path": str(one.path), "kind": one.kind, "size": one.size} for one in removed]
        echo_json({"dry_run": dry_run, "size": size, "removed": rows})
        return
    kinds = Counter(one.kind for one in removed)
    what = ", ".join(counted(count, kind) for kind, count in kinds.items()) or "nothing"
    echo(f"{'would free' if dry_run else 'freed'} {size_text(size)}: {what}")


def _plain(one: Overview) -> dict[str, Any]:
    run = one.run
    return {
        "id": run.id,
        "name": one.name,
        "date": run.date,
        "finished": run.finished,
        "coverage": run.coverage,
        "complete": one.complete,
        "protocol": one.protocol,
        "profile": one.profile,
        "trackers": list(run.trackers),
        "auc": dict(one.scores),
        "failures": run.failures,
        "records": len(run.records),
        "kept": run.kept(),
        "size": run.size,
    }


def _runs(overviews: list[Overview]) -> Table:
    table = Table(
        title="Runs, the newest first",
        caption="Success AUC under the profile named; of two runs only the same data and profile compare",
        title_justify="left",
        caption_justify="left",
    )
    for heading in ("run", "name", "began (UTC)", "dataset", "profile", "tracker", "AUC", "records", "failed", "size"):
        table.add_column(heading, justify="right" if heading in ("AUC", "records", "failed", "size") else "left")
    for one in overviews:
        run, there = one.run, one.run.kept()
        records = str(there) if there == len(run.records) else f"{there} of {len(run.records)}"
        state = "" if run.finished else " (not finished)"
        scored = " ".join(filter(None, (one.profile, "" if one.protocol in ("", "ope") else one.protocol.upper())))
        scores = ("-" if score is None else f"{score:.3f}" for score in one.scores.values())
        table.add_row(
            *map(escape, (run.id, one.name, run.date, run.coverage + state, scored)),
            *(Text("\n".join(map(printable, lines))) for lines in (one.scores, scores)),
            records, str(run.failures), size_text(run.size),
        )  # fmt: skip
    return table


def _stocks(stocks: list[Stock]) -> Table:
    table = Table(title="Records", title_justify="left", show_footer=True)
    table.add_column("dataset", "all")
    table.add_column("tracker")
    for heading, total in (
        ("records", str(sum(stock.records for stock in stocks))),
        ("used by no run", str(sum(stock.unused for stock in stocks))),
        ("size", size_text(sum(stock.size for stock in stocks))),
    ):
        table.add_column(heading, total, justify="right")
    for stock in stocks:
        table.add_row(
            escape(stock.dataset), escape(stock.tracker), str(stock.records), str(stock.unused), size_text(stock.size)
        )
    return table
