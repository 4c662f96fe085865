"""A whole run from cold, and what all of it says of OTB100."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator

from benchmark.datasets.catalogue import read_catalogue
from benchmark.datasets.lookup import open_dataset
from benchmark.engine.resources import usable_cores
from benchmark.measurements.gpu.setting import Row, Setting, Tables, Unit
from benchmark.measurements.gpu.speeds import fastest
from trackers.registry import PAPERS_FIVE

AIM = 120.0
"""Seconds in which five trackers are to have followed OTB100."""
LONGEST = 300.0
"""Seconds after which the run from cold is given up."""


def cold(setting: Setting, tables: Tables) -> Iterator[Unit]:
    """Five trackers on demo-full in a fresh process; its frames are drawn before."""
    if not setting.small:
        yield "frames drawn", _drawn
    yield "run_bench, all of it", lambda: _run(setting)


def _drawn() -> Row:
    dataset = open_dataset("demo-full")
    began = time.perf_counter()
    videos = dataset.load(dataset.inventory().found)
    return {"frames": sum(map(len, videos)), "seconds": time.perf_counter() - began}


def _run(setting: Setting) -> Row:
    what = ["--trackers", "all", "--dataset", "demo-full"]
    if setting.small:
        what = ["--trackers", "siamfc", "--dataset", "demo", "--sequences", "plain-1", "--limit-frames", "3"]
    with tempfile.TemporaryDirectory() as folder:
        command = [
            sys.executable,
            "-m",
            "run_bench",
            "run",
            *what,
            "--device",
            setting.device,
            "--results",
            folder,
            "-q",
        ]
        began = time.perf_counter()
        done = subprocess.run(command, capture_output=True, text=True, timeout=LONGEST)
        taken = time.perf_counter() - began
    if done.returncode:
        raise RuntimeError((done.stderr.strip().splitlines() or ["no word"])[-1])
    return {"seconds": taken}


def otb(setting: Setting, tables: Tables) -> Iterator[Unit]:
    """What OTB100 would take at the speeds that were measured."""
    yield "OTB100, five trackers", lambda: extrapolation(tables)


def extrapolation(tables: Tables) -> Row:
    """Return the seconds that five trackers need for OTB100: on decoded frames, and decoding alone in all threads."""
    frames = sum(target.frames for target in read_catalogue("otb").of("OTB100"))
    speeds = {name: fastest(tables, name)[1] for name in PAPERS_FIVE}
    if missing := [name for name, speed in speeds.items() if not speed]:
        raise RuntimeError(f"no speed of {', '.join(missing)}")
    one = {name: tables["lanes"][f"{name}, 1 lanes"]["frames/s"] for name in PAPERS_FIVE}
    tracking = sum(frames / speed for speed in speeds.values())
    decoding = tables.get("bounds", {}).get(f"decoding in {usable_cores()} threads", {}).get("frames/s")
    return {
        "frames": frames,
        "tracking, s": tracking,
        "decoding once, s": frames / decoding if decoding else "",
        "aim, s": AIM,
        "× one lane": sum(frames / speed for speed in one.values()) / tracking,
    }
