"""How fast the trackers are: ratios measured side by side in one run, as a table with date and device.

    python -m benchmark.measurements.tracker_speed [--device cuda] [--nano DIR]

(a) ``siamfc:paper``, one lane, against a plain loop as the common ports have it; (b) many lanes against one, steady
state on replicated lanes; (c) the compact trackers, one lane, against OpenCV's NanoTrack V2 (its two ONNX files in
DIR); (d) the engine's own share of a frame; what recording telemetry costs; and the floor: what a frame's operations
and bytes need at the best rates measured on the same machine. Rounds alternate, so that what else the machine does
hits all of them; medians are kept.
"""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
import cv2
import numpy as np

from benchmark.datasets.images import read_frame
from benchmark.datasets.lookup import open_dataset
from benchmark.engine.device import environment_class, find_device
from benchmark.engine.job import Job
from benchmark.engine.lanes import run_lanes
from benchmark.engine.load import Watch
from benchmark.measurements.floor import floor, measure_machine
from benchmark.measurements.plain_loop import against_plain
from benchmark.measurements.stepping import milliseconds, one_target, replicated, seconds
from trackers.api import Frame
from trackers.names import resolve
from trackers.registry import PAPERS_FIVE

SEQUENCE = "plain-1"
Row = dict[str, Any]


@click.command()
@click.option("--device", default="auto")
@click.option("--nano", type=click.Path(path_type=Path, exists=True), help="Folder with NanoTrack V2's ONNX files.")
@click.option("--lanes", default="1,4,16", help="Numbers of lanes of (b), the first is what the others are divided by.")
@click.option("--presets", default="compact", help="Presets of (b), e.g. compact,paper.")
@click.option("--rounds", default=5)
@click.option("--out", type=click.Path(path_type=Path), default=Path("results/tables"))
def main(device: str, nano: Path | None, lanes: str, presets: str, rounds: int, out: Path) -> None:
    """Measure and write ``tracker-speed-<device>.md`` and ``.json``."""
    device = find_device(device)
    (video,) = open_dataset("demo").load([SEQUENCE])
    frames = [read_frame(path) for path in video.frames]
    box = video.annotation.boxes[0]
    watch = Watch()
    tables: dict[str, list[Row]] = {
        "plain loop": against_plain(frames, box, device, rounds),
        "lanes": many_lanes(frames[:21], box, device, [int(n) for n in lanes.split(",")], presets.split(","), rounds),
        "nanotrack": against_nano(frames, box, device, nano, rounds) if nano else [],
        "engine": engine_share(Job(video, 0, box, 0), device, rounds),
        "telemetry": telemetry_cost(frames[:21], box, device, rounds),
        "floor": floors(frames, box, device, rounds),
    }
    facts = {
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
        "environment": environment_class(device),
        "frames": f"{len(frames)} of {frames[0].shape[1]}x{frames[0].shape[0]} px, rendered",
        "cores kept busy by others": round(watch.others(), 2),
    }
    out.mkdir(parents=True, exist_ok=True)
    stem = out / f"tracker-speed-{device.partition(':')[0]}"
    stem.with_suffix(".json").write_text(json.dumps({**facts, **tables}, indent=1) + "\n")
    stem.with_suffix(".md").write_text(_markdown(facts, tables))
    click.echo(stem.with_suffix(".md").read_text())


def many_lanes(
    frames: Sequence[Frame], box: Any, device: str, lanes: Sequence[int], presets: Sequence[str], rounds: int
) -> list[Row]:
    """Time every tracker in steady state at every number of lanes."""
    rows = []
    for preset in presets:
        for name in PAPERS_FIVE:
            tracker = resolve(name if preset == "compact" else f"{name}:{preset}@random").build(device)
            seconds: dict[int, list[float]] = {count: [] for count in lanes}
            for _ in range(rounds):
                for count in lanes:
                    seconds[count].append(replicated(tracker, frames, box, count, device) / count)
            base = np.median(seconds[lanes[0]])
            rows += [
                {"what": f"{name}:{preset}", "lanes": count, "frames/s": float(1 / np.median(own)),
                 "ratio": float(base / np.median(own))}
                for count, own in seconds.items()
            ]  # fmt: skip
    return rows


