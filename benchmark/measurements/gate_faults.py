"""Does the gate find faults that people make? Real runs with a fault planted, judged by a run without.

    python -m benchmark.measurements.gate_faults

Each run is judged twice: as on the machine of the baseline, where boxes must be equal, and as on another one.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from unittest.mock import patch

import click
import numpy as np
import torch

from benchmark.datasets.fingerprint import digest
from benchmark.datasets.images import decode_frame
from benchmark.datasets.lookup import open_dataset
from benchmark.datasets.selection import Selection, select
from benchmark.engine import prefetch
from benchmark.engine.device import environment_class
from benchmark.engine.job import Job
from benchmark.engine.lanes import run_lanes
from benchmark.engine.run import lane_seed
from benchmark.gate.accuracy import find_changes, judge
from benchmark.gate.snapshot import Snapshot, TrackerSnapshot, Trajectory, boxes_digest
from benchmark.gate.verdict import Verdict
from benchmark.metrics.scores import score_sequences
from benchmark.profiles import load_profile
from trackers.api import Step, Tracker
from trackers.names import resolve

Plant = Callable[[Tracker[Any]], Any]
"""Spoils a built tracker, or returns a context in which it is spoilt."""


def off_by_one(tracker: Tracker[Any]) -> None:
    """Report boxes one pixel too far to the right and down."""
    step = tracker.step

    def shifted(state: Any, frames: Any) -> tuple[Step, Any]:
        found, after = step(state, frames)
        return replace(found, boxes=found.boxes + np.array([1.0, 1.0, 0.0, 0.0])), after

    tracker.step = shifted  # type: ignore[method-assign]


@contextmanager
def swapped_channels(tracker: Tracker[Any]) -> Iterator[None]:
    """Decode frames as BGR."""
    with patch.object(prefetch, "decode_frame", lambda *file: np.ascontiguousarray(decode_frame(*file)[..., ::-1])):
        yield


@contextmanager
def never_written(tracker: Tracker[Any]) -> Iterator[None]:
    """Leave the memory as it is."""
    from trackers.memtrack import network

    with patch.object(network, "write", lambda memory, template, amount: memory):
        yield


def long_never_written(tracker: Tracker[Any]) -> None:
    """Leave DualMN's long memory as the first frame left it."""
    tracker._long_stores = lambda decision: torch.zeros_like(decision.decider, dtype=torch.bool)  # type: ignore[attr-defined]


def short_never_learns(tracker: Tracker[Any]) -> None:
    """Leave DualMN's filter as the first frame left it."""
    tracker.short.learn = lambda state, lesson: state  # type: ignore[attr-defined]


