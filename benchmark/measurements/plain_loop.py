"""How much longer a plain SiamFC loop takes than ``siamfc:paper``: the same frames, one lane, random weights.

    python -m benchmark.measurements.plain_loop [--rounds 5]

Both in one process, sequence by sequence in turns, which is how every ratio to a plain loop in docs/speed.md was
measured; and each in a process of its own, again in turns, where neither finds caches and memory as the other left
them. With one thread, as a run has, and with all.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any

import click
import torch

from benchmark.datasets.images import read_frame
from benchmark.datasets.lookup import open_dataset
from benchmark.engine.device import environment_class
from benchmark.engine.load import Watch, cores
from benchmark.measurements.plain_siamfc import PlainSiamFC
from benchmark.measurements.stepping import milliseconds, one_target, replicated
from trackers.api import Frame
from trackers.names import resolve
from trackers.nets.alexnet import AlexNet

SEQUENCE, FRAMES = "plain-1", 25
SIDES = ("plain loop", "siamfc:paper")
Taken = dict[str, list[float]]
"""Seconds a frame of every round, by side."""


def in_turns(frames: Sequence[Frame], box: Any, device: str, rounds: int, sides: Sequence[str] = SIDES) -> Taken:
    """Time the sides in this process, round by round."""
    run = {}
    if SIDES[0] in sides:
        plain = PlainSiamFC(AlexNet(), device)
        run[SIDES[0]] = lambda: one_target(plain, frames, box, device)
    if SIDES[1] in sides:
        tracker = resolve("siamfc:paper@random").build(device)
        run[SIDES[1]] = lambda: replicated(tracker, frames, box, 1, device)
    taken: Taken = {side: [] for side in sides}
    for _ in range(rounds):
        for side in sides:
            taken[side].append(run[side]())
    return taken


def against_plain(frames: Sequence[Frame], box: Any, device: str, rounds: int) -> list[dict[str, Any]]:
    """Return the table of both sides in one process."""
    taken = in_turns(frames, box, device, rounds)
    plain, ours = (median(taken[side]) for side in SIDES)
    return [
        {"what": SIDES[0], "ms a frame": milliseconds(taken[SIDES[0]]), "ratio": 1.0},
        {"what": SIDES[1], "ms a frame": milliseconds(taken[SIDES[1]]), "ratio": plain / ours},
    ]


def page(found: dict[tuple[int, str], Taken], facts: dict[str, Any]) -> str:
    """Return the table: by threads and by whether the two share a process, the ratio of each round."""
    lines = [
        "# siamfc:paper against a plain loop",
        "",
        "Made by `python -m benchmark.measurements.plain_loop`.",
        "",
        *(f"- {name}: {value}" for name, value in facts.items()),
        "",
        "| threads | processes | plain loop, ms a frame | siamfc:paper, ms a frame | times | of the rounds |",
        "|---|---|---|---|---|---|",
    ]
    for (threads, where), taken in found.items():
        plain, ours = (taken[side] for side in SIDES)
        ratios = ", ".join(f"{a / b:.2f}" for a, b in zip(plain, ours, strict=True))
        row = [str(threads), where, f"{milliseconds(plain):.1f}", f"{milliseconds(ours):.1f}"]
        lines.append(f"| {' | '.join([*row, f'{median(plain) / median(ours):.2f}', ratios])} |")
    return "\n".join(lines) + "\n"


@click.command()
@click.option("--rounds", default=5)
@click.option("--out", type=click.Path(path_type=Path), default=Path("results/tables"))
@click.option("--threads", type=int, hidden=True, help="Be a process that times --side alone and prints its seconds.")
@click.option("--side", "sides", multiple=True, default=SIDES, hidden=True)
def main(rounds: int, out: Path, threads: int | None, sides: tuple[str, ...]) -> None:
    """Measure and write ``plain-loop.md``."""
    if threads is not None:
        torch.set_num_threads(threads)
        (video,) = open_dataset("demo").load([SEQUENCE])
        frames = [read_frame(path) for path in video.frames[:FRAMES]]
        click.echo(json.dumps(in_turns(frames, video.annotation.boxes[0], "cpu", rounds, sides)))
        return
    watch = Watch()
    found: dict[tuple[int, str], Taken] = {}
    for count in dict.fromkeys((1, cores())):
        found[count, "one"] = _process(count, rounds, SIDES)
        apart: Taken = {side: [] for side in SIDES}
        for _ in range(rounds):
            for side in SIDES:
                apart[side] += _process(count, 1, (side,))[side]
        found[count, "each its own"] = apart
    facts = {
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
        "environment": {**environment_class("cpu"), "threads": "as in the table"},
        "frames": f"{FRAMES} of {SEQUENCE}, rendered",
        "cores kept busy by others": round(watch.others(), 2),
    }
    out.mkdir(parents=True, exist_ok=True)
    (out / "plain-loop.md").write_text(page(found, facts), "utf-8")
    click.echo((out / "plain-loop.md").read_text("utf-8"))


def _process(threads: int, rounds: int, sides: Sequence[str]) -> Taken:
    """Time the sides in a process of their own."""
    words = [f"--threads={threads}", f"--rounds={rounds}", *(f"--side={side}" for side in sides)]
    command = [sys.executable, "-m", "benchmark.measurements.plain_loop", *words]
    taken: Taken = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout)
    return taken


if __name__ == "__main__":
    main()
