"""``run_bench study``: a declared ablation, run and answered."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.markup import escape
from rich.table import Table

from benchmark.bounds import MOST_JITTER, MOST_REPEATS
from benchmark.commands import completing
from benchmark.commands.lists import split_names
from benchmark.commands.numbers import Number
from benchmark.commands.options import (
    json_option,
    part_options,
    results_option,
    seed_option,
    split_datasets,
    tracker_path_option,
    write_json,
)
from benchmark.commands.outputs import output_path
from benchmark.commands.terminal import echo, near, output, remarks, sequence_progress
from benchmark.commands.workers import open_executor, worker_options
from benchmark.plurals import counted
from trackers.errors import InputError

if TYPE_CHECKING:
    from benchmark.datasets.selection import Subset
    from benchmark.engine.run import Executor
    from benchmark.studies.planning import Narrowing, Part, Row
    from benchmark.studies.study import Study

WRITE = "benchmark.commands.study.write_study"
"""Under which `run_bench` hands in what draws an answer."""


@click.command(
    epilog="""\b
Examples:
  run_bench study                                  the studies that ship: question, cost
  run_bench study dualmn-branches --dry-run        what it would run, and how long that takes
  run_bench study dualmn-branches                  run it and answer it; goes on where it was stopped
  run_bench study all --kept                       tables and figures of what is kept, in results/studies
  run_bench study siamfc-template -d demo          on another dataset
  run_bench study my-study.toml --trackers mine    a study of your own, a plug-in in the base's place
