"""How long it takes to plan all studies that ship where nothing is left to do: results/tables/study-planning.md.

    python -m benchmark.measurements.study_planning [--dataset demo] [--rounds N]

A plan looks for records by name and reads none, so that empty files stand in for them here. Each round is a fresh
interpreter; what counts is its own processor time, so that a busy machine changes little.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

import click

from benchmark.engine.device import environment_class, use_device
from benchmark.engine.run import Plan, wanted
from benchmark.store.results import Results
from benchmark.studies.planning import Narrowing, cast, choose_data
from benchmark.studies.reading import find_study, study_names

LIMIT = 3.0
"""Seconds that planning may take."""


def pretend_done(folder: Path, dataset: str) -> int:
    """Put an empty file in the place of every record that the studies want; return how many there are."""
    results, environment = Results(folder), environment_class(use_device("cpu"))
    data, places = {}, set()
    for name in study_names():
        study = find_study(name)
        if dataset:
            study = replace(study, datasets=(dataset,))
        specs = cast(study).specs
        for one in study.datasets:
            if one not in data:
                data[one] = choose_data(one, Narrowing())
            plan = Plan(specs, data[one], "", protocol=study.protocol, repeats=study.repeats, jitter=study.jitter)
            places |= {
                results.record_path(
                    data[one].dataset, task.spec.name, task.key, task.sequence, task.job.start, task.repeat
                )
                for task in wanted(plan, environment)
            }
    for place in places:
        place.parent.mkdir(parents=True, exist_ok=True)
        place.touch()
    return len(places)


def plan_once(folder: Path, dataset: str) -> tuple[float, int]:
    """Plan all studies in a fresh interpreter; return its processor seconds and the frames that it says are left."""
    words = [sys.executable, "-m", "run_bench", "study", "--results", str(folder), "--json", "-"]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(
        [*words, *(("--dataset", dataset) if dataset else ())],
        capture_output=True, text=True, check=True, env={**os.environ, "OMP_NUM_THREADS": "1"},
    )  # fmt: skip
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
    rows = [row for one in json.loads(done.stdout) for part in one["parts"] for row in part["trackers"]]
    return seconds, sum(row["frames_left"] for row in rows)


@click.command(help=__doc__)
@click.option("--dataset", default="", help="Instead of the studies' own.")
@click.option("--rounds", default=5, show_default=True)
@click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), default=Path("results/tables/study-planning.md")
)
def main(dataset: str, rounds: int, out: Path) -> None:
    """Measure, write the table, and end with 1 where planning takes too long."""
    with tempfile.TemporaryDirectory() as folder:
        records = pretend_done(Path(folder), dataset)
        found = [plan_once(Path(folder), dataset) for _ in range(rounds)]
    seconds = [one for one, _ in found]
    if any(left for _, left in found):
        raise SystemExit("something is left to do: the records that stand in are not those that are planned")
    out.write_text(
        f"# Planning all studies with nothing to do ({datetime.now(UTC):%d %B %Y})\n\n"
        "Made by `python -m benchmark.measurements.study_planning"
        + (f" --dataset {dataset}" if dataset else "")
        + "`: processor seconds of fresh interpreters.\n\n"
        "| studies | trajectories | median s | least to most | limit s |\n|---|---|---|---|---|\n"
        f"| {len(study_names())} | {records:,} | {median(seconds):.2f} | {min(seconds):.2f} to {max(seconds):.2f} |"
        f" {LIMIT:g} |\n",
        "utf-8",
    )
    click.echo(out)
    sys.exit(median(seconds) > LIMIT)


if __name__ == "__main__":
    main()
