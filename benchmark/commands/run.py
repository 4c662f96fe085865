"""``run_bench [run]``: trackers on a dataset, from frames to scores and a report."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from math import inf
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from benchmark.commands.folder import begin, conclude, keep_truth, write_uploads
from benchmark.commands.options import (
    ScoringCommand,
    choose_all,
    choose_imports,
    data_options,
    json_option,
    results_option,
    seed_option,
    trackers_option,
    write_json,
)
from benchmark.commands.scoreboard import failures, identical_repeats, oddities, table
from benchmark.commands.terminal import echo, near, output, remarks
from benchmark.commands.vot_board import vot_table
from benchmark.commands.work import do
from benchmark.commands.workers import open_executor, worker_options
from benchmark.protocols import PROTOCOLS
from benchmark.store.results import writing
from trackers.errors import InputError

if TYPE_CHECKING:
    from benchmark.datasets.selection import Selection
    from benchmark.interop.trajectories import Trajectories
    from benchmark.scores import RunScores
    from benchmark.store.results import Results
    from trackers.names import TrackerSpec

WRITE_SEVERAL = "benchmark.commands.run.write_several"
"""Where `run_bench` hands in who writes one page of runs on several datasets, as this layer knows no reports."""
WriteReport = Callable[[Path], Path]
"""Draws the page of a run folder and returns its file; `run_bench` hands it in, as this layer knows no reports."""


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
@click.option("--repeats", type=click.IntRange(min=1), default=1, show_default=True, metavar="N",
              help="Run everything N times, each with a seed of its own, and show the spread.")  # fmt: skip
@click.option("--jitter", type=click.FloatRange(min=0), default=0.0, show_default=True, metavar="PX",
              help="Start each repeat from the true box shifted and resized by up to PX pixels.")  # fmt: skip
@click.option("--timeout", type=click.FloatRange(min=0, min_open=True), metavar="SECONDS",
              help="Give a sequence up after that time inside the tracker (its lane's share), looked at between two "
                   "frames; it counts as failed, the others go on.")  # fmt: skip
@click.option("--imported", metavar="NAMES",
              help="Imported results (`run_bench import`) to score beside: names, or all.")  # fmt: skip
@click.option("--profile", metavar="NAME",
              help="How boxes are scored: one of those below.  [default: the dataset's own]")  # fmt: skip
@click.option("--telemetry", is_flag=True, help="Keep what trackers report of themselves every frame.")
@click.option("--retry-failed", is_flag=True, help="Run again what failed or took too long before.")
@click.option("--fresh", is_flag=True,
              help="Run all anew and replace what is kept: for trackers that read what no key covers.")  # fmt: skip
@click.option("--verify-frames", is_flag=True,
              help="Read all frames of kept results again, not only those whose size or time has changed.")  # fmt: skip
@click.option("--quiet", "-q", is_flag=True, help="Say nothing but errors and the report's path.")
@click.pass_obj
def run(
    write_report: WriteReport, /, *, trackers: tuple[str, ...], results: Path, json_file: Path | None, device: str,
    lanes: int, workers: int, executor: str, ray_address: str | None, seed: int, name: str | None, protocol: str,
    repeats: int, jitter: float, timeout: float | None, imported: str | None, profile: str | None, telemetry: bool,
    retry_failed: bool, fresh: bool, verify_frames: bool, quiet: bool, **data: Any,
) -> None:  # fmt: skip
    """Run trackers on a dataset and write scores, boxes and a report."""
    from benchmark.engine.run import Plan, lay_out
    from benchmark.profiles import load_profile
    from benchmark.store.naming import check_free
    from benchmark.store.results import Results

    says = remarks(quiet)
    if profile is not None:
        load_profile(profile)  # a wrong name stops here, not after the work
    if telemetry and protocol == "vot-supervised":
        raise InputError(
            "--telemetry has a row for every frame, which runs with restarts do not: leave one of them out"
        )
    specs = _specs(trackers, imported, protocol)
    store = Results(results)
    if name is not None:
        check_free(store, name)
    selections = choose_all(says, **data)
    for selection in selections:
        if selection.upload and protocol != "ope":
            raise InputError(f"{selection.dataset} has no ground truth to start from: --protocol {protocol} needs it")
    beside = [choose_imports(store.folder, one, imported) if imported else [] for one in selections]

    def run_on(selection: Selection, imports: list[Trajectories]) -> Ended:
        executors = open_executor(
            says,
            executor=executor if specs else "nobody",
            ray_address=ray_address,
            device=device,
            workers=workers,
            data_root=data["data_root"],
        )
        with executors as team:
            plan = Plan(
                specs,
                selection,
                team.device,
                seed,
                lanes,
                protocol,
                telemetry,
                retry_failed=retry_failed,
                fresh=fresh,
                repeats=repeats,
                jitter=jitter,
                timeout=timeout or inf,
                verify_frames=verify_frames,
            )
            tasks = lay_out(plan, store, team.environment)
            if store.damaged:
                line = (
                    f"{len(store.damaged)} of the records that are kept are damaged, and made anew: {store.damaged[0]}"
                )
                says.print(line + (" and others" if len(store.damaged) > 1 else ""), markup=False, soft_wrap=True)
            if not lanes:
                left = dict.fromkeys(task.spec for task in tasks if task.kept is None)
                plan = replace(plan, lanes=team.fitting_lanes(tuple(left)))
            folder = begin(store, plan, tasks)
            records = do(plan, tasks, store, folder, team, quiet)
        with writing(folder):
            scores = conclude(folder, plan, tasks, records, team, profile or selection.profile, imports)
            keep_truth(folder, plan, data["data_root"])
            archives = write_uploads(folder, plan, tasks, records)
            report = write_report(folder)
        store.set_latest(folder)
        return Ended(folder, scores, report, archives)

    ended = []
    for selection, imports in zip(selections, beside, strict=True):
        ended.append(run_on(selection, imports))
        if len(selections) > 1:
            _say(ended[-1], quiet or str(json_file) == "-")
    if name is not None:
        _name(store, [one.folder.name for one in ended], name)
    _show(ended, json_file, quiet)
    raise click.exceptions.Exit(1 if any(one.scores.failures for one in ended) else 0)


@dataclass(frozen=True)
class Ended:
    """What came of the run on one dataset."""

    folder: Path
    scores: RunScores
    report: Path
    archives: list[str]
    """A line for each archive that a server takes."""


def _specs(names: tuple[str, ...], imported: str | None, protocol: str) -> tuple[TrackerSpec, ...]:
    """Return the trackers to run: none for ``none``, which needs imported results."""
    from trackers.names import expand, split_list

    if imported and protocol != "ope":
        raise InputError(f"imported results are one pass each; --imported does not go with --protocol {protocol}")
    words = [word.casefold() for text in names for word in split_list(text)]
    if "none" not in words:
        return tuple(expand(names))
    if set(words) != {"none"}:
        raise InputError("--trackers none runs no tracker: it does not go with other names")
    if not imported:
        raise InputError("--trackers none runs no tracker: say with --imported which results to score")
    return ()


def _name(store: Results, runs: list[str], name: str) -> None:
    """Name the runs that have ended; another may have taken the name meanwhile, which spoils no result."""
    from benchmark.store.naming import give_name

    try:
        give_name(store, name, *runs)
    except InputError as error:
        remarks().print(f"run {', '.join(runs)} has no name: {error}", markup=False, soft_wrap=True)


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
        page = first.report
        _say(first, quiet or to_stdout)
    echo(f"Report: {near(page)}" if not quiet else near(page), err=to_stdout)


def _say(one: Ended, quiet: bool) -> None:
    """Show the scores on one dataset, and what is to be said of them."""
    if quiet:
        return
    output().print(table(one.scores))
    if (measures := vot_table(one.scores)) is not None:
        output().print(measures)
    said = (*failures(one.scores), *oddities(one.scores), identical_repeats(one.scores), *one.archives)
    for line in filter(None, said):
        remarks().print(line, markup=False, soft_wrap=True)
