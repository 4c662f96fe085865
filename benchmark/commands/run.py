"""``run_bench [run]``: trackers on a dataset, from frames to scores and a report."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.table import Table

from benchmark.commands.terminal import output, progress, remarks, sequence_progress
from benchmark.datasets.lookup import dataset_names, open_dataset
from benchmark.datasets.selection import select

if TYPE_CHECKING:
    from benchmark.engine.run import Plan, Task
    from benchmark.scoring import RunScores, TrackerScores
    from benchmark.store.record import Record
    from benchmark.store.results import Results

WriteReport = Callable[[Path], Path]
"""Draws the page of a run folder and returns its file; `run_bench` hands it in, as this layer knows no reports."""

INTERRUPTED = 130
"""Exit code after Ctrl-C, as shells have it."""


@click.command(
    epilog="""\b
Examples:
  run_bench                                       the trackers of the papers on the built-in demo
  run_bench --trackers siamfc,memtrack* --dataset OTB100 --data-root ~/data/OTB100
  run_bench --dataset OTB100 --subset available   only the sequences that are there
  run_bench --trackers 'siamfc{scale_step=1.05}' --sequences Couple,Crossing --limit-frames 50
"""
)
@click.option(
    "--trackers", "-t", "trackers", multiple=True, default=("all",), show_default=True, metavar="NAMES",
    help="Names, comma lists or wildcards; may be given several times. `run_bench list` shows all.",
)  # fmt: skip
@click.option("--dataset", "-d", default="demo", show_default=True, help=f"One of {', '.join(dataset_names())}.")
@click.option(
    "--data-root", type=click.Path(path_type=Path), metavar="DIR",
    help="The dataset's folder or one that holds it.  [default: $ENGRAM_DATA, else data/]",
)  # fmt: skip
@click.option(
    "--subset", type=click.Choice(["full", "available"]), default="full", show_default=True,
    help="`available` runs what is there of an incomplete dataset.",
)  # fmt: skip
@click.option("--sequences", metavar="NAMES", help="Only these sequences, separated by commas.")
@click.option("--limit-frames", type=click.IntRange(min=2), metavar="N", help="Only the first N frames of each.")
@click.option(
    "--results", type=click.Path(path_type=Path, file_okay=False), default=Path("results"), show_default=True,
    metavar="DIR", help="Where records and runs are kept.",
)  # fmt: skip
@click.option("--json", "json_file", type=click.Path(path_type=Path, allow_dash=True), metavar="FILE",
              help="Write the scores as JSON too; - for standard output.")  # fmt: skip
@click.option("--device", default="auto", show_default=True, help="auto, cpu, cuda, cuda:N or mps.")
@click.option("--lanes", type=click.IntRange(min=1), metavar="B",
              help="Sequences that run side by side.  [default: 16 on a GPU, else 1]")  # fmt: skip
@click.option("--seed", type=int, default=0, show_default=True, help="What all randomness comes from.")
@click.option("--profile", default="otb", show_default=True, help="How boxes are scored.")
@click.option("--telemetry", is_flag=True, help="Keep what trackers report of themselves every frame.")
@click.option("--retry-failed", is_flag=True, help="Run again what failed before.")
@click.option("--quiet", "-q", is_flag=True, help="Say nothing but errors and the report's path.")
@click.pass_obj
def run(
    write_report: WriteReport, /, *, trackers: tuple[str, ...], dataset: str, data_root: Path | None, subset: str,
    sequences: str | None, limit_frames: int | None, results: Path, json_file: Path | None, device: str,
    lanes: int | None, seed: int, profile: str, telemetry: bool, retry_failed: bool, quiet: bool,
) -> None:  # fmt: skip
    """Run trackers on a dataset and write scores, boxes and a report."""
    from benchmark.engine.device import find_device
    from benchmark.engine.run import Plan, lay_out
    from benchmark.profiles import load_profile
    from benchmark.store.results import Results
    from trackers.names import expand

    says = remarks(quiet)
    chosen_profile = load_profile(profile)
    specs = tuple(expand(trackers))
    chosen_device = find_device(device)
    store = Results(results)
    opened = open_dataset(dataset, data_root)
    with sequence_progress(says, f"reading {opened.name}") as advance:
        selection = select(
            opened,
            subset=subset,  # type: ignore[arg-type]
            sequences=None if sequences is None else sequences.split(","),
            limit_frames=limit_frames,
            progress=advance,
        )
    plan = Plan(
        specs, selection, chosen_device, seed, lanes or (16 if chosen_device.startswith("cuda") else 1),
        telemetry, retry_failed,
    )  # fmt: skip
    tasks = lay_out(plan, store)
    records = _run(plan, tasks, store, quiet)
    folder = store.new_run()
    scores = _conclude(folder, plan, tasks, records, chosen_profile.name)
    report = write_report(folder)
    store.set_latest(folder)
    to_stdout = str(json_file) == "-"
    if json_file is not None:
        text = json.dumps(scores.to_dict(), indent=1)
        click.echo(text) if to_stdout else json_file.write_text(text + "\n", "utf-8")
    if not quiet and not to_stdout:
        output().print(_table(scores))
        for line in _failures(scores):
            says.print(line, markup=False)
    click.echo(f"Report: {report}" if not quiet else str(report), err=to_stdout)
    sys.exit(1 if scores.failures else 0)


def _run(plan: Plan, tasks: list[Task], store: Results, quiet: bool) -> dict[str, Record]:
    """Run what is missing, with a bar a tracker; return all records by key. Ctrl-C ends the command cleanly."""
    from benchmark.engine.run import execute

    says = remarks(quiet)
    records = {task.key: task.kept for task in tasks if task.kept is not None}
    missing = [task for task in tasks if task.kept is None]
    if records:
        what = "nothing is left to run" if not missing else f"{len(missing)} are left to run"
        says.print(f"{len(records)} of {len(tasks)} trajectories are kept from earlier runs; {what}")
    began: dict[str, float] = {}
    try:
        with progress(says, "frames") as bars:
            bar = {
                spec.name: bars.add_task(spec.name, total=own)
                for spec in plan.specs
                if (own := sum(len(task.job) for task in missing if task.spec is spec))
            }
            left = {spec.name: sum(task.spec is spec for task in missing) for spec in plan.specs}

            def on_frames(tracker: str, count: int) -> None:
                began.setdefault(tracker, time.monotonic())
                bars.advance(bar[tracker], count)

            for task, record in execute(plan, missing, store, on_frames):
                records[task.key] = record
                left[record.tracker] -= 1
                if record.status != "done":
                    says.print(f"{record.tracker} failed on {record.sequence}: {record.reason}", markup=False)
                if not left[record.tracker] and not says.is_terminal:
                    seconds = time.monotonic() - began.get(record.tracker, time.monotonic())
                    says.print(f"{record.tracker}: done in {seconds:.0f} s", markup=False)
    except KeyboardInterrupt:
        remarks().print(
            f"Stopped. {len(records)} of {len(tasks)} trajectories are kept in {store.folder}; "
            "the same command goes on from there."
        )
        sys.exit(INTERRUPTED)
    return records


def _conclude(folder: Path, plan: Plan, tasks: list[Task], records: dict[str, Record], profile: str) -> RunScores:
    """Score the records and write the run's folder: manifest, boxes, scores."""
    from benchmark.engine.device import environment_class, machine
    from benchmark.engine.run import PROTOCOL
    from benchmark.profiles import load_profile
    from benchmark.scoring import score_run
    from benchmark.store.manifest import manifest, write_json, write_run

    ordered = [records[task.key] for task in tasks]
    content = manifest(
        selection=plan.selection,
        specs=plan.specs,
        records=ordered,
        command=["run_bench", *sys.argv[1:]],
        seed=plan.seed,
        lanes=plan.lanes,
        environment=environment_class(plan.device),
        machine=machine(),
    )
    by_tracker = {spec: [r for task, r in zip(tasks, ordered, strict=True) if task.spec is spec] for spec in plan.specs}
    scores = score_run(folder.name, by_tracker, plan.selection, load_profile(profile), PROTOCOL)
    write_json(folder / "scores.json", scores.to_dict())
    write_run(folder, content, ordered)
    return scores


