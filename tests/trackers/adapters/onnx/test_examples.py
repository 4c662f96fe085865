"""The worked examples of docs/onnx.md on real targets, with their authors' networks."""

from __future__ import annotations

import runpy
import shutil
from pathlib import Path

import numpy as np
import pytest
from conftest import REPOSITORY
from onnx import helper

from benchmark.datasets.images import read_frame
from benchmark.datasets.lookup import open_dataset
from benchmark.metrics.overlap import overlap
from tests.trackers.adapters.onnx.made import save
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
    boxes, truth = follow(f"onnx:{networks / name}.toml", otb, "Crossing", 15)
    assert overlap(boxes, truth).mean() > 0.6


@pytest.mark.parametrize("sequence", ["Crossing", "Couple", "Man"])
def test_nanotrack_with_opencvs_arithmetic_gives_opencvs_boxes(networks: Path, otb: Path, sequence: str) -> None:
    name = f"cv2:nano@{networks / 'v2_backbone_sim.onnx'}+{networks / 'v2_head_sim.onnx'}"
    theirs, truth = follow(name, otb, sequence, 60)
    ours, _ = follow(f"onnx:{networks / 'nanotrack-v2-opencv.toml'}", otb, sequence, 60)
    assert np.abs(ours - theirs).max() <= 1
    assert overlap(theirs, truth).mean() > 0.4


def test_opencvs_vit_takes_its_network_from_a_file(tmp_path: Path) -> None:
    scores, sizes, offsets = (np.zeros((1, n, 16, 16), np.float32) for n in (1, 2, 2))
    scores[0, 0, 8, 9], sizes[:], offsets[:] = 0.9, 0.25, 0.5
    zero = [
        helper.make_node("ReduceMean", ["template"], ["a"], axes=[1, 2, 3], keepdims=1),
        helper.make_node("ReduceMean", ["search"], ["b"], axes=[1, 2, 3], keepdims=1),
        helper.make_node("Add", ["a", "b"], ["sum"]),
        helper.make_node("Mul", ["sum", "none"], ["nothing"]),
    ]
    ends = [helper.make_node("Add", [f"c{index}", "nothing"], [f"output{index}"]) for index in (1, 2, 3)]
    save(
        tmp_path / "vit.onnx", [*zero, *ends], {"template": [1, 3, 128, 128], "search": [1, 3, 256, 256]},
        {f"output{index}": [1, n, 16, 16] for index, n in ((1, 1), (2, 2), (3, 2))},
        none=np.float32([0]), c1=scores, c2=sizes, c3=offsets,
    )  # fmt: skip
    tracker = resolve(f"cv2:vit@{tmp_path / 'vit.onnx'}").build("cpu")
    frame = np.full((200, 300, 3), 90, np.uint8)
    state = tracker.start([frame], np.array([[100.0, 60.0, 40.0, 40.0]]), [0])
    step, _ = tracker.step(state, [frame])
    side = 160  # four times the target
    middle = np.array([120, 80]) + (np.array([9.5, 8.5]) / 16 - 0.5) * side
    np.testing.assert_allclose(step.boxes[0], [*(middle - 20), 40, 40], atol=1)
    assert 0.5 < step.scores[0] < 0.9
