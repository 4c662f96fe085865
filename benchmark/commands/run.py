"""``run_bench [run]``: trackers on a dataset, from frames to scores and a report."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from benchmark.bounds import MOST_JITTER, MOST_REPEATS, SECONDS
from benchmark.commands import completing
from benchmark.commands.carrying_out import Ended, Request, WriteReport, carry_out
from benchmark.commands.folder import this_command
from benchmark.commands.numbers import Number
from benchmark.commands.options import (
    ScoringCommand,
    data_options,
    json_option,
    results_option,
    seed_option,
    trackers_option,
    write_json,
)
from benchmark.commands.terminal import echo, near, output, remarks
from benchmark.commands.workers import worker_options
from benchmark.protocols import PROTOCOLS
from benchmark.store.results import writing

WRITE_SEVERAL = "benchmark.commands.run.write_several"
"""Where `run_bench` hands in who writes one page of runs on several datasets, as this layer knows no reports."""


@click.command(
    epilog="""\b
Examples:
  run_bench                                       the trackers of the papers on the built-in demo
  run_bench --trackers siamfc,memtrack* --dataset OTB100 --data-root ~/data/OTB100
  run_bench --dataset OTB100 --subset available   only the sequences that are there
  run_bench -d OTB100,UAV123,LaSOT --data-root ~/data     a run on each, and one page of them all
  run_bench --trackers 'siamfc{scale_step=1.05}' --sequences Couple,Crossing --limit-frames 50
  run_bench --trackers none --imported all --dataset OTB100     imported results alone
""",
    cls=ScoringCommand,
)
@trackers_option
@data_options
@results_option
@json_option("the scores")
@worker_options
@seed_option
@click.option(
    "--name",
    metavar="NAME",
    help="Call the run, or those on several datasets, so: NAME then stands wherever a RUN is asked for.",
)
@click.option("--protocol", type=click.Choice(PROTOCOLS), default="ope", show_default=True,
              help="One pass; 20 starts in time; 12 shifted and scaled first boxes; VOT's restarts after failures; or "
                   "VOT's runs from anchors, forwards and backwards.")  # fmt: skip
@click.option("--repeats", type=click.IntRange(1, MOST_REPEATS), default=1, show_default=True, metavar="N",
              help="Run everything N times, each with a seed of its own, and show the spread.")  # fmt: skip
@click.option("--jitter", type=Number(0, MOST_JITTER), default=0.0, show_default=True, metavar="PX",
              help="Start each repeat from the true box shifted and resized by up to PX pixels.")  # fmt: skip
@click.option("--timeout", type=Number(0, SECONDS, min_open=True), metavar="SECONDS",
              help="Give a sequence up after that time inside the tracker (its lane's share), looked at between two "
                   "frames; it counts as failed, the others go on.")  # fmt: skip
@click.option("--imported", metavar="NAMES",
              help="Imported results (`run_bench import`) to score beside: names, or all.")  # fmt: skip
@click.option("--profile", metavar="NAME", shell_complete=completing.profiles,
              help="How boxes are scored: one of those below.  [default: the dataset's own]")  # fmt: skip
@click.option("--telemetry", is_flag=True, help="Keep what trackers report of themselves every frame.")
@click.option("--retry-failed", is_flag=True, help="Run again what failed or took too long before.")
@click.option("--fresh", is_flag=True,
              help="Run all anew and replace what is kept: for trackers that read what no key covers.")  # fmt: skip
@click.option("--verify-frames", is_flag=True,
              help="Read all frames of kept results again, not only those whose size or time has changed.")  # fmt: skip
@click.option("--quiet", "-q", is_flag=True, help="Say nothing but errors and the report's path.")
@click.pass_obj
def run(write_report: WriteReport, /, *, json_file: Path | None, quiet: bool, **wanted: Any) -> None:
    """Run trackers on a dataset and write scores, boxes and a report."""
    ended = carry_out(
        Request(**wanted, command=this_command()), write_report, quiet=quiet,
        on_each=lambda one: _say(one, quiet or str(json_file) == "-"),
    )  # fmt: skip
    _show(ended, json_file, quiet)
    raise click.exceptions.Exit(1 if any(one.scores.failures for one in ended) else 0)


def _show(ended: list[Ended], json_file: Path | None, quiet: bool) -> None:
    """Write the scores where they are asked for, show those of one dataset, and name the report, or that of all."""
    first = ended[0]
    several = len(ended) > 1
    plain = [one.scores.to_dict() for one in ended]
    to_stdout = write_json(plain if several else plain[0], json_file)
    if several:
        folder = ended[-1].folder
        with writing(folder):
            page = click.get_current_context().meta[WRITE_SEVERAL]([[one.folder] for one in ended], folder)
    else:
        page = first.report or first.folder
        _say(first, quiet or to_stdout)
    echo(f"Report: {near(page)}" if not quiet else near(page), err=to_stdout)


def _say(one: Ended, quiet: bool) -> None:
    """Show the scores on one dataset, and what is to be said of them."""
    if quiet:
        return
    # Here: a run that is asked for again and has nothing left to do begins without statistics.
    from benchmark.commands.scoreboard import failures, identical_repeats, oddities, table
    from benchmark.commands.vot_board import vot_table

    if (measures := vot_table(one.scores)) is not None:  # which rank there, so that they stand first
        output().print(measures)
    output().print(table(one.scores))
    said = (*failures(one.scores), *oddities(one.scores), identical_repeats(one.scores), *one.archives)
    for line in filter(None, said):
        remarks().print(line, markup=False, soft_wrap=True)
