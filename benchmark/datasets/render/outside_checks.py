"""Runs OpenCV's own trackers on the rendered sets: a check from outside that these are neither trivial nor unfair.

python -m benchmark.datasets.render.outside_checks [--output results/tables/demo-outside-checks]
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import click
import cv2
import numpy as np

from benchmark.datasets.images import read_frame
from benchmark.datasets.render.catalogue import NAMES
from benchmark.datasets.render.dataset import RenderedDataset
from benchmark.datasets.sequence import Boxes, Sequence
from benchmark.metrics.scores import score_sequence
from benchmark.profiles import DEFAULT_PROFILE, load_profile

TRACKERS = ("KCF", "CSRT")
Scores = Mapping[str, float]
"""AUC by sequence."""


@click.command()
@click.option("--output", type=click.Path(path_type=Path), default=Path("results/tables/demo-outside-checks"))
@click.option("--workers", type=int, default=2, show_default=True, help="Processes side by side.")
@click.option("--dataset", "datasets", multiple=True, type=click.Choice(NAMES), default=NAMES, show_default=True)
def main(output: Path, workers: int, datasets: tuple[str, ...]) -> None:
    """Write OUTPUT.json and OUTPUT.md: success AUC of OpenCV's KCF and CSRT on the rendered sets."""
    checks = [_check(RenderedDataset.open(name, workers=workers), workers) for name in datasets]
    facts = {"opencv": cv2.__version__, "date": datetime.now(UTC).date().isoformat(), "sets": checks}
    output.parent.mkdir(parents=True, exist_ok=True)
    output.with_suffix(".json").write_text(json.dumps(facts, indent=1) + "\n", encoding="utf-8")
    output.with_suffix(".md").write_text(to_markdown(facts), encoding="utf-8")
    click.echo(f"{output.with_suffix('.md')}")


def _check(dataset: RenderedDataset, workers: int) -> dict[str, Any]:
    sequences = dataset.load(dataset.inventory().found)
    auc: dict[str, dict[str, float]] = {}
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        for tracker in TRACKERS:
            values = pool.map(auc_of, [tracker] * len(sequences), sequences)
            auc[tracker] = {sequence.name: round(value, 4) for sequence, value in zip(sequences, values)}
    causes = {name: entry.cause for name, entry in dataset.catalogue.entries.items()}
    frames = sum(len(sequence) for sequence in sequences)
    return {"dataset": dataset.name, "revision": dataset.revision, "frames": frames, "cause": causes, "auc": auc}


def auc_of(tracker: str, sequence: Sequence) -> float:
    """Return the success AUC of OpenCV's `tracker` under the default profile."""
    return float(score_sequence(follow(tracker, sequence), sequence.annotation, load_profile(DEFAULT_PROFILE)).auc)


def follow(tracker: str, sequence: Sequence) -> Boxes:
    """Return the boxes (N, 4) of OpenCV's `tracker`, started on the first box; where it is lost, its last box."""
    cv2.setNumThreads(1)
    create: Callable[[], Any] = getattr(cv2, f"Tracker{tracker}_create")
    follower = create()
    boxes = np.empty((len(sequence), 4))
    boxes[0] = sequence.annotation.boxes[0]
    corner, size = np.round(boxes[0, :2]).astype(int), np.maximum(np.round(boxes[0, 2:]), 1).astype(int)
    follower.init(np.ascontiguousarray(read_frame(sequence.frames[0])[..., ::-1]), (*corner.tolist(), *size.tolist()))
    for t in range(1, len(sequence)):
        found, box = follower.update(np.ascontiguousarray(read_frame(sequence.frames[t])[..., ::-1]))
        boxes[t] = box if found else boxes[t - 1]
    return boxes


def to_markdown(facts: Mapping[str, Any]) -> str:
    """Return the page with a table of causes a set."""
    lines = ["# Outside checks of the rendered sets", ""]
    lines += [
        f"Success AUC (profile `{DEFAULT_PROFILE}`) of OpenCV {facts['opencv']}'s own trackers, {facts['date']},"
        " written by `python -m benchmark.datasets.render.outside_checks`. Rendered frames: these numbers say how hard"
        " the sets are, nothing about real video.",
        "",
    ]
    for check in facts["sets"]:
        sequences = list(check["cause"])
        lines += [f"## {check['dataset']} (revision {check['revision']})", ""]
        lines += [f"{len(sequences)} sequences, {check['frames']} frames.", ""]
        lines += [f"| cause | sequences | {' | '.join(TRACKERS)} |", "|---|---" + "|---" * len(TRACKERS) + "|"]
        for cause in dict.fromkeys(check["cause"].values()):
            named = [name for name in sequences if check["cause"][name] == cause]
            lines.append(_row(cause, named, check["auc"]))
        lines += [_row("**all**", sequences, check["auc"]), ""]
    return "\n".join(lines)


def _row(title: str, sequences: list[str], auc: Mapping[str, Scores]) -> str:
    means = (np.mean([auc[tracker][name] for name in sequences]) for tracker in TRACKERS)
    return f"| {title} | {len(sequences)} | {' | '.join(f'{mean:.3f}' for mean in means)} |"


if __name__ == "__main__":
    main()
