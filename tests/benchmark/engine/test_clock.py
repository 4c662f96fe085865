from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from benchmark.datasets.folder import FolderDataset
from benchmark.datasets.selection import select
from benchmark.engine.clock import Latency, measure_latency
from benchmark.engine.job import Job
from benchmark.engine.load import QUIET

SLEEPER = """
import time
from trackers.api import register
@register("sleeper", remembers="nothing")
class Sleeper:
    def init(self, image, box):
        time.sleep(0.05)
        self.box, self.frame = box, 0
    def update(self, image):
        self.frame += 1
        time.sleep(0.1 if self.frame == 3 else 0.02)
        return self.box + self.frame
"""


@pytest.fixture
def jobs(picture_folder: Path) -> list[Job]:
    videos = select(FolderDataset(picture_folder)).sequences
    return [Job(video, 0, video.annotation.boxes[0], 0) for video in videos]


def test_every_frame_is_timed_and_the_first_apart(jobs: list[Job], tmp_path: Path) -> None:
    (tmp_path / "sleeper.py").write_text(SLEEPER)
    latency, timed = measure_latency(f"py:{tmp_path / 'sleeper.py'}", jobs[:2], jobs[2], "cpu")
    assert latency.frames == 5 + 7
    assert [len(one.seconds) for one in timed] == [6, 8]
    np.testing.assert_array_equal(timed[0].boxes[2], jobs[0].box + 2)
    seconds = np.concatenate([one.seconds[1:] for one in timed])
    assert latency.median_ms == pytest.approx(1e3 * np.median(seconds))
    assert latency.p95_ms == pytest.approx(1e3 * np.percentile(seconds, 95))
    assert latency.first_frame_ms == pytest.approx(1e3 * np.median([one.seconds[0] for one in timed]))
    assert (latency.median_ms, latency.first_frame_ms, latency.p95_ms) >= (20, 50, 90), "it slept so long"
    total = sum(float(one.seconds[1:].sum()) for one in timed)
    assert latency.fps == pytest.approx(12 / total)
    assert latency.fps < 1e3 / latency.median_ms, "frames / total time, not the mean of 1 / t"
    assert latency.memory_mb > 50
    assert (latency.gflop, latency.parameters) == (None, None), "nothing of it runs in torch"


def test_operations_are_counted(jobs: list[Job]) -> None:
    short = [replace(job, video=job.video.first(2)) for job in jobs]
    latency, _ = measure_latency("siamfc:paper@random", short[:1], short[2], "cpu")
    # Convolutions of AlexNet on three crops of 255 pixels: 2 x 2.7 x 3 GFLOP, less three quarters of two of them (5.0),
    # which a CPU does by Winograd's way, and little beside.
    assert latency.gflop is not None
    assert 12 < latency.gflop < 14
    assert latency.parameters == 2_336_320


def test_a_busy_machine_marks_the_figure() -> None:
    quiet = Latency(1, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 0, 0.0, 1.0, QUIET / 2)
    assert quiet.to_dict()["loaded"] is False
    assert replace(quiet, busy_cores=2 * QUIET).to_dict()["loaded"] is True