def _table(scores: RunScores) -> Table:
    """Return the results as a table: one row a tracker, its scores with their intervals."""
    notes = ", rendered frames" if scores.rendered else ""
    table = Table(
        title=f"{scores.coverage}{notes} · {scores.protocol.upper()} · profile {scores.profile}",
        caption="[95 % interval over sequences]; frames/s inside the tracker, lanes side by side",
        title_justify="left",
        caption_justify="left",
    )
    for heading, justify in (
        ("tracker", "left"), ("weights", "left"), ("success AUC", "left"), ("precision @20 px", "left"),
        ("frames/s", "right"), ("lanes", "right"), ("failed", "right"), ("note", "left"),
    ):  # fmt: skip
        if heading != "note" or any(tracker.marks for tracker in scores.trackers):
            table.add_column(heading, justify=justify)  # type: ignore[arg-type]
    ranked = sorted(scores.trackers, key=lambda t: -t.summary.overall.auc if t.summary else 1.0)
    for tracker in ranked:
        cells = [
            _plain(tracker.name), _plain(tracker.weights), _score(tracker, "auc"), _score(tracker, "precision"),
            f"{tracker.throughput:.1f}" if tracker.throughput else "-", str(tracker.lanes), str(len(tracker.failed)),
            _plain(", ".join(tracker.marks)),
        ]  # fmt: skip
        table.add_row(*cells[: len(table.columns)])
    return table


def _plain(text: str) -> str:
    from rich.markup import escape

    return escape(text)


def _score(tracker: TrackerScores, name: str) -> str:
    if tracker.summary is None:
        return "-"
    value = f"{getattr(tracker.summary.overall, name):.3f}"
    interval: Any = tracker.intervals.get(name)
    return f"{value} \\[{interval.low:.3f}, {interval.high:.3f}]" if interval else value


def _failures(scores: RunScores) -> list[str]:
    return [
        f"{tracker.name} failed on {sequence}: {reason}"
        for tracker in scores.trackers
        for sequence, reason in tracker.failed.items()
    ]
