"""How far boxes part where weights are the same but instructions or lanes are not: the gate's limits.

    python -m benchmark.measurements.gate_limits --work DIR

Every setting is a run of its own of all trackers, compared with the run at one lane. (Until runs had one thread a
tracker, two threads were compared too.)
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from benchmark.engine.device import machine
from benchmark.gate.accuracy import find_changes, judge
from benchmark.gate.limits import limits
from benchmark.gate.snapshot import Snapshot, read_run
from benchmark.store.results import Results

SETTINGS: dict[str, tuple[dict[str, str], tuple[str, ...]]] = {
    "one lane": ({}, ()),
    "oneDNN up to AVX2": ({"ONEDNN_MAX_CPU_ISA": "AVX2"}, ()),
    "torch and oneDNN without AVX-512": ({"ONEDNN_MAX_CPU_ISA": "AVX2", "ATEN_CPU_CAPABILITY": "avx2"}, ()),
    "4 lanes": ({}, ("--lanes", "4")),
    "6 lanes": ({}, ("--lanes", "6")),
}
"""Environment variables and options of each run; the first is what the others are compared with."""


@click.command()
@click.option("--work", type=click.Path(path_type=Path), required=True, help="Folder for the runs; kept ones are used.")
@click.option("--trackers", default="all")
@click.option("--dataset", default="demo")
@click.option("--data-root", type=click.Path(path_type=Path))
@click.option("--sequences", help="Only these, separated by commas.")
@click.option("--limit-frames", type=int)
@click.option("--out", type=click.Path(path_type=Path), default=Path("results/tables"))
def main(
    work: Path, trackers: str, dataset: str, data_root: Path | None, sequences: str | None, limit_frames: int | None,
    out: Path,
) -> None:  # fmt: skip
    """Run every setting and write ``gate-limits-<dataset>.md`` and ``.json``."""
    options = ["-t", trackers, "-d", dataset, "--device", "cpu", "-q"]
    for name, value in (("--data-root", data_root), ("--sequences", sequences), ("--limit-frames", limit_frames)):
        options += [name, str(value)] if value is not None else []
    found = {}
    for number, (name, (environment, extra)) in enumerate(SETTINGS.items()):
        found[name] = _run(work / str(number), environment, [*options, *extra])
        click.echo(f"{name}: done", err=True)
    base, *others = found
    rows = [_row(found[base], found[name], name, tracker) for name in others for tracker in found[name].trackers]
    facts = {
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
        "environment": found[base].environment,
        "machine": machine(),
        "data": found[base].coverage,
        "limits": vars(limits()),
    }
    out.mkdir(parents=True, exist_ok=True)
    stem = out / f"gate-limits-{found[base].dataset}"
    stem.with_suffix(".json").write_text(json.dumps({**facts, "rows": rows}, indent=1) + "\n")
    stem.with_suffix(".md").write_text(_markdown(facts, rows))
    click.echo(stem.with_suffix(".md").read_text())


def _run(results: Path, environment: dict[str, str], options: list[str]) -> Snapshot:
    command = [sys.executable, "-m", "run_bench", *options, "--results", str(results)]
    subprocess.run(command, env={**os.environ, **environment}, check=True, stdout=subprocess.DEVNULL)
    kept = Results(results)
    return read_run(kept, kept.find_run("latest"))


def _row(base: Snapshot, other: Snapshot, setting: str, tracker: str) -> dict[str, Any]:
    changes = find_changes(base, other, tracker)
    verdict = judge(base.trackers[tracker], other.trackers[tracker], changes, intended=False)
    parted = verdict.facts["parted"]
    return {
        "setting": setting,
        "tracker": tracker,
        "rule": verdict.facts["rule"],
        "verdict": verdict.status,
        "sequences parted": f"{len(parted)} of {verdict.facts['sequences']}",
        "px at most": verdict.facts.get("pixels", 0.0),
        "mean IoU": verdict.facts.get("mean_iou", 1.0),
        "AUC": verdict.facts["difference"],
    }


def _markdown(facts: dict[str, Any], rows: list[dict[str, Any]]) -> str:
    lines = [
        "# How far boxes part in another environment",
        "",
        "Made by `python -m benchmark.measurements.gate_limits`.",
    ]
    lines += ["", *(f"- {name}: {value}" for name, value in facts.items())]
    lines += ["", f"| {' | '.join(rows[0])} |", "|" + "---|" * len(rows[0])]
    lines += [f"| {' | '.join(_cell(value) for value in row.values())} |" for row in rows]
    return "\n".join(lines) + "\n"


def _cell(value: Any) -> str:
    return f"{value:.6g}" if isinstance(value, float) else str(value)


if __name__ == "__main__":
    main()
