"""Processor time that the command takes before it does any work of its own: what a user waits for at the least.

    python -m benchmark.measurements.command_speed [--rounds N] [--out results/tables/command-speed.md]

Each command runs in a fresh interpreter, in turns; what counts is its own processor time, so that a busy machine
changes little. Beside it stands that of an interpreter that does nothing: machines differ, their ratios hardly do.
The tests hold what these times come from: how much is imported, built and read.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

import click
import cv2
import numpy as np

WAYS = {
    "python -c pass": None,
    "run_bench --help": ("--help",),
    "run_bench run --help": ("run", "--help"),
    "run_bench list": ("list",),
    "run_bench results": ("results",),
    "run_bench run, nothing left but the report": (),
}
FRAMES = 12


@click.command(help=__doc__)
@click.option("--rounds", default=5, show_default=True)
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), default=Path("results/tables/command-speed.md"))
def main(rounds: int, out: Path) -> None:
    """Measure and write the table."""
    with tempfile.TemporaryDirectory() as folder:
        seconds = measure(Path(folder), rounds)
    nothing = median(seconds["python -c pass"])
    lines = [
        f"# What a command takes before it works ({datetime.now(UTC):%d %B %Y})",
        "",
        f"Processor seconds, median (least to most) of {rounds} fresh interpreters each, in turns;"
        f" `python -m benchmark.measurements.command_speed`. × nothing: over `python -c pass` on the same machine.",
        "",
        "| command | processor s | × nothing |",
        "|---|---|---|",
    ]
    for name, found in seconds.items():
        span = f"{median(found):.2f} ({min(found):.2f} to {max(found):.2f})"
        lines.append(f"| `{name}` | {span} | {median(found) / nothing:.0f} |")
    out.write_text("\n".join(lines) + "\n", "utf-8")
    click.echo(out)


def measure(folder: Path, rounds: int) -> dict[str, list[float]]:
    """Return the processor seconds of every way in every round; the last one's first run does the work."""
    video(folder / "videos" / "first")
    again = ("-t", "siamfc,cv2:kcf", "-d", "folder", "--data-root", str(folder / "videos"), "--quiet")
    results = ("--results", str(folder / "results"))
    timed((*again, *results))
    found: dict[str, list[float]] = {name: [] for name in WAYS}
    for _ in range(rounds):
        for name, words in WAYS.items():
            if words is None:
                found[name].append(timed(None))
            elif words:
                found[name].append(timed(words if words[0] != "results" else (*words, *results)))
            else:
                found[name].append(timed((*again, *results)))
    return found


def timed(words: tuple[str, ...] | None) -> float:
    """Return the processor seconds of one fresh interpreter; None: one that does nothing."""
    command = [sys.executable, *(["-c", "pass"] if words is None else ["-m", "run_bench", *words])]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def video(folder: Path) -> None:
    """Write a short video of noise with a box that stays."""
    (folder / "img").mkdir(parents=True)
    noise = np.random.default_rng(0).integers(0, 255, (120, 160, 3), np.uint8)
    for index in range(FRAMES):
        cv2.imwrite(str(folder / "img" / f"{index + 1:04d}.png"), noise)
    (folder / "groundtruth_rect.txt").write_text("41,41,30,24\n" * FRAMES)


if __name__ == "__main__":
    main()
