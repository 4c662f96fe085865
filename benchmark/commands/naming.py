"""``run_bench results rename`` and ``rm``: what a run is called, and that it is no more."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import click

from benchmark.commands import completing
from benchmark.commands.options import open_results, results_option
from benchmark.commands.terminal import echo, size_text
from trackers.errors import InputError
from trackers.printable import printable


@click.command(epilog="""\b
Example:
  run_bench results rename latest before-the-fix
""")  # fmt: skip
@click.argument("run", metavar="RUN", shell_complete=completing.runs)
@click.argument("name")
@results_option
@click.pass_context
def rename(ctx: click.Context, *, run: str, name: str, results: Path) -> None:
    """Name RUN (a folder, an id, its name or `latest`): NAME then stands for it wherever a RUN is asked for."""
    from benchmark.store.naming import check_name, give_name

    check_name(name)
    store = open_results(results, ctx)
    folder = store.own(store.find_run(run, ended=False))
    give_name(store, name, folder.name)
    echo(f"{folder.name} is now {name}")


@click.command(epilog="""\b
Example:
  run_bench results rm before-the-fix && run_bench results gc    the records that only it used, too
""")  # fmt: skip
@click.argument("run", metavar="RUN", shell_complete=completing.runs)
@results_option
@click.option("--yes", "-y", is_flag=True, help="Do not ask.")
@click.pass_context
def rm(ctx: click.Context, *, run: str, results: Path, yes: bool) -> None:
    """Remove RUN (a folder, an id, its name or `latest`): its report, boxes and scores.

    Records stay: other runs may use them, and the same command again finds them. `results gc` removes those that none
    uses.
    """
    from benchmark.store.runs import read_run

    store = open_results(results, ctx)
    folder = store.own(store.find_run(run, ended=False))
    try:
        found = read_run(store, folder)
    except InputError:  # damaged: removing it is what helps
        found = None
    if found is not None and found.may_go_on(time.time()):
        raise InputError(
            f"run {folder.name} has not ended and gave a sign of life within the day: let its command end, or go on"
        )
    what = f"{folder.name}, {found.coverage}, {size_text(found.size)}" if found else folder.name
    if not yes and not sys.stdin.isatty():
        raise InputError(f"--yes is needed to remove a run where nobody can be asked: {what}")
    if not yes and not click.confirm(printable(f"Remove run {what}?"), err=True):
        echo("nothing was removed", err=True)
        return
    store.remove_run(folder)
    echo(f"removed {what}")