def against_nano(frames: Sequence[Frame], box: Any, device: str, folder: Path, rounds: int) -> list[Row]:
    """Time the compact trackers at one lane and OpenCV's NanoTrack V2 in turns."""
    trackers = {name: resolve(name).build(device) for name in PAPERS_FIVE}
    seconds: dict[str, list[float]] = {"NanoTrack V2": [], **{name: [] for name in trackers}}
    for _ in range(rounds):
        seconds["NanoTrack V2"].append(one_target(_Nano(folder), frames, box, device))
        for name, tracker in trackers.items():
            seconds[name].append(replicated(tracker, frames, box, 1, device))
    base = np.median(seconds["NanoTrack V2"])
    return [{"what": n, "ms a frame": milliseconds(s), "ratio": float(base / np.median(s))} for n, s in seconds.items()]


def engine_share(job: Job, device: str, rounds: int) -> list[Row]:
    """Return which part of a run's time passes outside the tracker: decoding waited for, bookkeeping, progress."""
    tracker = resolve("siamfc").build(device)
    shares = []
    for _ in range(rounds):
        began = time.perf_counter()
        (outcome,) = run_lanes(tracker, [job], 1, device)
        shares.append(1 - outcome.seconds / (time.perf_counter() - began))
    return [{"what": "engine's share of a siamfc frame", "per cent": 100 * float(np.median(shares))}]


def telemetry_cost(frames: Sequence[Frame], box: Any, device: str, rounds: int) -> list[Row]:
    """Return how much longer a frame takes at one lane when everything is recorded; frame by frame, in turns."""
    rows = []
    for name in PAPERS_FIVE:
        tracker = resolve(name).build(device)
        states = [tracker.start([frames[0]], box[None], [0])]
        for frame in frames[1:]:
            states.append(tracker.step(states[-1], [frame])[1])
        ratios = []
        for turn in range(2 * rounds):
            for state, frame in zip(states, frames[1:], strict=False):
                taken = {}
                for tracker.recording in (False, True) if turn % 2 else (True, False):
                    taken[tracker.recording] = seconds(lambda s=state, f=frame: tracker.step(s, [f]), device)  # type: ignore[misc]  # noqa: B023
                ratios.append(taken[True] / taken[False])
        rows.append({"what": name, "recording costs, per cent": 100 * (float(np.median(ratios)) - 1)})
    return rows


def floors(frames: Sequence[Frame], box: Any, device: str, rounds: int) -> list[Row]:
    """Return what a frame needs at one lane at the least, and what it takes."""
    machine = measure_machine(device)
    rows = []
    for name in (*PAPERS_FIVE, "siamfc:paper@random"):
        tracker = resolve(name).build(device)
        taken = float(np.median([replicated(tracker, frames, box, 1, device) for _ in range(rounds)]))
        state = tracker.start([frames[0]], box[None], [0])
        need = floor(lambda tracker=tracker, state=state: tracker.step(state, [frames[1]]), machine)  # type: ignore[misc]
        rows.append({"what": name, "GFLOP": need.gflop, "MB": need.megabytes, "floor, ms": 1e3 * need.seconds,
                     "taken, ms": 1e3 * taken, "floor / taken": need.seconds / taken})  # fmt: skip
    best = {"what": "the machine", "GFLOP": machine.flops / 1e9, "MB": machine.bandwidth / 1e6}
    return [*rows, {**dict.fromkeys(rows[0], "a second"), **best}]


class _Nano:
    """OpenCV's NanoTrack, with the interface of one target."""

    def __init__(self, folder: Path) -> None:
        parameters = cv2.TrackerNano_Params()  # type: ignore[attr-defined]
        parameters.backbone = str(next(folder.glob("v2_backbone*.onnx")))
        parameters.neckhead = str(next(folder.glob("v2_head*.onnx")))
        self.tracker = cv2.TrackerNano_create(parameters)  # type: ignore[attr-defined]

    def init(self, image: Frame, box: Any) -> None:
        self.tracker.init(np.ascontiguousarray(image[..., ::-1]), tuple(int(value) for value in box))

    def update(self, image: Frame) -> Any:
        return self.tracker.update(np.ascontiguousarray(image[..., ::-1]))[1]


def _markdown(facts: Row, tables: dict[str, list[Row]]) -> str:
    lines = ["# Speed of the trackers", "", "Made by `python -m benchmark.measurements.tracker_speed`.", ""]
    lines += [f"- {name}: {value}" for name, value in facts.items()]
    for title, rows in tables.items():
        if rows:
            lines += ["", f"## {title}", "", f"| {' | '.join(rows[0])} |", "|" + "---|" * len(rows[0])]
            lines += [f"| {' | '.join(_cell(value) for value in row.values())} |" for row in rows]
    return "\n".join(lines) + "\n"


def _cell(value: Any) -> str:
    return f"{value:.3g}" if isinstance(value, float) else str(value)


if __name__ == "__main__":
    main()
