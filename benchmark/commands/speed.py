"""``run_bench speed``: what one frame costs each tracker alone, on a sample whose boxes match the records."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import numpy as np
from rich.markup import escape
from rich.table import Table

from benchmark.commands.options import (
    choose,
    data_options,
    device_option,
    json_option,
    results_option,
    seed_option,
    trackers_option,
    write_json,
)
from benchmark.commands.terminal import output, progress, remarks
from benchmark.engine.load import Load
from trackers.errors import InputError

if TYPE_CHECKING:
    from benchmark.engine.clock import Latency
    from benchmark.engine.run import Task
    from benchmark.store.record import Record

SAMPLE = 3
"""Sequences timed where the user names none, beside the one that warms up."""


@click.command(
    epilog="""\b
Examples:
  run_bench speed                                  all trackers on a sample of the demo
  run_bench speed -t siamfc,cv2:csrt --device cpu
  run_bench speed -d OTB100 --data-root DIR --sequences Couple,Crossing,Man --json speed.json
"""
)
@trackers_option
@data_options
@results_option
@json_option("the figures")
@device_option
@seed_option
def speed(
    *, trackers: tuple[str, ...], results: Path, json_file: Path | None, device: str, seed: int, **data: Any
) -> None:
    """Measure latency: one lane, the device to itself.

    Decoding is outside the timer. The last sequence warms up, the others (three where none is named) are timed, and
    their boxes must be those of the records, which are made first where they are missing.
    """
    from benchmark.engine.clock import Untimed, measure_latency
    from benchmark.engine.executors.local import Local
    from benchmark.engine.run import Plan, execute, lay_out
    from benchmark.store.results import Results
    from trackers.names import expand

    says = remarks()
    specs = tuple(expand(trackers))
    store = Results(results)
    worker = Local(device)
    selection = choose(says, **data)
    if len(selection.sequences) < 2:
        raise InputError("speed needs two sequences at least: one to time, another to warm up on")
    plan = Plan(specs, selection, worker.device, seed)
    wanted = {video.name for video in selection.sequences}
    if data["sequences"] is None:
        wanted = {video.name for video in selection.sequences[: SAMPLE + 1]}
    tasks = [task for task in lay_out(plan, store, worker.environment) if task.sequence in wanted]
    records = {task.key: task.kept for task in tasks if task.kept is not None}
    rows: dict[str, dict[str, Any]] = {}
    failed: dict[str, str] = {}
    with progress(says, "trackers") as bars:
        bar = bars.add_task("timing", total=len(specs))
        for task, record in execute(plan, tasks, store, worker):
            records[task.key] = record
        for spec in specs:
            *timed, warm_up = [task for task in tasks if task.spec is spec]
            bars.advance(bar)
            try:
                latency, found = measure_latency(spec.address, [task.job for task in timed], warm_up.job, worker.device)
            except Untimed as error:
                failed[spec.name] = str(error)
                says.print(f"{spec.name} cannot be timed: {error}", markup=False, soft_wrap=True)
                continue
            notes = _differences(timed, records, [one.boxes for one in found])
            for task, one in zip(timed, found, strict=True):
                invalid = next((note for note in notes if note.startswith(f"{task.sequence}:")), "")
                facts = {**latency.to_dict(), "invalid": invalid}
                store.attach(records[task.key], "latency", facts, {"seconds": one.seconds})
            rows[spec.name] = {**latency.to_dict(), "sequences": [task.sequence for task in timed], "invalid": notes}
            says.print(f"{spec.name}: {_line(latency)}", markup=False)
    content = {"coverage": selection.coverage, "environment": dict(worker.environment), "trackers": rows,
               "failed": failed}  # fmt: skip
    if not write_json(content, json_file):
        output().print(_table(rows, worker.environment["device"]))
    raise click.exceptions.Exit(1 if failed or any(row["invalid"] for row in rows.values()) else 0)


def _line(latency: Latency) -> str:
    return f"{latency.median_ms:.1f} ms a frame"


def _differences(tasks: list[Task], records: dict[str, Record], boxes: list[Any]) -> list[str]:
    """Return, for every sequence whose boxes are not those of its record, from which frame on."""
    notes = []
    for task, found in zip(tasks, boxes, strict=True):
        record = records[task.key]
        if record.status != "done":
            notes.append(f"{task.sequence}: {record.status}")
        elif not np.array_equal(found, record.boxes, equal_nan=True):
            first = int(np.argmax((found != record.boxes).any(axis=1)))
            notes.append(f"{task.sequence}: boxes differ from the record from frame {first} on")
    return notes


def _table(rows: dict[str, dict[str, Any]], device: str) -> Table:
    table = Table(
        title=f"Latency, one lane, on {escape(device)}",
        caption="x reference: median over the time of a fixed matrix workload, to compare machines",
        title_justify="left",
        caption_justify="left",
    )
    columns = {
        "frames/s": "fps", "median ms": "median_ms", "p95": "p95_ms", "p99": "p99_ms",
        "first frame ms": "first_frame_ms", "start-up s": "start_up_s", "memory MB": "memory_mb", "GFLOP": "gflop",
    }  # fmt: skip
    table.add_column("tracker")
    for heading in (*columns, "parameters", "x reference"):
        table.add_column(heading, justify="right")
    table.add_column("note")
    for name, row in rows.items():
        notes = [*row["invalid"], *filter(None, [Load(row["busy_cores"], row["cores"]).mark])]
        table.add_row(
            escape(name),
            *("-" if row[key] is None else f"{row[key]:.1f}" for key in columns.values()),
            "-" if row["parameters"] is None else f"{row['parameters']:,}",
            f"{row['median_ms'] / row['calibration_ms']:.1f}",
            escape("; ".join(notes)),
        )
    return table
