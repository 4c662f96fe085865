"""Time whole runs on a CPU: one process with all threads against worker processes of one thread each.

    python -m benchmark.measurements.worker_speed [--trackers all] [--dataset demo] [--rounds 3]

Every run is a command of its own, from its start to its report, into a results folder of its own. The sides take turns,
so that what else the machine does hits all of them; medians are kept, and the ratio of each round. What more cores
would bring is computed by Amdahl's law from the measured seconds inside the trackers, which are divided among
processes, and the rest of a run's time, which is not.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

import click

from benchmark.engine.device import machine
from benchmark.engine.load import Watch, cores
from benchmark.engine.resources import physical_cores

OTB100_FRAMES = 59_040
CORES = (2, 4, 8, 16)


@dataclass(frozen=True)
class Ran:
    """One run."""

    wall: float
    """Seconds from the start of the command to its end."""
    tracking: float
    """Seconds inside the trackers, all records together."""
    frames: int
    workers: int
    trackers: int

    @property
    def serial(self) -> float:
        """Seconds that were not divided among the workers: start-up, the last sequence's end, scores, report."""
        return self.wall - self.tracking / self.workers


def predict(ran: Ran, workers: int, times: float = 1.0) -> float:
    """Return the seconds of a run of `times` as many frames with that many workers, by Amdahl's law."""
    return ran.serial + ran.tracking * times / workers


@click.group(invoke_without_command=True)
@click.option("--trackers", default="all")
@click.option("--dataset", default="demo")
@click.option("--data-root", type=click.Path(path_type=Path))
@click.option("--rounds", default=3)
@click.option("--out", type=click.Path(path_type=Path), default=Path("results/tables"))
@click.pass_context
def main(ctx: click.Context, trackers: str, dataset: str, data_root: Path | None, rounds: int, out: Path) -> None:
    """Measure and write ``worker-speed-cpu.md``."""
    if ctx.invoked_subcommand:
        return
    words = ["-t", trackers, "-d", dataset, *(["--data-root", str(data_root)] if data_root else [])]
    sides = {
        "one process, one thread": ["run", "1", "--workers", "1"],
        f"one process, {cores()} threads": ["run", str(cores()), "--workers", "1"],
        f"{physical_cores()} processes, one thread each": ["run", "1", "--workers", str(physical_cores())],
    }
    watch = Watch()
    found: dict[str, list[Ran]] = {side: [] for side in sides}
    for number in range(rounds):
        for side, command in sides.items():
            found[side].append(_run([*command, *words]))
            click.echo(f"round {number + 1}, {side}: {found[side][-1]}", err=True)
    out.mkdir(parents=True, exist_ok=True)
    (out / "worker-speed-cpu.md").write_text(page(found, f"{trackers} on {dataset}", watch.others()), "utf-8")


@main.command(name="run", hidden=True, context_settings={"ignore_unknown_options": True})
@click.argument("threads", type=int)
@click.argument("words", nargs=-1, type=click.UNPROCESSED)
def run_with(threads: int, words: Sequence[str]) -> None:
    """Be `run_bench run`, with that many threads in this process."""
    import torch

    from benchmark.engine import device
    from run_bench import main as run_bench

    if threads > 1:
        one = device.use_device

        def many(wanted: str) -> str:
            found = one(wanted)
            torch.set_num_threads(threads)
            return found

        device.use_device = many
    run_bench(["run", *words])


def page(found: dict[str, list[Ran]], what: str, others: float) -> str:
    """Return the table of the sides' runs, and what more cores would bring."""
    one, threads, processes = found.values()
    names = list(found)
    here = machine()
    lines = [
        "# Whole runs on a CPU: threads or processes",
        "",
        f"`python -m benchmark.measurements.worker_speed`: {what}, {processes[0].frames} frames in all;"
        f" {len(one)} rounds in turns, {datetime.now(UTC):%Y-%m-%d}, {here['processor']}, {here['cores']} cores; other"
        f" processes kept {others:.2f} cores busy meanwhile. From the start of the command to its report.",
        "",
        "| run | seconds (median) | inside the trackers | the rest |",
        "|---|---|---|---|",
    ]
    for side, runs in found.items():
        tracking, rest = (median(getattr(ran, part) for ran in runs) for part in ("tracking", "serial"))
        lines.append(f"| {side} | {median(ran.wall for ran in runs):.1f} | {tracking:.1f} | {rest:.1f} |")
    ratios = [a.wall / b.wall for a, b in zip(threads, processes, strict=True)]
    lines += [
        "",
        f"{names[2]} against {names[1]}: {median(ratios):.2f} times as fast"
        f" (rounds {', '.join(f'{ratio:.2f}' for ratio in ratios)}).",
        "",
        f"By Amdahl's law, from the median run of {names[2]}: the rest stays, the seconds inside the trackers are"
        " divided. No machine with more cores was measured; what processes take from one another there (memory, clock)"
        " is left out.",
        "",
        "| processes | this run, s | times one process of one thread | OTB100's number of frames, s |",
        "|---|---|---|---|",
    ]
    typical = sorted(processes, key=lambda ran: ran.wall)[len(processes) // 2]
    alone = median(ran.wall for ran in one)
    times = OTB100_FRAMES * typical.trackers / typical.frames
    for count in CORES:
        seconds = predict(typical, count)
        lines.append(f"| {count} | {seconds:.1f} | {alone / seconds:.1f} | {predict(typical, count, times):.0f} |")
    return "\n".join(lines) + "\n"


def _run(command: list[str]) -> Ran:
    """Run a side's command once, in a process and a results folder of its own."""
    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        subprocess.run(
            [sys.executable, "-m", "benchmark.measurements.worker_speed", *command, "--quiet", "--results", folder],
            check=True,
            stdout=subprocess.DEVNULL,
        )
        wall = time.perf_counter() - began
        (run,) = (Path(folder) / "runs").iterdir()
        manifest = json.loads((run / "manifest.json").read_text())
        times = [float(line) for file in run.rglob("*_time.txt") for line in file.read_text().split()]
        return Ran(wall, sum(times), len(times), manifest["workers"], len(manifest["trackers"]))


if __name__ == "__main__":
    main()