@torch.no_grad()
def half_loaded(tracker: Tracker[Any]) -> None:
    """Leave the trunk's middle layer at random, as a renamed key does."""
    layers = [one for name, one in tracker.net.named_parameters() if "trunk" in name and one.ndim == 4]  # type: ignore[attr-defined]
    generator = torch.Generator().manual_seed(0)
    chosen = layers[len(layers) // 2]
    chosen.copy_(torch.randn(chosen.shape, generator=generator) * chosen.std())


def as_it_is(tracker: Tracker[Any]) -> None:
    """Spoil nothing."""


@dataclass(frozen=True)
class Fault:
    """A fault: what is planted, and in which tracker it is run."""

    plant: Plant
    name: str
    """The tracker that is run; judged as if it were the plain one."""
    retrained: bool = False
    """Whether the weights are of another file."""


FAULTS: Mapping[str, Mapping[str, Fault]] = {
    "siamfc": {
        "one pixel off": Fault(off_by_one, "siamfc"),
        "channels swapped": Fault(swapped_channels, "siamfc"),
        "window off": Fault(as_it_is, "siamfc{window_weight=0}"),
        "one layer not loaded": Fault(half_loaded, "siamfc"),
        "a wrong weights file": Fault(half_loaded, "siamfc", retrained=True),
        "random weights": Fault(as_it_is, "siamfc@random"),
    },
    "memtrack": {
        "one pixel off": Fault(off_by_one, "memtrack"),
        "channels swapped": Fault(swapped_channels, "memtrack"),
        "window off": Fault(as_it_is, "memtrack{window_weight=0}"),
        "memory never written": Fault(never_written, "memtrack"),
        "one layer not loaded": Fault(half_loaded, "memtrack"),
        "a wrong weights file": Fault(half_loaded, "memtrack", retrained=True),
        "random weights": Fault(as_it_is, "memtrack@random"),
    },
    "dualmn": {
        "one pixel off": Fault(off_by_one, "dualmn"),
        "window off": Fault(as_it_is, "dualmn{window_weight=0}"),
        "long memory never written": Fault(long_never_written, "dualmn"),
        "filter never learnt": Fault(short_never_learns, "dualmn"),
        "head off": Fault(as_it_is, "dualmn{long_head=false}"),
        "one layer not loaded": Fault(half_loaded, "dualmn"),
        "a wrong weights file": Fault(half_loaded, "dualmn", retrained=True),
        "random weights": Fault(as_it_is, "dualmn@random"),
    },
}


def snapshot(selection: Selection, tracker: str, fault: Fault | None = None) -> Snapshot:
    """Return what a tracker does on the selection with a fault, under the plain tracker's name."""
    fault = fault or Fault(as_it_is, tracker)
    spec = resolve(fault.name)
    built = spec.build("cpu")
    jobs = [
        Job(v, v.annotation.start, v.annotation.boxes[v.annotation.start], lane_seed(0, selection.dataset, v.name))
        for v in selection.sequences
    ]
    planted = fault.plant(built)
    if planted is None:
        outcomes = list(run_lanes(built, jobs, 1, "cpu"))
    else:
        with planted:
            outcomes = list(run_lanes(built, jobs, 1, "cpu"))
    boxes = {one.job.video.name: one.boxes for one in outcomes if not one.error}
    annotations = {video.name: video.annotation for video in selection.sequences}
    scores = score_sequences(boxes, annotations, load_profile("otb"))
    found = {
        video.name: Trajectory(
            digest(video), video.annotation.start, boxes[video.name], boxes_digest(boxes[video.name]),
            scores[video.name].auc, scores[video.name].precision,
        )
        for video in selection.sequences if video.name in boxes
    }  # fmt: skip
    sha256 = "another file's" if fault.retrained else spec.weights.sha256
    own = TrackerSnapshot(
        tracker, None if spec.config is None else vars(spec.config), spec.weights.name, sha256, "", found,
        {one.job.video.name: one.reason for one in outcomes if one.error},
    )  # fmt: skip
    return Snapshot(
        selection.dataset, selection.revision, selection.coverage, selection.rendered, selection.limit_frames, "otb",
        "ope", 0, environment_class("cpu"), "", {tracker: own},
    )  # fmt: skip


def verdicts(base: Snapshot, faulty: Snapshot, tracker: str) -> dict[str, Verdict]:
    """Return the gate's verdicts on a run: as on the machine of the baseline, and as on another."""
    elsewhere = replace(faulty, environment={**faulty.environment, "device": "another"})
    return {
        place: judge(base.trackers[tracker], now.trackers[tracker], find_changes(base, now, tracker), intended=False)
        for place, now in (("the same machine", faulty), ("another machine", elsewhere))
    }


@click.command()
@click.option("--sequences", help="Only these of the demo, separated by commas.")
@click.option("--limit-frames", type=int)
@click.option("--out", type=click.Path(path_type=Path), default=Path("results/tables"))
def main(sequences: str | None, limit_frames: int | None, out: Path) -> None:
    """Plant every fault and write ``gate-faults.md`` and ``.json``."""
    wanted = sequences.split(",") if sequences else None
    selection = select(open_dataset("demo"), sequences=wanted, limit_frames=limit_frames)
    rows = []
    for tracker, faults in FAULTS.items():
        base = snapshot(selection, tracker)
        for what, fault in {"none": Fault(as_it_is, tracker), **faults}.items():
            for place, found in verdicts(base, snapshot(selection, tracker, fault), tracker).items():
                rows.append({"tracker": tracker, "fault": what, "judged as on": place, "verdict": found.status,
                             "by": found.basis, "AUC": f"{found.old:.4f} -> {found.new or float('nan'):.4f}",
                             "found": found.says})  # fmt: skip
                click.echo(rows[-1], err=True)
    facts = {"date": f"{datetime.now(UTC):%Y-%m-%d}", "data": selection.coverage}
    out.mkdir(parents=True, exist_ok=True)
    (out / "gate-faults.json").write_text(json.dumps({**facts, "rows": rows}, indent=1) + "\n")
    lines = ["# Planted faults", "", "Made by `python -m benchmark.measurements.gate_faults`; real runs.", ""]
    lines += [*(f"- {name}: {value}" for name, value in facts.items()), ""]
    lines += [f"| {' | '.join(rows[0])} |", "|" + "---|" * len(rows[0])]
    lines += [f"| {' | '.join(row.values())} |" for row in rows]
    (out / "gate-faults.md").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