"""
)
@click.argument("names", nargs=-1, metavar="[NAME]...", shell_complete=completing.studies)
@click.option("--dry-run", is_flag=True, help="Show what would run, what is kept already and how long the rest takes.")
@click.option(
    "--dataset",
    "-d",
    "datasets",
    multiple=True,
    metavar="NAME",
    help="On these, separated by commas, instead of the study's own.",
)
@click.option(
    "--kept", is_flag=True, help="Run nothing: answer from the trajectories that are kept, if only of a part."
)
@part_options
@click.option("--trackers", "-t", "base", default="", metavar="NAME", help="This tracker in the place of the base.")
@tracker_path_option
@click.option("--repeats", type=click.IntRange(1, MOST_REPEATS), metavar="N",
              help="Repeats of every trajectory.  [default: the study's]")  # fmt: skip
@click.option("--jitter", type=Number(0, MOST_JITTER), metavar="PX",
              help="Pixels by which first boxes are off at the most.  [default: the study's]")  # fmt: skip
@results_option
@json_option("the answers, or what would run,")
@worker_options
@seed_option
@click.option("--out", "-o", type=click.Path(path_type=Path, file_okay=False), callback=output_path, metavar="DIR",
              help="Where tables and figures go: DIR/STUDY/DATASET.  [default: studies/ of the results]")  # fmt: skip
@click.option("--quiet", "-q", is_flag=True, help="Say nothing but errors and the reports' paths.")
@click.pass_context
def study(
    context: click.Context, /, *, names: tuple[str, ...], dry_run: bool, kept: bool, datasets: tuple[str, ...],
    data_root: Path | None, subset: Subset, sequences: str | None, limit_frames: int | None, base: str,
    repeats: int | None, jitter: float | None, results: Path, json_file: Path | None, lanes: int, seed: int,
    out: Path | None, quiet: bool, **workers: Any,
) -> None:  # fmt: skip
    """Run a declared ablation and answer it: NAME of a study that ships, `all` of these, or a TOML file.

    Without a name, the studies that ship are listed.
    """
    from benchmark.studies.planning import Narrowing
    from benchmark.studies.reading import find_study, study_names

    wanted = [one for name in names for one in (study_names() if name == "all" else (name,))]
    changes: dict[str, Any] = {
        key: value for key, value in (("repeats", repeats), ("jitter", jitter)) if value is not None
    }
    if datasets:
        changes["datasets"] = tuple(split_datasets(",".join(datasets)))
    studies = [replace(find_study(name, base), **changes) for name in dict.fromkeys(wanted or study_names())]
    for first, second in combinations(studies, 2):
        if first.name == second.name:
            raise InputError(
                f"{first.file} and {second.file} are studies of one name, so that one answer would replace the other:"
                " rename a file"
            )
    narrowing = Narrowing(data_root, subset, None if sequences is None else tuple(split_names(sequences)), limit_frames)
    if wanted and not dry_run:
        with open_executor(remarks(quiet), data_root=data_root, **workers) as team:
            _answer(
                context,
                team,
                studies,
                narrowing,
                kept,
                results,
                lanes,
                seed,
                out or results / "studies",
                json_file,
                quiet,
            )
        return
    plans = _plan(studies, narrowing, results, workers["device"], seed, measure=dry_run, quiet=quiet)
    if write_json([_plain(one, parts) for one, parts in plans], json_file):
        return
    if not wanted:
        output().print(_list(plans))
    else:
        for one, parts in plans:
            output().print(_planned(one, parts))
    if len(plans) > 1:
        output().print(_together(plans), soft_wrap=True)


def _answer(
    context: click.Context, team: Executor, studies: Sequence[Study], narrowing: Narrowing, kept: bool, results: Path,
    lanes: int, seed: int, out: Path, json_file: Path | None, quiet: bool,
) -> None:  # fmt: skip
    """Run the studies and show their answers; exit code 1 where a trajectory failed."""
    from benchmark.commands.answering import Setting, run_study, show
    from benchmark.store.results import Results
    from benchmark.studies.planning import cast, check_data

    setting = Setting(
        Results(results), team, lanes, seed, narrowing, kept, quiet, out, context.obj, context.meta[WRITE]
    )
    casts = [(one, cast(one)) for one in studies]
    for one in studies:
        check_data(one, narrowing)
    answers = []
    for one, actors in casts:
        for found, page in run_study(one, actors, setting):
            answers.append(found)
            if not quiet and str(json_file) != "-":
                output().print(show(found, remarks()))
            echo(f"Report: {near(page)}" if not quiet else near(page), err=str(json_file) == "-")
    if not answers:
        raise InputError(f"{results} keeps no whole sequence of any tracker: run the study without --kept first")
    write_json([found.to_dict() for found in answers], json_file)
    if any(actor.failed for found in answers for actor in found.actors):
        raise click.exceptions.Exit(1)


def _plan(
    studies: Sequence[Study], narrowing: Narrowing, folder: Path, device: str, seed: int, *, measure: bool, quiet: bool
) -> list[tuple[Study, list[Part]]]:
    """Return what each study would run on each dataset; to `measure` fills in speeds that this machine lacks."""
    from benchmark.engine.device import environment_class, plan_for
    from benchmark.store.results import Results
    from benchmark.studies.costs import Costs
    from benchmark.studies.planning import Planner, cast, look_at, shared

    device = plan_for(device)
    environment, store, costs = environment_class(device), Results(folder, write=measure), Costs.read(folder)
    planner, chosen, planned = Planner(store, environment, costs, narrowing, seed), dict[str, Any](), []
    for one in studies:
        actors, parts = cast(one), []
        for name, wanted in shared(one.datasets, narrowing).items():
            if name not in chosen:
                with sequence_progress(remarks(quiet), f"reading {name}") as advance:
                    chosen[name] = look_at(name, wanted, advance)
            if measure:
                from benchmark.studies.trial import fill_in  # not at the top: a list measures nothing

                fill_in(actors, costs, chosen[name].drawn, environment, device, remarks(quiet).print)
            parts.append(planner.part(one, actors, chosen[name]))
        planned.append((one, parts))
    return planned


def _list(plans: Sequence[tuple[Study, Sequence[Part]]]) -> Table:
    table = Table(
        title="Studies",
        caption="cost: processor time of all of it on this machine, where the speeds are known (--dry-run measures)",
        title_justify="left", caption_justify="left",
    )  # fmt: skip
    for heading in ("study", "question", "trackers", "on"):
        table.add_column(heading)
    for heading in ("trajectories", "kept", "cost"):
        table.add_column(heading, justify="right")
    for one, parts in plans:
        rows = [row for part in parts for row in part.rows]
        seconds = [row.seconds for row in rows]
        known = [value for value in seconds if value is not None]
        cost = "not measured" if len(known) < len(seconds) else duration(sum(known))
        table.add_row(
            escape(one.name), escape(one.question), str(len(parts[0].rows)),
            escape(", ".join(one.datasets)), str(sum(row.trajectories for row in rows)),
            str(sum(row.kept for row in rows)), cost,
        )  # fmt: skip
    return table


def _planned(one: Study, parts: Sequence[Part]) -> Table:
    from benchmark.commands.answering import repeated

    undrawn = sum(part.undrawn for part in parts)
    notes = [
        f"{repeated(one.repeats, one.jitter)}; {_rest(row for part in parts for row in part.rows)}",
        *([f"to be rendered first: {counted(undrawn, 'sequence')}"] if undrawn else []),
    ]
    table = Table(title=f"{one.name}: {one.question}", caption="; ".join(notes), title_justify="left",
                  caption_justify="left")  # fmt: skip
    for heading in ("data", "tracker", "as"):
        table.add_column(heading, overflow="fold")
    for heading in ("trajectories", "kept", "frames left", "ms a frame", "time left"):
        table.add_column(heading, justify="right")
    for part in parts:
        for place, row in enumerate(part.rows):
            table.add_row(
                "" if place else escape(part.coverage), escape(row.tracker), escape("; ".join(row.labels)),
                str(row.trajectories), str(row.kept), str(row.left),
                f"{1e3 * row.cost.seconds:.1f}" if row.cost else "-",
                "-" if row.seconds_left is None else duration(row.seconds_left),
            )  # fmt: skip
    return table


def _together(plans: Sequence[tuple[Study, Sequence[Part]]]) -> str:
    """Return what all studies take, in which a trajectory counts once, however many of them share it."""
    rows = {
        (part.dataset, one.protocol, one.repeats, one.jitter, row.tracker): row
        for one, parts in plans for part in parts for row in part.rows
    }.values()  # fmt: skip
    whole, kept = sum(row.trajectories for row in rows), sum(row.kept for row in rows)
    return f"all together, what they share counted once: {whole} trajectories, {kept} kept; {_rest(rows)}"


def _rest(rows: Iterable[Row]) -> str:
    """Return how many trajectories are left of trackers on data, and how long these take."""
    rows = list(rows)
    times = [row.seconds_left for row in rows]
    total, unknown = duration(sum(value for value in times if value is not None)), times.count(None)
    speeds = f" and {counted(unknown, 'tracker')} of unknown speed" if unknown else ""
    left = sum(row.trajectories - row.kept for row in rows)
    return f"left: {counted(left, 'trajectory', 'trajectories')}, about {total} of one processor{speeds}"


def duration(seconds: float) -> str:
    """Return a time as people say it."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"


def _plain(one: Study, parts: Sequence[Part]) -> dict[str, Any]:
    return {
        "study": one.name,
        "question": one.question,
        "repeats": one.repeats,
        "jitter": one.jitter,
        "parts": [
            {
                "dataset": part.dataset,
                "coverage": part.coverage,
                "to_render": part.undrawn,
                "trackers": [
                    {
                        "tracker": row.tracker, "labels": list(row.labels), "trajectories": row.trajectories,
                        "kept": row.kept, "frames": row.frames, "frames_left": row.left,
                        "seconds_a_frame": row.cost.seconds if row.cost else None, "seconds_left": row.seconds_left,
                    }
                    for row in part.rows
                ],
            }
            for part in parts
        ],
    }  # fmt: skip
