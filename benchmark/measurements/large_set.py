"""What LaSOT's size costs: planning a run of five trackers, and the report of one, on a made-up copy of its layout.

    python -m benchmark.measurements.large_set [--work DIR]

The copy has all 685,360 frames by name, links to one small picture a sequence, boxes that wander, and no video. Records
of five trackers are made, not run. Each step is a process of its own, measured in processor time and largest memory.
The table goes to ``results/tables/large-set.md``.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import click
import cv2
import numpy as np
from numpy.typing import NDArray

from benchmark.datasets.catalogue import read_catalogue
from benchmark.datasets.lasot import FLAGS
from benchmark.datasets.listing import folders
from benchmark.datasets.lookup import open_dataset
from benchmark.datasets.selection import Selection, select
from trackers.registry import PAPERS_FIVE

TABLE = Path(__file__).parents[2] / "results" / "tables" / "large-set.md"
ENVIRONMENT = {"device": "cpu", "threads": "1"}
LIMITS = {"plan, nothing kept": (5.0, 1000.0), "plan, all kept": (5.0, 1000.0), "report": (60.0, 1000.0)}
"""Processor seconds and MB that a step may take; a page may have 15 MB."""
Telemetry = dict[str, NDArray[np.float64]]
"""What a tracker reports of itself, by signal: (N - 1, ...)."""


def make_copy(root: Path) -> None:
    """Lay LaSOT's test set out, as far as it is not there."""
    picture = cv2.imencode(".jpg", np.random.default_rng(0).integers(0, 255, (64, 96, 3), np.uint8))[1].tobytes()
    for seed, target in enumerate(read_catalogue("lasot").of("LaSOT")):
        folder = root / "LaSOT" / target.object_class / target.name
        if (folder / "groundtruth.txt").is_file():
            continue
        (folder / "img").mkdir(parents=True, exist_ok=True)
        first = folder / "img" / "00000001.jpg"
        first.write_bytes(picture)
        for number in range(2, target.frames + 1):
            os.link(first, folder / "img" / f"{number:08d}.jpg")
        steps = np.random.default_rng(seed).integers(-1, 2, (target.frames, 2))
        corners = 20 + np.cumsum(steps, axis=0).clip(-15, 15)
        for name in FLAGS:
            (folder / name).write_text(",".join("0" * target.frames) + "\n")
        (folder / "groundtruth.txt").write_text("".join(f"{x},{y},20,21\n" for x, y in corners))


def selection(root: Path, dataset: str = "LaSOT") -> Selection:
    """Return the whole set, loaded and checked."""
    return select(open_dataset(dataset, root))


def plan(root: Path, results: Path) -> list[Any]:
    """Lay a run of the five out, as `run_bench` does before anything is tracked."""
    from benchmark.engine.run import Plan, lay_out
    from benchmark.store.results import Results
    from trackers.names import expand

    return lay_out(Plan(tuple(expand(PAPERS_FIVE)), selection(root), "cpu"), Results(results), ENVIRONMENT)


def _no_telemetry(tracker: str, frames: int) -> None:
    return None


