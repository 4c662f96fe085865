"""``run_bench vot``: vot-toolkit itself, set up beside us, runs our trackers or analyses what we exported."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from benchmark.bounds import SECONDS
from benchmark.commands.numbers import Number
from benchmark.commands.options import (
    choose,
    device_option,
    json_option,
    part_options,
    results_option,
    seed_option,
    trackers_option,
    write_json,
)
from benchmark.commands.terminal import echo, near, output, progress, remarks
from trackers.errors import InputError

if TYPE_CHECKING:
    from benchmark.vot.figures import Figures, ToolkitFigures
    from benchmark.vot.running import Workspace

into_option = click.option(
    "--into",
    metavar="RUN",
    help="Put the toolkit's figures on the page of this run: a folder, an id, a name or latest.",
)


@click.group()
def vot() -> None:
    """Let vot-toolkit run our trackers, or analyse what was exported for it."""


@vot.command()
def setup() -> None:
    """Make the toolkit's own environment in the user's cache (600 MB from PyPI, GPL-3), or check the one there is."""
    from benchmark.vot.toolkit import set_up, toolkit_folder

    remarks().print(f"making {toolkit_folder()}: this takes minutes", markup=False, soft_wrap=True)
    says = remarks()
    toolkit = set_up(lambda line: says.print(line[:120], markup=False, soft_wrap=True))
    echo(f"vot-toolkit is ready in {toolkit.folder}")


@vot.command(epilog="""\b
Examples:
  run_bench vot run -t siamfc,dualmn --stack vot2018/shortterm --data-root ~/data
  run_bench vot run -t all --stack supervised -d demo --into latest    one experiment, on any dataset
""")  # fmt: skip
@trackers_option
@click.option("--stack", required=True, metavar="NAME",
              help="A stack of the toolkit's, e.g. vot2018/shortterm, whose experiments are all run; or supervised, "
                   "multistart or unsupervised, run alone on any dataset.")  # fmt: skip
@click.option("--dataset", "-d", metavar="NAME", help="The dataset.  [default: the stack's]")
@part_options
@click.option("--workspace", type=click.Path(path_type=Path, file_okay=False), metavar="DIR",
              help="The toolkit's workspace, new or to go on with.  [default: in the results folder]")  # fmt: skip
@click.option("--timeout", type=Number(0, SECONDS, min_open=True), default=300.0, show_default=True,
              metavar="SECONDS", help="End a tracker from which no answer comes for so long.")  # fmt: skip
@into_option
@device_option
@seed_option
@results_option
@json_option("the toolkit's figures")
@click.pass_context
def run(
    ctx: click.Context, /, *, trackers: tuple[str, ...], stack: str, dataset: str | None, workspace: Path | None,
    timeout: float, into: str | None, device: str, seed: int, results: Path, json_file: Path | None, **data: Any,
) -> None:  # fmt: skip
    """Let the toolkit run trackers as TraX processes, go on where it was stopped, analyse, and bring its figures here.

    Exit code 1 where a tracker has not finished: it is named with its reason, the others are analysed all the same.
    """
    from benchmark.engine.device import use_device
    from benchmark.store.results import slug, writing
    from benchmark.vot.running import dataset_of, prepare
    from benchmark.vot.toolkit import find_toolkit
    from trackers.names import expand

    own = dataset_of(stack)
    if (wanted := dataset or own) is None:
        raise InputError(f"--stack {stack} is run on any dataset: name one with --dataset")
    specs = expand(trackers)
    into_run = _find(results, into)
    toolkit = find_toolkit()
    selection = choose(remarks(), dataset=wanted, **data)
    folder = workspace or results / "vot" / slug(f"{stack.replace('/', '-')}-{selection.dataset}")
    with writing(folder):
        place, said = prepare(folder, toolkit, stack, selection, specs, use_device(device), seed)
    for line in said:
        remarks().print(line, markup=False, soft_wrap=True)
    failed = _run(place, timeout)
    done = [identifier for identifier in place.wanted if identifier not in failed]
    if done:
        _conclude(ctx, place.folder, done, into_run, json_file)
    raise click.exceptions.Exit(1 if failed else 0)


@vot.command()
@click.argument("workspace", type=click.Path(path_type=Path, file_okay=False))
@into_option
@results_option
@json_option("the toolkit's figures")
@click.pass_context
def analyse(ctx: click.Context, /, *, workspace: Path, into: str | None, results: Path, json_file: Path | None) -> None:
    """Let the toolkit analyse a WORKSPACE that `run_bench export --format vot-workspace` or `vot run` has written."""
    _conclude(ctx, workspace, [], _find(results, into), json_file)


def _find(results: Path, run: str | None) -> Path | None:
    from benchmark.store.results import Results

    return Results(results, write=False).find_run(run) if run else None


def _run(place: Workspace, patience: float) -> set[str]:
    """Run the trackers, with a bar each; return which have not finished, each of which is said with its reason."""
    failed = set()
    try:
        with progress(remarks(), "results") as bars:
            for identifier, wanted in place.wanted.items():
                name = place.facts.trackers[identifier]
                bar = bars.add_task(name, total=len(wanted))
                why = place.run(identifier, patience, lambda count, bar=bar: bars.update(bar, completed=count))  # type: ignore[misc]
                if why:
                    failed.add(identifier)
                    remarks().print(f"{name} has not finished: {why}", markup=False, soft_wrap=True)
    except KeyboardInterrupt:
        total = sum(map(len, place.wanted.values()))
        kept = f"{total - sum(map(place.missing, place.wanted))} of {total} results are kept in {place.folder}"
        remarks().print(f"Stopped. {kept}; the same command goes on from there.", markup=False, soft_wrap=True)
        raise
    return failed


def _conclude(
    ctx: click.Context, folder: Path, identifiers: list[str], run: Path | None, json_file: Path | None
) -> None:
    """Let the toolkit analyse, show what it says, and put it on a run's page where one is named."""
    from benchmark.store.results import writing
    from benchmark.vot.analysing import analyse as analyse_workspace
    from benchmark.vot.analysing import bring
    from benchmark.vot.toolkit import find_toolkit

    figures = analyse_workspace(find_toolkit(), folder, identifiers)
    alone = write_json(figures.to_dict(), json_file)
    if not alone:
        output().print(_table(figures))
    if run is not None:
        with writing(run):
            bring(figures, run)
            page = ctx.obj(run)
        echo(f"Report: {near(page)}", err=alone)
    if figures.html:
        echo(f"The toolkit's own page: {figures.html}", err=alone)


def _table(figures: ToolkitFigures) -> Table:
    spans = dict.fromkeys(one.span for one in figures.figures if one.span)
    notes = [f"EAO over {low} to {high} frames" for low, high in filter(None, spans)]
    notes += [f"computed by vot-toolkit {figures.version}, not by us"]
    shown = Table(
        title=f"vot-toolkit {figures.version}, stack {figures.stack}: {figures.coverage}",
        caption=Text("; ".join(notes)), title_justify="left", caption_justify="left",
    )  # fmt: skip
    for heading in ("tracker", "experiment"):
        shown.add_column(heading)
    for heading in ("A", "R", "EAO"):
        shown.add_column(heading, justify="right")
    for one in figures.figures:
        kind = one.kind + (", real time" if one.realtime else "")
        shown.add_row(escape(one.tracker), f"{one.experiment} ({kind})", *_numbers(one))
    return shown


def _numbers(one: Figures) -> list[str]:
    return ["-" if value is None else f"{value:.4f}" for value in (one.accuracy, one.robustness, one.eao)]
