"""Runs made without running anything, and a real browser to look at their pages."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
import pytest
from conftest import REPOSITORY

from benchmark.datasets.selection import Selection
from benchmark.datasets.sequence import Annotation
from benchmark.datasets.sequence import Sequence as Video
from benchmark.engine.clock import Latency
from benchmark.profiles import load_profile
from benchmark.scoring import score_run
from benchmark.store.manifest import manifest, write_json, write_run
from benchmark.store.record import Record
from benchmark.store.results import Results
from benchmark.store.truth import write_truth
from trackers.names import resolve

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

LATENCY = Latency(
    frames=90, fps=25.0, median_ms=40.0, p95_ms=48.0, p99_ms=55.0, first_frame_ms=60.0, start_up_s=1.5, memory_mb=700.0,
    parameters=1_200_000, gflop=3.0, calibration_ms=20.0, busy_cores=0.0,
).to_dict()  # fmt: skip
MACHINE = {"processor": "a processor", "cores": "2", "system": "Linux", "python": "3.11"}


def wander(frames: int, seed: int) -> np.ndarray:
    """Return (N, 4) boxes of a target that wanders over a picture of 320x240 pixels."""
    rng = np.random.default_rng(seed)
    centres = np.cumsum(rng.normal(0, 1.2, (frames, 2)), axis=0) + [150, 110]
    return np.column_stack([np.clip(centres, 30, [250, 180]), np.full((frames, 2), [40.0, 32.0])])


def follow(truth: np.ndarray, skill: float, seed: int) -> np.ndarray:
    """Return boxes near the truth; a tracker of little skill loses its target for a while."""
    rng = np.random.default_rng(seed)
    boxes = truth + rng.normal(0, 2.5 * (1.2 - skill), truth.shape)
    if rng.random() > skill:
        lost = slice(len(truth) // 3, 2 * len(truth) // 3)
        boxes[lost, :2] += 90
    boxes[0], boxes[:, 2:] = truth[0], np.maximum(boxes[:, 2:], 5)
    return boxes


def telemetry(frames: int, seed: int) -> dict[str, np.ndarray]:
    """Return what a memory of eight slots may report."""
    rng = np.random.default_rng(seed)
    reads = rng.random((frames - 1, 8))
    return {
        "read_weights": reads / reads.sum(1, keepdims=True),
        "slot_age": np.minimum(np.arange(1, frames)[:, None], 1.0 + 7 * np.arange(8)),
        "attention_map": rng.random((frames - 1, 5, 5)),
        "residual_mean": rng.random(frames - 1),
        "decider": rng.integers(0, 4, frames - 1).astype(float),
        "novel_signal": rng.random(frames - 1),
    }


def write_frames(folder: Path, truth: np.ndarray, pictures: bool) -> tuple[Path, ...]:
    """Write a video as the dataset `folder` lays it out: one small JPEG, linked to by every frame."""
    files = tuple(folder / "img" / f"{index + 1:04d}.jpg" for index in range(len(truth)))
    if pictures:
        (folder / "img").mkdir(parents=True)
        noise = np.random.default_rng(0).integers(0, 255, (24, 32, 3), np.uint8)
        cv2.imwrite(str(files[0]), cv2.resize(noise, (320, 240)))
        for file in files[1:]:
            file.symlink_to(files[0])
        rows = "".join(f"{x + 1:.2f},{y + 1:.2f},{w:.2f},{h:.2f}\n" for x, y, w, h in truth)
        (folder / "groundtruth_rect.txt").write_text(rows)
    return files


def make_run(
    results: Path,
    skills: Mapping[str, float],
    names: Sequence[str] = ("first", "second", "third", "fourth", "fifth", "sixth"),
    frames: int = 90,
    *,
    pictures: bool = True,
    extras: bool = True,
    failed: Mapping[str, str] | None = None,
    lengths: Mapping[str, int] | None = None,
    seed: int = 0,
) -> Path:
    """Write a run as `run_bench` does, with boxes made up; `extras` are telemetry and latency; return its folder.

    `failed` holds sequences that the first tracker fails on, with a traceback.
    """
    store, root = Results(results), results / "videos"
    videos = []
    for number, name in enumerate(names):
        truth = wander((lengths or {}).get(name, frames), number)
        there = root / f"v{number:03d}" if "/" in name or "<" in name else root / name
        attributes = tuple(code for bit, code in enumerate(("OCC", "SV", "FM", "DEF")) if number >> bit & 1)
        annotation = Annotation(name, truth, np.ones(len(truth), bool), 0, attributes)
        files = write_frames(there, truth, pictures and not there.exists())
        videos.append(Video(annotation, files))
    selection = Selection("folder", "1", tuple(videos), len(videos))
    records: dict[Any, list[Record]] = {}
    for index, (tracker, skill) in enumerate(skills.items()):
        spec = resolve(tracker)
        for number, video in enumerate(videos):
            truth = video.annotation.boxes
            record = Record(
                key=f"{index:02d}{number:03d}{seed}".ljust(64, "0"), dataset="folder", tracker=spec.name,
                sequence=video.name, start=0, repeat=0, status="done",
                boxes=follow(truth, skill, 1000 * index + number + seed), scores=np.ones(len(truth)), seconds=3.0,
            )  # fmt: skip
            if index == 0 and failed and video.name in failed:
                record = replace(record, status="failed", error=failed[video.name])
            store.keep(record, telemetry(len(truth), number) if extras and "memtrack" in tracker else None)
            if extras and number < 2:
                store.attach(record, "latency", {**LATENCY, "median_ms": 40.0 + 9 * index}, {"seconds": np.ones(3)})
            records.setdefault(spec, []).append(record)
    folder = store.new_run()
    flat = [record for own in records.values() for record in own]
    content = manifest(
        selection=selection, specs=tuple(records), records=flat, digests={}, command=["run_bench", "-d", "folder"],
        seed=seed, lanes=1, repeats=1, timeout=None, environment={"device": "cpu", "threads": "2"}, machine=MACHINE,
    )  # fmt: skip
    write_json(folder / "scores.json", score_run(folder.name, records, selection, load_profile()).to_dict())
    write_truth(folder, [video.annotation for video in videos], str(root))
    write_run(folder, content, flat)
    return folder


SKILLS = {"siamfc": 0.5, "memtrack": 0.7, "dualmn-long": 0.75, "dualmn": 0.9, "cv2:kcf": 0.3}


@pytest.fixture(scope="session")
def made_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of five trackers on six sequences, with everything a report can show."""
    return make_run(tmp_path_factory.mktemp("results"), SKILLS)


