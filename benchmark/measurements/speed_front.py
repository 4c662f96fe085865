"""Accuracy against speed for cheaper versions of the compact trackers: which shortcuts pay.

    python -m benchmark.measurements.speed_front

Accuracy is the success AUC on the rendered demo; speed is the median of a frame at one lane, of the same frames, beside
siamfc's in the same run. A row is on the front where no other is both better and faster.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
import numpy as np

from benchmark.datasets.images import read_frame
from benchmark.datasets.lookup import open_dataset
from benchmark.engine.device import environment_class, find_device
from benchmark.engine.job import Job
from benchmark.engine.load import Watch
from benchmark.engine.stopwatch import follow
from benchmark.metrics.scores import score_sequences
from benchmark.profiles import load_profile
from trackers.names import resolve

VERSIONS = (
    "siamfc", "siamfc-s1", "siamfc{search_size=192}", "siamfc{last_block=7}", "siamfc{last_block=7,scales=1}",
    "siamfc{last_block=7,search_size=192}", "memtrack", "memtrack{scales=1}", "dualmn-short", "dualmn-long", "dualmn",
    "dualmn{scales=1}",
)  # fmt: skip
Row = dict[str, Any]


@click.command()
@click.option("--device", default="auto")
@click.option("--out", type=click.Path(path_type=Path), default=Path("results/tables"))
def main(device: str, out: Path) -> None:
    """Measure and write ``speed-front.md``."""
    device = find_device(device)
    dataset = open_dataset("demo")
    videos = dataset.load(list(dataset.inventory().found))
    trackers = {name: resolve(name).build(device) for name in VERSIONS}
    boxes: dict[str, dict[str, Any]] = {name: {} for name in VERSIONS}
    seconds: dict[str, list[Any]] = {name: [] for name in VERSIONS}
    watch = Watch()
    for seed, video in enumerate(videos):  # trackers take turns, so that what else the machine does hits all of them
        frames = [read_frame(path) for path in video.frames]
        job = Job(video, 0, video.annotation.boxes[0], seed)
        for name, tracker in trackers.items():
            timed = follow(tracker, job, frames, device)
            boxes[name][video.name] = timed.boxes
            seconds[name].append(timed.seconds[1:])
    annotations, profile = {video.name: video.annotation for video in videos}, load_profile("otb")
    auc = {n: float(np.mean([s.auc for s in score_sequences(own, annotations, profile).values()]))
           for n, own in boxes.items()}  # fmt: skip
    ms = {name: 1e3 * float(np.median(np.concatenate(own))) for name, own in seconds.items()}
    rows = [
        {"tracker": name, "AUC": f"{auc[name]:.3f}", "speed, siamfc = 1": f"{ms['siamfc'] / ms[name]:.2f}",
         "front": "" if any(auc[o] >= auc[name] and ms[o] < ms[name] for o in VERSIONS if o != name) else "yes"}
        for name in sorted(VERSIONS, key=ms.__getitem__)
    ]  # fmt: skip
    text = _page(rows, f"{dataset.name}, {len(videos)} rendered sequences", device, watch.others())
    out.mkdir(parents=True, exist_ok=True)
    (out / "speed-front.md").write_text(text)
    click.echo(text)


def _page(rows: list[Row], data: str, device: str, busy: float) -> str:
    facts = {"date": f"{datetime.now(UTC):%Y-%m-%d}", "data": data, **environment_class(device)}
    lines = [
        "# Accuracy against speed of cheaper versions",
        "",
        "Made by `python -m benchmark.measurements.speed_front`.",
    ]
    lines += ["", *(f"- {name}: {value}" for name, value in facts.items()), f"- cores kept busy by others: {busy:.2f}"]
    lines += ["", f"| {' | '.join(rows[0])} |", "|" + "---|" * len(rows[0])]
    lines += [f"| {' | '.join(row.values())} |" for row in rows]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
