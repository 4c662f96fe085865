"""A run's folder: what stands in it from the beginning, and what when it has ended."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from math import inf
from pathlib import Path
from typing import TYPE_CHECKING

from benchmark.plurals import counted
from benchmark.store.results import writing
from trackers.errors import InputError

if TYPE_CHECKING:
    from benchmark.engine.run import Executor, Plan, Task
    from benchmark.interop.trajectories import Trajectories
    from benchmark.scores import RunScores
    from benchmark.store.record import Record
    from benchmark.store.results import Results


def this_command() -> tuple[str, ...]:
    """Return the command that this process was started with."""
    return ("run_bench", *sys.argv[1:])


def begin(store: Results, plan: Plan, tasks: list[Task], command: Sequence[str]) -> Path:
    """Make the run's folder and write down what it will use: cleaning spares it from now on.

    `command` is what does the same again.
    """
    from benchmark.store.manifest import plan as run_plan
    from benchmark.store.manifest import write_plan

    folder = store.new_run()
    wanted = [
        {"tracker": task.spec.name, "sequence": task.sequence, "start": task.job.start, "repeat": task.repeat,
         "key": task.key}
        for task in tasks
    ]  # fmt: skip
    with writing(folder):
        write_plan(folder, run_plan(plan.selection, command, wanted))
    return folder


def keep_truth(folder: Path, plan: Plan, data_root: Path | None) -> None:
    """Keep what the run was scored against, and where its frames are: what its report looks at."""
    from benchmark.datasets.lookup import data_root as find_root
    from benchmark.store.truth import write_truth

    root = "" if plan.selection.rendered else str(find_root(data_root).resolve())
    write_truth(folder, [video.annotation for video in plan.selection.sequences], root)


def conclude(
    folder: Path,
    plan: Plan,
    tasks: list[Task],
    records: dict[str, Record],
    team: Executor,
    profile: str,
    imported: Sequence[Trajectories],
    command: Sequence[str],
) -> RunScores:
    """Score the records that a team made and write the run's folder: manifest, boxes, scores."""
    from benchmark.engine.device import machine
    from benchmark.profiles import load_profile
    from benchmark.scoring import score_run
    from benchmark.store.manifest import manifest, write_json, write_run

    ordered = [records[task.key] for task in tasks]
    content = manifest(
        selection=plan.selection,
        specs=plan.specs,
        records=ordered,
        digests={task.sequence: task.digest for task in tasks},
        command=command,
        seed=plan.seed,
        lanes=plan.lanes,
        repeats=plan.repeats,
        jitter=plan.jitter,
        protocol=plan.protocol,
        profile=profile,
        timeout=None if plan.timeout == inf else plan.timeout,
        telemetry=plan.telemetry,
        imported=[one.tracker for one in imported],
        environment=team.environment,
        workers=team.workers,
        machine=machine(tracked=bool(plan.specs)),
    )
    by_tracker = {spec: [r for task, r in zip(tasks, ordered, strict=True) if task.spec is spec] for spec in plan.specs}
    scored = load_profile(profile, plan.selection.dataset)
    scores = score_run(folder.name, by_tracker, plan.selection, scored, plan.protocol, imported, plan.jitter)
    write_json(folder / "scores.json", scores.to_dict())
    write_run(folder, content, ordered)
    return scores


def write_uploads(folder: Path, plan: Plan, tasks: list[Task], records: dict[str, Record]) -> list[str]:
    """Write each tracker's archive for the server that alone can score the dataset; return a line for each.

    Nothing, for a dataset whose ground truth is public.
    """
    from benchmark.interop.upload import SERVERS, write_archive
    from benchmark.store.results import slug

    selection = plan.selection
    if not selection.upload:
        return []
    server = SERVERS[selection.upload]
    if not selection.complete:
        return [f"no archive for {server.title}'s server: it takes all {selection.total} sequences, each whole"]
    truth = {video.name: video.annotation for video in selection.sequences}
    lines = []
    for spec in plan.specs:
        own = [records[task.key] for task in tasks if task.spec is spec]
        file = folder / "upload" / f"{slug(spec.name)}.zip"
        try:
            mended = write_archive(file, server, truth, own)
        except InputError as error:
            lines.append(f"{spec.name}: {error}")
            continue
        note = f"; repeated where none was given: {counted(mended, 'box', 'boxes')}" if mended else ""
        lines.append(f"{spec.name}: {file} is for {server.address}{note}")
    return lines