def make_records(
    root: Path, results: Path, dataset: str = "LaSOT", telemetry: Callable[[str, int], Telemetry | None] = _no_telemetry
) -> None:
    """Keep a made-up record of every tracker on every sequence, and the folder of a run that has them.

    `telemetry` gives what a tracker reports of so many frames.
    """
    from benchmark.commands.folder import begin, conclude, keep_truth, this_command
    from benchmark.datasets.content import Seen, look, stamp_of
    from benchmark.engine.run import Plan, lay_out
    from benchmark.store.memo import FrameMemo
    from benchmark.store.record import Record
    from benchmark.store.results import Results
    from trackers.names import expand

    rng, store = np.random.default_rng(1), Results(results)
    memo, records = FrameMemo(results), {}
    wanted = Plan(tuple(expand(PAPERS_FIVE)), selection(root, dataset), "cpu")
    for video in wanted.selection.sequences:  # all frames of one are links to one picture: it is read once
        seen, _ = look(video.frames[0])
        memo.learn(video.frames, [Seen(seen.digest, stamp_of(path)) for path in video.frames])
    tasks = lay_out(wanted, store, ENVIRONMENT)
    for task in tasks:
        count, start = len(task.job), task.job.start
        truth = task.job.video.annotation.boxes[start:]
        boxes = truth + rng.normal(0, 3, (count, 4))
        lost = int(rng.integers(1, count))
        boxes[lost : lost + 300, 0] += 80
        boxes[0] = truth[0]
        record = Record(
            task.key, dataset, task.spec.name, task.sequence, start, 0, "done", boxes, np.ones(count), count / 20,
            times=np.full(count, 0.05), frames=count, content=memo.content(task.job.frames),
        )  # fmt: skip
        store.keep(record, telemetry(record.tracker, count))
        records[task.key] = record
    folder = begin(store, wanted, tasks, this_command())
    team: Any = SimpleNamespace(environment=ENVIRONMENT, workers=1)
    conclude(folder, wanted, tasks, records, team, wanted.selection.profile, (), this_command())
    keep_truth(folder, wanted, root)


@click.command()
@click.option("--work", type=click.Path(path_type=Path), help="Where the copy is made, and kept.")
@click.option("--step", hidden=True)
def main(work: Path | None, step: str | None) -> None:
    """Measure, and write the table."""
    if work is None:
        with tempfile.TemporaryDirectory() as folder:
            measure(Path(folder))
    elif step is None:
        measure(work)
    else:
        root, results = work / "data", work / "results"
        steps: dict[str, Callable[[], object]] = {
            "copy": lambda: make_copy(root), "plan, nothing kept": lambda: plan(root, work / "nothing"),
            "records": lambda: make_records(root, results), "plan, all kept": lambda: plan(root, results),
        }  # fmt: skip
        steps[step]()


def took(command: list[str]) -> tuple[float, float]:
    """Run a command, and return its processor seconds and its largest memory in MB."""
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as running:
        _, status, usage = os.wait4(running.pid, 0)
        running.returncode = os.waitstatus_to_exitcode(status)
    if running.returncode:
        raise SystemExit(running.returncode)
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1000


def measure(work: Path) -> None:
    """Take every step in a process of its own, and write the table."""
    found = {}
    for step in ("copy", "plan, nothing kept", "records", "plan, all kept", "report"):
        if step == "records" and (work / "results" / "runs").is_dir():
            continue  # of an earlier call
        words = ["benchmark.measurements.large_set", "--work", str(work), "--step", step]
        if step == "report":
            (run,) = folders(work / "results" / "runs")
            words = ["run_bench", "report", str(run)]
        found[step] = took([sys.executable, "-m", *words])
        click.echo(f"{step}: {found[step][0]:.1f} s, {found[step][1]:.0f} MB")
    (run,) = folders(work / "results" / "runs")
    lines = [
        f"# What a set of LaSOT's size takes ({date.today():%d %B %Y})", "",
        "`python -m benchmark.measurements.large_set`: 280 sequences, 685,360 frames, five trackers, made-up records.",
        f"Processor seconds of one process, imports included; load average {os.getloadavg()[0]:.1f} on {os.cpu_count()}"
        " cores: beside other work each second does less.", "",
        "| step | processor s | allowed | MB of memory | allowed |", "|---|---|---|---|---|",
    ]  # fmt: skip
    for step, (seconds, megabytes) in LIMITS.items():
        spent = found[step]
        lines.append(f"| {step} | {spent[0]:.1f} | {seconds:g} | {spent[1]:.0f} | {megabytes:g} |")
    sizes = [(run / name).stat().st_size / 1e6 for name in ("report.html", "report.json")]
    lines += ["", f"The page has {sizes[0]:.1f} MB of 15 allowed, `report.json` {sizes[1]:.1f} MB."]
    TABLE.write_text("\n".join(lines) + "\n")
    click.echo(TABLE)


if __name__ == "__main__":
    main()
