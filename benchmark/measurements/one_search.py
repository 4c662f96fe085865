"""What one search finds where the last box is known but for a little, the memory writing what it found itself.

    python -m benchmark.measurements.one_search REALVAL [--tracker memtrack@FILE]

Before every frame the target is put where the last frame's true box says, moved by 7 % of its sides and its size off
by 8 %, so that what one tracker loses does not decide what it sees next. Found is what lies within 16 pixels of the
search crop, in which the target is 64 pixels large. REALVAL is a folder of videos (docs/training.md).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import click
import numpy as np
from numpy.typing import NDArray

from benchmark.datasets.images import read_frame
from benchmark.datasets.sequence import Sequence
from benchmark.training.real_videos import unpack_videos
from trackers.api import Tracker
from trackers.names import resolve
from trackers.nets.crops import context_side
from trackers.nets.target import Target

FRAMES = 150
"""Of a video that are followed."""
COUNTED = 19
"""Frames a video whose hits are also counted alone, from the ninth on: 266 of 14 videos."""
SHIFT, SCALE = 0.07, 0.08
NEAR = 16.0
"""Pixels of the search crop."""
SEARCH, AREA = 256, 2.0
"""Side of the search crop in pixels, and in context sides."""
DEFAULT = ("siamfc", "memtrack-queue{residual_gate=false}", "memtrack", "memtrack@imagenet")


@dataclass(frozen=True)
class Found:
    """What one tracker found in one video."""

    hits: NDArray[np.bool_]
    """(N - 1,), false too where there is no truth."""
    known: NDArray[np.bool_]
    """(N - 1,), whether there is a truth."""
    gate: float
    """Mean residual gate; NaN where the tracker has none."""


def search(tracker: Tracker[Any], video: Sequence, seed: int) -> Found:
    """Return what a tracker whose state has a `target` finds in every frame of a video but the first."""
    random, truth, known = np.random.default_rng(seed), video.annotation.boxes, video.annotation.valid[1:]
    tracker.recording = True
    state, near = tracker.start([read_frame(video.frames[0])], truth[:1], [seed]), truth[0]
    hits, gates = [], []
    for path, box, sure in zip(video.frames[1:], truth[1:], known, strict=True):
        size = near[2:] * np.exp(random.normal(0, SCALE))
        centre = near[:2] + near[2:] / 2 + random.normal(0, SHIFT, 2) * near[2:]
        state = replace(state, target=_put(state.target, np.concatenate([centre - size / 2, size])))
        pixel = float(context_side(state.target.size)) * AREA / SEARCH
        step, state = tracker.step(state, [read_frame(path)])
        off = step.boxes[0, :2] + step.boxes[0, 2:] / 2 - box[:2] - box[2:] / 2
        hits.append(bool(np.hypot(*off) <= NEAR * pixel))
        gates.append(step.telemetry.get("residual_mean", np.array([np.nan]))[0])
        near = box if sure else near
    return Found(np.array(hits) & known, known, float(np.mean(gates)))


def _put(target: Target, box: NDArray[np.float64]) -> Target:
    width, height = target.frame_size[0].tolist()
    there = Target.from_boxes(box[None], [(int(width), int(height))], target.centre.device)
    return replace(there, first_size=target.first_size)


def counted(found: Found) -> NDArray[np.bool_]:
    """Return the hits of `COUNTED` frames spread evenly from the ninth on, those without truth left out."""
    chosen = np.linspace(7, len(found.hits) - 1, COUNTED).round().astype(int)
    hits: NDArray[np.bool_] = found.hits[chosen][found.known[chosen]]
    return hits


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--tracker", "names", multiple=True, help="Of siamfc or memtrack; by default what the table compares.")
@click.option("--frames", default=FRAMES)
@click.option("--out", type=click.Path(path_type=Path), default=Path("results/tables"))
def main(folder: Path, names: tuple[str, ...], frames: int, out: Path) -> None:
    """Measure and write ``one-search.md``."""
    with TemporaryDirectory() as room:
        dataset = unpack_videos(folder, Path(room))
        videos = [video.first(frames) for video in dataset.load(dataset.inventory().found)]
        lines = [
            f"# One search, {len(videos)} real videos",
            "",
            f"Made on {datetime.now(UTC):%Y-%m-%d} by `python -m benchmark.measurements.one_search REALVAL`: the share",
            f"of frames in which the target is found within {NEAR:g} px of the search crop, the last box off by",
            f"{SHIFT:.0%} of its sides and {SCALE:.0%} of its size; in {COUNTED} frames a video, and in the first",
            f"{frames}. What was found is what is written.",
            "",
            "| tracker | frames | found | of all frames | mean residual gate |",
            "|---|---|---|---|---|",
        ]
        for name in names or DEFAULT:
            tracker = resolve(name).build("cpu")
            found = [search(tracker, video, seed) for seed, video in enumerate(videos)]
            few = np.concatenate([counted(one) for one in found])
            every = np.concatenate([one.hits[one.known] for one in found])
            gate = np.mean([one.gate for one in found])
            shown = "" if np.isnan(gate) else f"{gate:.3f}"
            lines.append(f"| `{name}` | {len(few)} | {few.mean():.3f} | {every.mean():.3f} | {shown} |")
            click.echo(lines[-1], err=True)
    out.mkdir(parents=True, exist_ok=True)
    (out / "one-search.md").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
