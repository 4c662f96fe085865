"""Doing what a plan still lacks, as a user sees it: bars, failures as they come, and an end that keeps what is done."""

from __future__ import annotations

import os
import shutil
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from benchmark.commands.terminal import progress, remarks
from benchmark.store.results import PLAN
from trackers.errors import InputError

if TYPE_CHECKING:
    from benchmark.engine.run import Executor, Plan, Task
    from benchmark.store.record import Record
    from benchmark.store.results import Results


def do(plan: Plan, tasks: list[Task], store: Results, folder: Path, team: Executor, quiet: bool) -> dict[str, Record]:
    """Run what is missing, with a bar a tracker; return all records by key. Ctrl-C ends the command cleanly."""
    from benchmark.engine.run import execute

    says = remarks(quiet)
    records = {task.key: task.kept for task in tasks if task.kept is not None}
    missing = [task for task in tasks if task.kept is None]
    if records:
        what = "nothing is left to run" if not missing else f"{len(missing)} are left to run"
        says.print(f"{len(records)} of {len(tasks)} trajectories are kept from earlier runs; {what}")
    began = time.monotonic()
    try:
        with progress(says, "frames") as bars:
            bar = {
                spec.name: bars.add_task(spec.name, total=own)
                for spec in plan.specs
                if (own := sum(len(task.job) for task in missing if task.spec is spec))
            }
            left = {spec.name: sum(task.spec is spec for task in missing) for spec in plan.specs}

            def on_frames(tracker: str, count: int) -> None:
                bars.advance(bar[tracker], count)

            for task, record in execute(plan, missing, store, team, on_frames):
                records[task.key] = record
                with suppress(OSError):
                    os.utime(folder / PLAN)  # a sign of life for whoever cleans the folder
                left[record.tracker] -= 1
                if record.status != "done":
                    says.print(
                        f"{record.tracker} failed on {record.sequence}: {record.reason}", markup=False, soft_wrap=True
                    )
                if not left[record.tracker] and not says.is_terminal:
                    after = f"{time.monotonic() - began:.0f} s after the start"
                    says.print(f"{record.tracker}: done, {after}", markup=False, soft_wrap=True)
    except (KeyboardInterrupt, InputError) as stop:
        if not any(task.key in records for task in missing):
            shutil.rmtree(folder, ignore_errors=True)  # nothing was done that this run would have to remember
        kept = f"{len(records)} of {len(tasks)} trajectories are kept in {store.folder}"
        if isinstance(stop, InputError):
            if records:
                says.print(kept, markup=False, soft_wrap=True)
            raise
        remarks().print(f"Stopped. {kept}; the same command goes on from there.", markup=False, soft_wrap=True)
        raise
    return records
