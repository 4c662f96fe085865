"""The worked examples of docs/onnx.md on real targets, with their authors' networks."""

from __future__ import annotations

import runpy
import shutil
from pathlib import Path

import numpy as np
import pytest
from conftest import REPOSITORY

from benchmark.datasets.images import read_frame
from benchmark.datasets.lookup import open_dataset
from benchmark.metrics.overlap import overlap
from trackers.names import resolve

EXAMPLES = REPOSITORY / "docs" / "examples" / "onnx"


@pytest.fixture
def networks(shared_data: Path, tmp_path: Path) -> Path:
    """A folder with the examples and the authors' networks."""
    for file in (*EXAMPLES.glob("*.toml"), *(shared_data / "peers" / "nanotrack").glob("*.onnx")):
        shutil.copy(file, tmp_path)
    convert = runpy.run_path(str(EXAMPLES / "dcfnet.py"))["convert"]
    convert(str(shared_data / "peers" / "dcfnet" / "param.pth"), str(tmp_path / "dcfnet.onnx"))
    return tmp_path


def follow(name: str, otb: Path, sequence: str, frames: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the boxes of a tracker on the first frames of a sequence, and the true ones."""
    (video,) = open_dataset("OTB100", otb).load([sequence])
    truth = video.annotation.boxes[:frames]
    tracker = resolve(name).build("cpu")
    state = tracker.start([read_frame(video.frames[0])], truth[:1], [0])
    found = []
    for path in video.frames[1:frames]:
        step, state = tracker.step(state, [read_frame(path)])
        found.append(step.boxes[0])
    return np.array(found), truth[1:]


@pytest.mark.parametrize("name", ["nanotrack-v1", "nanotrack-v2", "nanotrack-v3", "dcfnet"])
def test_the_examples_follow_real_targets(networks: Path, otb: Path, name: str) -> None:
    boxes, truth = follow(f"onnx:{networks / name}.toml", otb, "Crossing", 30)
    assert overlap(boxes, truth).mean() > 0.6


@pytest.mark.parametrize("sequence", ["Crossing", "Couple", "Man"])
def test_nanotrack_with_opencvs_arithmetic_gives_opencvs_boxes(networks: Path, otb: Path, sequence: str) -> None:
    name = f"cv2:nano@{networks / 'v2_backbone_sim.onnx'}+{networks / 'v2_head_sim.onnx'}"
    theirs, truth = follow(name, otb, sequence, 60)
    ours, _ = follow(f"onnx:{networks / 'nanotrack-v2-opencv.toml'}", otb, sequence, 60)
    assert np.abs(ours - theirs).max() <= 1
    assert overlap(theirs, truth).mean() > 0.4