FETCHED = REPOSITORY / ".cache" / "chromium"
"""Where ``.ci/chromium`` puts one on a machine without."""


def find_chromium() -> str | None:
    """Return a Chromium or Chrome of this machine (``ENGRAM_CHROMIUM`` first), or None."""
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
    found = [os.environ.get("ENGRAM_CHROMIUM"), *map(shutil.which, names), shutil.which(FETCHED / "chromium")]
    return next((path for path in found if path), None)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A headless Chromium; the test skips where the machine has none, and fails where ENGRAM_REQUIRE_DATA=1."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = find_chromium() or playwright.chromium.executable_path
        if not Path(path).is_file():
            message = (
                "needs a Chromium: install Debian's `chromium` or any Chrome, run `.ci/chromium` or `playwright install"
                " chromium`, or name one with ENGRAM_CHROMIUM"
            )
            if os.environ.get("ENGRAM_REQUIRE_DATA") == "1":
                pytest.fail(message)
            pytest.skip(message)
        env = {**os.environ, "LD_LIBRARY_PATH": str(FETCHED / "lib")} if Path(path).parent == FETCHED else None
        found = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"], env=env)
        yield found
        found.close()


@pytest.fixture
def visit(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Open a file in a fresh window; what it asks of the network, or complains of, fails the test at its end."""
    complaints: list[str] = []
    contexts = []

    def open_file(file: Path, width: int = 1440, scheme: str = "light", mark: str = "", script: bool = True) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": 900}, color_scheme=scheme, java_script_enabled=script,
        )  # fmt: skip
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("dialog", lambda dialog: complaints.append(f"dialog: {dialog.message}") or dialog.dismiss())
        page.on(
            "request",
            lambda request: None if request.url.startswith(("file:", "data:")) else complaints.append(request.url),
        )
        page.goto(file.resolve().as_uri() + mark)
        return page

    yield open_file
    for context in contexts:
        context.close()
    assert not complaints


@pytest.fixture
def withhold() -> Callable[[Path], Path]:
    """Return a function that makes a run one on a dataset whose server alone can score it; it returns the run."""

    def rewrite(run: Path) -> Path:
        kept = {"summary": None, "uncertainty": None, "sequences": {}, "sensitivity": []}
        scores = json.loads((run / "scores.json").read_text())
        scores |= {"dataset": "GOT-10k/test", "trackers": [one | kept for one in scores["trackers"]]}
        (run / "scores.json").write_text(json.dumps(scores))
        manifest = json.loads((run / "manifest.json").read_text())
        manifest["dataset"]["name"] = "GOT-10k/test"
        (run / "manifest.json").write_text(json.dumps(manifest))
        return run

    return rewrite


@pytest.fixture(scope="session")
def make() -> Callable[..., Path]:
    """`make_run`, for tests that need a run of their own."""
    return make_run
