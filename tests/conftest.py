"""Where the tests find real material, what they do where there is none, and small videos made on the spot."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")  # tests run side by side

import cv2
import numpy as np
import pytest
from hypothesis import HealthCheck, settings

from run_bench import main

REPOSITORY = Path(__file__).resolve().parents[1]

# How long an example takes to make or to try says how busy the machine is.
settings.register_profile("busy machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("busy machine")

# Where a shell began the tests in its background, interrupts are ignored, here and in all that the tests start.
signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder with real sequences, golden results and rival trackers (``ENGRAM_SHARED``, else ``../shared``)."""
    folder = Path(os.environ.get("ENGRAM_SHARED", REPOSITORY.parent / "shared"))
    if not (folder / "data" / "otb").is_dir():
        message = f"needs the real sequences and golden results in {folder}, which this machine does not have"
        if os.environ.get("ENGRAM_REQUIRE_DATA") == "1":
            pytest.fail(message)
        pytest.skip(message)
    return folder


@pytest.fixture(scope="session")
def otb(shared_data: Path) -> Path:
    """A partial OTB100 root with 14 real sequences."""
    return shared_data / "data" / "otb"


def paint(frames: int, seed: int = 0, size: tuple[int, int] = (160, 120), step: float = 2.0) -> list[np.ndarray]:
    """Return RGB frames in which a textured 30x24 patch, at (40, 40) first, moves right by `step` pixels a frame."""
    rng = np.random.default_rng(seed)
    backdrop = cv2.GaussianBlur(rng.integers(0, 255, (size[1], size[0], 3), np.uint8), (0, 0), 5)
    patch = cv2.resize(rng.integers(0, 255, (6, 8, 3), np.uint8), (30, 24), interpolation=cv2.INTER_NEAREST)
    pictures = []
    for index in range(frames):
        picture = backdrop.copy()
        x = 40 + round(step * index)
        picture[40:64, x : x + 30] = patch
        pictures.append(picture)
    return pictures


def write_folder(folder: Path, frames: int, seed: int = 0, step: float = 2.0) -> Path:
    """Write a painted video as a folder dataset: images and a box file."""
    (folder / "img").mkdir(parents=True)
    for index, picture in enumerate(paint(frames, seed, step=step)):
        cv2.imwrite(str(folder / "img" / f"{index + 1:04d}.png"), picture[..., ::-1])
    rows = [f"{41 + round(step * index)},41,30,24\n" for index in range(frames)]
    (folder / "groundtruth_rect.txt").write_text("".join(rows))
    return folder


@pytest.fixture
def picture_folder(tmp_path: Path) -> Path:
    """A folder with three short painted videos."""
    root = tmp_path / "videos"
    for index, name in enumerate(("first", "second", "third")):
        write_folder(root / name, frames=6 + 2 * index, seed=index)
    return root


@pytest.fixture
def slept_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let trackers be timed by a clock that only `time.sleep` moves on: no machine is too slow for a test's limit."""
    now = [0.0]
    monkeypatch.setattr(time, "perf_counter", lambda: now[0])
    monkeypatch.setattr(time, "sleep", lambda seconds: now.__setitem__(0, now[0] + seconds))


def pytest_collection_finish(session: pytest.Session) -> None:
    """Make the pretend device known before the first gradient: torch counts once for whose it will have a thread."""
    if any("pretend" in getattr(item, "fixturenames", ()) for item in session.items):
        import pretend_device  # whoever asks for the device has loaded torch

        if not pretend_device.missing():
            pretend_device.register()


@pytest.fixture
def pretend() -> Iterator[Counter[str]]:
    """A device to test on what is meant for an accelerator; what it counts (`pretend_device`)."""
    import pretend_device  # not at the top: it loads torch

    if reason := pretend_device.missing():
        pytest.skip(f"needs a pretend accelerator: {reason}")
    with pretend_device.pretending() as account:
        yield account


@dataclass(frozen=True)
class Done:
    """How a command ended."""

    returncode: int
    stdout: str
    stderr: str


@pytest.fixture
def run_bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Done]:
    """Run the command and return how it ended.

    In this process, which saves loading torch anew; with ``path`` (put first on the import path) or ``cwd`` in a
    process of its own. Results and rendered frames go to the test's own folder. A report comes without the
    separate figures, which take longer than all else of a short run, where `figures` does not ask for them.
    """

    def run(*arguments: object, path: Path | None = None, cwd: Path | None = None, figures: bool = False) -> Done:
        words = [str(argument) for argument in arguments]
        if "--results" not in words and (not words or words[0].startswith("-")) and "--help" not in words:
            words += ["--results", str(tmp_path / "results")]
        if path is not None or cwd is not None:
            env = {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, filter(None, (path, REPOSITORY))))}
            command = [sys.executable, "-m", "run_bench", *words]
            done = subprocess.run(command, capture_output=True, text=True, cwd=cwd or REPOSITORY, env=env)
            return Done(done.returncode, done.stdout, done.stderr)
        monkeypatch.setattr(sys, "argv", ["run_bench", *words])
        if not figures:
            monkeypatch.setattr("reports.plots.files.write_figures", lambda *report, **how: [])
        out, err = io.StringIO(), io.StringIO()
        with redirect_stdout(out), redirect_stderr(err), pytest.raises(SystemExit) as ended:
            main(words)
        return Done(int(ended.value.code or 0), out.getvalue(), err.getvalue())

    return run
