"""Measure on a CPU whether trackers that go through a sequence together, each frame decoded once, cost less than apart.

    python -m benchmark.measurements.shared_decode FOLDER [--rounds 5] [--frames 60]

FOLDER is a sequence in OTB's layout. Both ways are the engine's own, at one lane and one thread, in turns; what counts
are seconds of processor time, of which a busy machine takes less than of the clock's.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any

import click

from benchmark.datasets.folder import FolderDataset
from benchmark.datasets.images import read_frame
from benchmark.datasets.selection import select
from benchmark.engine.device import environment_class, use_device
from benchmark.engine.job import Job
from benchmark.engine.lanes import run_together
from benchmark.engine.load import Watch
from trackers.api import Tracker
from trackers.names import resolve
from trackers.registry import PAPERS_FIVE


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, exists=True))
@click.option("--rounds", default=5)
@click.option("--frames", default=60)
@click.option("--out", type=click.Path(path_type=Path), default=Path("results/tables"))
def main(folder: Path, rounds: int, frames: int, out: Path) -> None:
    """Measure and write ``shared-decode-cpu.md``."""
    device = use_device("cpu")
    (video,) = select(FolderDataset(folder.parent), sequences=[folder.name], limit_frames=frames).sequences
    job = Job(video, 0, video.annotation.boxes[0], 0)
    trackers = {name: resolve(name).build(device) for name in PAPERS_FIVE}
    seconds(trackers, job)  # warms up
    watch = Watch()
    apart, together, decoding = [], [], []
    for number in range(rounds):
        apart.append(sum(seconds({name: tracker}, job) for name, tracker in trackers.items()))
        together.append(seconds(trackers, job))
        began = time.process_time()
        for path in job.frames:
            read_frame(path)
        decoding.append(time.process_time() - began)
        click.echo(f"round {number + 1}: {apart[-1]:.2f} s apart, {together[-1]:.2f} s together", err=True)
    ratios = [a / b for a, b in zip(apart, together, strict=True)]
    height, width = read_frame(job.frames[0]).shape[:2]
    spread = f"{median(ratios):.3f} ({min(ratios):.3f} to {max(ratios):.3f})"
    text = f"""# One decode for five trackers, on a CPU

`python -m benchmark.measurements.shared_decode`: {", ".join(trackers)}; {len(job)} frames of {width}x{height},
{rounds} rounds in turns, {datetime.now(UTC):%Y-%m-%d}, {environment_class(device)["device"]}, one thread; other
processes kept {watch.others():.2f} cores busy meanwhile. Milliseconds of processor time a frame, all five trackers,
medians.

| apart, each decodes | together, decoded once | one decoding | apart / together |
|---|---|---|---|
| {_ms(apart, job)} | {_ms(together, job)} | {_ms(decoding, job)} | {spread} |
"""
    out.mkdir(parents=True, exist_ok=True)
    (out / "shared-decode-cpu.md").write_text(text, "utf-8")


def seconds(trackers: Mapping[str, Tracker[Any]], job: Job) -> float:
    """Return the processor time of the trackers' way through the job together."""
    began = time.process_time()
    found = list(run_together(trackers, [dict.fromkeys(trackers, job)], 1, "cpu", decoders=1))
    assert not any(outcome.error for _, outcome in found)
    return time.process_time() - began


def _ms(values: list[float], job: Job) -> str:
    return f"{1e3 * median(values) / len(job):.1f}"


if __name__ == "__main__":
    main()
