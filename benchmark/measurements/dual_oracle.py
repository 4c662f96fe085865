"""How good DualMN's decision could be: its branches under a judge that knows the truth.

    python -m benchmark.measurements.dual_oracle [--weights FILE] [--dataset demo]

The oracle is the same tracker, but in every frame the branch whose box overlaps more with the true one decides; what is
stored and learnt follows from that. Success AUC by cause of either branch alone, of every decision and of the oracle,
one lane, on a rendered dataset or on the videos for validation.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click
import numpy as np
from numpy.typing import NDArray

from benchmark.datasets.images import read_frame
from benchmark.datasets.lookup import open_dataset
from benchmark.datasets.render.scripts import CAUSES
from benchmark.datasets.sequence import Sequence
from benchmark.engine.device import find_device
from benchmark.metrics.scores import score_sequences
from benchmark.profiles import load_profile
from benchmark.training.validation import validation_set
from trackers.dualmn.tracker import DualMN
from trackers.names import resolve

ORACLE = "oracle"
VERSIONS = {"short": "-short", "long": "-long", "rules": "", "max": "-max", "soft": "-soft", ORACLE: "-oracle"}
"""Heading and variant."""


def follow(tracker: DualMN, video: Sequence, seed: int) -> NDArray[np.float64]:
    """Return the (N, 4) boxes of a video."""
    truth = video.annotation.boxes
    state = tracker.start([read_frame(video.frames[0])], truth[:1], [seed])
    boxes = [truth[0]]
    for path, box in zip(video.frames[1:], truth[1:], strict=True):
        tracker.truth = box[None]
        step, state = tracker.step(state, [read_frame(path)])
        boxes.append(step.boxes[0])
    return np.array(boxes)


@click.command()
@click.option("--weights", default="", help="Weights of dualmn: a name or a file; its default where it is not given.")
@click.option("--dataset", default="validation", help="demo, demo-full, or validation.")
@click.option("--device", default="auto")
@click.option("--out", type=click.Path(path_type=Path), default=Path("results/tables"))
def main(weights: str, dataset: str, device: str, out: Path) -> None:
    """Measure and write ``dual-oracle-<dataset>.md``."""
    device = find_device(device)
    opened = validation_set(seeds=1) if dataset == "validation" else open_dataset(dataset)
    videos = opened.load(list(opened.inventory().found))
    annotations = {video.name: video.annotation for video in videos}
    table: dict[str, dict[str, float]] = {}
    for heading, variant in VERSIONS.items():
        spec = resolve(f"dualmn{variant}" + (f"@{weights}" if weights else ""))
        tracker = DualMN(spec.config, spec.weights, device)
        boxes = {video.name: follow(tracker, video, seed) for seed, video in enumerate(videos)}
        scores = score_sequences(boxes, annotations, load_profile("otb"))
        groups: dict[str, list[float]] = {"all": [score.auc for score in scores.values()]}
        for name, score in scores.items():
            groups.setdefault(max((c for c in CAUSES if name.startswith(f"{c}-")), key=len), []).append(score.auc)
        table[heading] = {group: float(np.mean(values)) for group, values in groups.items()}
        click.echo(f"{heading}: {table[heading]['all']:.4f}", err=True)
    lines = [
        f"# DualMN's decision against an oracle: {dataset}, {len(videos)} rendered sequences, success AUC",
        "",
        f"Made on {datetime.now(UTC):%Y-%m-%d} by `python -m benchmark.measurements.dual_oracle --dataset {dataset}`,"
        f" weights {resolve('dualmn' + (f'@{weights}' if weights else '')).weights.name}.",
        "",
        f"| cause | {' | '.join(table)} |",
        "|---" * (len(table) + 1) + "|",
    ]
    for group in table[ORACLE]:
        lines.append(f"| {group} | " + " | ".join(f"{column[group]:.3f}" for column in table.values()) + " |")
    out.mkdir(parents=True, exist_ok=True)
    (out / f"dual-oracle-{dataset}.md").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
