"""Frames a second at every number of lanes, what a step's time goes to, and what one frame costs alone."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from typing import Any

import torch

from benchmark.datasets.images import read_frame
from benchmark.engine.clock import measure_latency
from benchmark.engine.job import Job
from benchmark.engine.lanes import run_lanes
from benchmark.engine.resources import usable_cores
from benchmark.engine.stopwatch import peak_memory
from benchmark.measurements.gpu.setting import Row, Setting, Tables, Unit, built, copies
from benchmark.measurements.stepping import replicated, seconds
from trackers.nets.crops import square_crops
from trackers.nets.transfer import placed


def lanes(setting: Setting, tables: Tables) -> Iterator[Unit]:
    """Frames a second of frames that are decoded already, and peak memory."""
    for name in setting.named:
        for count in setting.lanes:
            yield f"{name}, {count} lanes", lambda name=name, count=count: _lanes(setting, name, count)  # type: ignore[misc]


def _lanes(setting: Setting, name: str, count: int) -> Row:
    tracker = built(name, setting.device)
    if setting.device.startswith("cuda"):
        torch.cuda.reset_peak_memory_stats(setting.device)
    step = replicated(tracker, setting.frames, setting.box, count, setting.device)
    return {"frames/s": count / step, "ms a step": 1e3 * step, "peak memory, MB": peak_memory(setting.device)}


def bounds(setting: Setting, tables: Tables) -> Iterator[Unit]:
    """What a step's time goes to, each piece alone between two synchronisations; and what decoding takes."""
    for threads in sorted({1, 4, usable_cores()}):
        yield f"decoding in {threads} threads", lambda threads=threads: _decoding(setting, threads)  # type: ignore[misc]
    for name in setting.trackers:
        for count in (setting.lanes[0], setting.lanes[-1]):
            yield f"{name}, {count} lanes", lambda name=name, count=count: _pieces(setting, name, count)  # type: ignore[misc]


def _decoding(setting: Setting, threads: int) -> Row:
    paths = setting.video.frames[: 4 if setting.small else 400]
    with ThreadPoolExecutor(threads) as pool:
        began = time.perf_counter()
        for _ in pool.map(read_frame, paths):
            pass
        return {"frames/s": len(paths) / (time.perf_counter() - began)}


def _pieces(setting: Setting, name: str, count: int) -> Row:
    tracker: Any = built(name, setting.device)
    frames, device = [setting.frames[2]] * count, torch.device(setting.device)
    state = copies(setting, tracker, count)
    there = placed(frames, device)
    target, size = state.target, tracker.config.search_size
    sides = target.size.amax(1, keepdim=True) * 4
    fill = torch.zeros(count, 3, device=target.centre.device)
    with torch.inference_mode():
        crops = square_crops(there, target.centre, sides, size, fill).to(device)
        pieces = {
            "frames up": lambda: placed(frames, device),
            "one search crop": lambda: square_crops(there, target.centre, sides, size, fill).to(device),
            "its trunk": lambda: tracker.net.features(crops),
            "a step": lambda: tracker.step(state, frames),
        }
        return {f"{what}, ms": 1e3 * _best(piece, setting) for what, piece in pieces.items()}


def _best(call: Any, setting: Setting) -> float:
    """Return the median seconds of a call."""
    call()
    taken = sorted(seconds(call, setting.device) for _ in range(setting.steps))
    return taken[len(taken) // 2]


def decoding(setting: Setting, tables: Tables) -> Iterator[Unit]:
    """Frames a second with decoding beside: as a run does it, at the number of lanes that was fastest."""
    for name in setting.trackers:
        yield name, lambda name=name: _run(setting, name, fastest(tables, name)[0])  # type: ignore[misc]


def _run(setting: Setting, name: str, count: int) -> Row:
    jobs = [Job(setting.video.first(setting.steps * 10 + 2), 0, setting.box, lane) for lane in range(count)]
    tracker = built(name, setting.device)
    began = time.perf_counter()
    outcomes = list(run_lanes(tracker, jobs, count, setting.device))
    taken = time.perf_counter() - began
    if failed := [outcome.reason for outcome in outcomes if outcome.error]:
        raise RuntimeError(failed[0])
    inside = sum(outcome.seconds for outcome in outcomes)
    return {"lanes": count, "frames/s": sum(map(len, jobs)) / taken, "share in the tracker": inside / taken}


def fastest(tables: Tables, name: str) -> tuple[int, float]:
    """Return the number of lanes at which a tracker had most frames a second, and how many; (1, 0) before it has."""
    found = {what: row["frames/s"] for what, row in tables.get("lanes", {}).items() if "frames/s" in row}
    own = {what: speed for what, speed in found.items() if what.startswith(f"{name}, ")}
    if not own:
        return 1, 0.0
    best = max(own, key=lambda what: own[what])
    return int(best.removeprefix(f"{name}, ").split()[0]), own[best]


def latency(setting: Setting, tables: Tables) -> Iterator[Unit]:
    """What a frame costs at one lane with the device to itself, in a process of its own."""
    job = Job(setting.video.first(setting.steps * 5 + 2), 0, setting.box, 0)
    for name in setting.trackers:
        yield name, lambda name=name: asdict(measure_latency(name, [job], job, setting.device)[0])  # type: ignore[misc]
