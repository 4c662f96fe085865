"""How often the gate cries wolf, and how often it hears one: real timed runs, quiet and beside a busy process.

    python -m benchmark.measurements.gate_power collect siamfc quiet     one piece of the bank
    python -m benchmark.measurements.gate_power evaluate                 the table, drawn from the bank

Every process of the bank times a tracker as the gate does, at its own speed and with slowdowns planted by a busy-wait
after every frame. Gates are then played: processes are drawn for both sides, and the gate judges them.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
import numpy as np

from benchmark.gate import speed
from benchmark.gate.measuring import VISITS, environment
from benchmark.gate.timings import Machine, Round, Timings, Visit

BANK = Path("results/tables/gate-power.json")
SLOWDOWNS = (0, 5, 10, 20)
"""Per cent."""
PROCESSES = 12
REPEATS = 2
"""Rounds a slowdown in each process."""
GATES = 500
"""Gates played a cell of the table."""
BUSY = "import numpy as np; a = np.ones((700, 700), np.float32)\nwhile True: a @ a"
"""What keeps the other core busy, caches and memory included."""
SCENES = {
    "quiet": ("quiet", "quiet", False),
    "quiet, in turns": ("quiet", "quiet", True),
    "busy": ("busy", "busy", False),
    "busy, in turns": ("busy", "busy", True),
    "baseline quiet, now busy": ("quiet", "busy", False),
    "baseline busy, now quiet": ("busy", "quiet", False),
}
"""Load of the old side, of the new side, and whether they were timed in turns."""


@click.group()
def main() -> None:
    """Collect timings, and play gates with them."""


@main.command()
@click.argument("tracker")
@click.argument("load", type=click.Choice(["quiet", "busy"]))
@click.option("--processes", default=PROCESSES)
@click.option("--bank", type=click.Path(path_type=Path), default=BANK)
def collect(tracker: str, load: str, processes: int, bank: Path) -> None:
    """Time a tracker in some processes, and add them to the bank."""
    from benchmark.datasets.lookup import open_dataset
    from benchmark.datasets.selection import select
    from benchmark.gate.measuring import Sample
    from benchmark.gate.timings import here

    videos = select(open_dataset("demo"), sequences=["plain-1", "blur-1"]).sequences
    request = json.dumps(Sample(tuple(videos), (0, 0)).request(tracker, "cpu"))
    with _load(load):
        for number in range(processes):
            command = [sys.executable, "-m", "benchmark.measurements.gate_power", "visit", str(number)]
            done = subprocess.run(
                command, input=request, capture_output=True, text=True, check=True, env=environment("cpu")
            )
            found = json.loads(done.stdout.splitlines()[-1])
            click.echo(f"{number}: {found}", err=True)
            content = json.loads(bank.read_text()) if bank.is_file() else {"runs": {}}
            content |= {"date": f"{datetime.now(UTC):%Y-%m-%d}", "machine": vars(here()), "slowdowns": SLOWDOWNS}
            content["runs"].setdefault(tracker, {}).setdefault(load, []).append(found)
            text = json.dumps(content, separators=(",", ":")).replace('{"start', '\n{"start')
            bank.write_text(text + "\n")


@main.command(hidden=True)
@click.argument("number", type=int)
def visit(number: int) -> None:
    """Time one process; the request comes from standard input."""
    from benchmark.gate.probe import Bench

    bench = Bench(json.loads(sys.stdin.readline()))
    plain = bench.tracker
    rounds: dict[str, list[list[float]]] = {str(percent): [] for percent in SLOWDOWNS}
    busy = []
    for repeat in range(REPEATS):
        for place in range(len(SLOWDOWNS)):
            percent = SLOWDOWNS[(place + number + repeat) % len(SLOWDOWNS)]  # none is always the first
            bench.tracker = _Slowed(plain, percent / 100) if percent else plain  # type: ignore[assignment]
            found = bench.round()
            rounds[str(percent)].append([round(found[k], 3) for k in ("median_ms", "p95_ms", "calibration_ms")])
            busy.append(found["busy_cores"])
    facts = {"start_up_s": round(bench.start_up_s, 4), "memory_mb": round(bench.memory(), 1)}
    click.echo(json.dumps({**facts, "busy_cores": round(float(np.median(busy)), 2), "rounds": rounds}))


class _Slowed:
    """A tracker that is slower by a part of its own time, frame by frame."""

    def __init__(self, tracker: Any, part: float) -> None:
        self.tracker = tracker
        self.part = part

    def start(self, *arguments: Any) -> Any:
        return self.tracker.start(*arguments)

    def step(self, *arguments: Any) -> Any:
        began = time.thread_time_ns()
        found = self.tracker.step(*arguments)
        now = time.thread_time_ns()
        while time.thread_time_ns() < now + self.part * (now - began):
            pass
        return found


@contextmanager
def _load(load: str) -> Iterator[None]:
    if load == "quiet":
        yield
        return
    with subprocess.Popen([sys.executable, "-c", BUSY], env=environment("cpu")) as other:
        try:
            time.sleep(1)
            yield
        finally:
            other.kill()


@main.command()
@click.option("--bank", type=click.Path(path_type=Path), default=BANK)
@click.option("--gates", default=GATES)
def evaluate(bank: Path, gates: int) -> None:
    """Play gates with the bank and write the table beside it."""
    content = json.loads(bank.read_text())
    rows = []
    for tracker, runs in content["runs"].items():
        for scene, (then, now, in_turns) in SCENES.items():
            if then in runs and now in runs:
                cells = [play(runs[then], runs[now], percent, in_turns, gates) for percent in content["slowdowns"]]
                rows.append((tracker, scene, visits(runs[then], runs[now]), cells))
    table = _markdown(content, rows, gates)
    bank.with_suffix(".md").write_text(table)
    click.echo(table)


def play(
    then: list[Any], now: list[Any], percent: int, in_turns: bool, gates: int, seed: int = 0
) -> dict[str, dict[str, float]]:
    """Return, by measure, the share of gates that fail and that cannot tell; `any` is over all measures.

    In turns, both sides are drawn from one stretch of processes, alternately; else from all, none twice.
    """
    rng = np.random.default_rng(seed)
    count = visits(then, now)
    found: dict[str, list[str]] = {}
    for _ in range(gates):
        if in_turns:
            pairs = np.arange(2 * count).reshape(-1, 2) + int(rng.integers(0, len(then) - 2 * count + 1))
            chosen = rng.permuted(pairs, axis=1).T  # either may be the first of a pair
        elif then is now:
            chosen = rng.permutation(len(then))[: 2 * count].reshape(2, -1)
        else:
            chosen = np.array([rng.permutation(len(side))[:count] for side in (then, now)])
        sides = [then[i] for i in chosen[0]], [now[i] for i in chosen[1]]
        verdicts = speed.judge("", timings(sides[0], 0), timings(sides[1], percent), in_turns=in_turns)
        for one in verdicts:
            found.setdefault(one.measure, []).append(one.status)
        statuses = {one.status for one in verdicts}
        found.setdefault("any", []).append("fail" if "fail" in statuses else "unsure" if "unsure" in statuses else "")
    return {
        name: {status: float(np.mean([one == status for one in own])) for status in ("fail", "unsure")}
        for name, own in found.items()
    }


def visits(then: list[Any], now: list[Any]) -> int:
    """Return how many processes are drawn a side: as the gate takes, or fewer where the bank has not twice as many."""
    return min(VISITS, len(then) // 2, len(now) // 2)


def timings(processes: list[Any], percent: int) -> Timings:
    """Return processes of the bank as the gate reads them, at one slowdown."""
    chosen = tuple(
        Visit(
            tuple(Round(*row) for row in one["rounds"][str(percent)]),
            one["start_up_s"],
            one["memory_mb"],
            one["busy_cores"],
        )
        for one in processes
    )
    return Timings(Machine("bank", 2, 8, "", "Linux"), (), 0, chosen)


def _markdown(content: dict[str, Any], rows: list[Any], gates: int) -> str:
    kept = [f"{len(own)} {load} of {name}" for name, runs in content["runs"].items() for load, own in runs.items()]
    planted = [f"{percent} % slower" for percent in content["slowdowns"][1:]]
    lines = [
        "# What the gate hears",
        "",
        "Made by `python -m benchmark.measurements.gate_power`. Per cent of gates that say *worse*, and of those that",
        f"cannot tell in brackets; {gates} gates a cell. The gate takes {VISITS} processes a side.",
        "Alarms are by any of the four measures, detections of a planted slowdown by the median.",
        "",
        f"- date: {content['date']}",
        f"- machine: {content['machine']}",
        f"- processes: {', '.join(kept)}",
        "",
        f"| tracker | scene | processes a side | alarms, same code | {' | '.join(planted)} |",
        "|---|---|---|---|" + "---|" * len(planted),
    ]
    for tracker, scene, count, cells in rows:
        texts = [_share(cells[0]["any"])] + [_share(cell["median"]) for cell in cells[1:]]
        lines.append(f"| {tracker} | {scene} | {count} | {' | '.join(texts)} |")
    return "\n".join(lines) + "\n"


def _share(cell: dict[str, float]) -> str:
    return f"{100 * cell['fail']:.1f} ({100 * cell['unsure']:.1f})"


if __name__ == "__main__":
    main()
