"""Every set of weights that ships gives the trajectory it gave when it was put in.

ENGRAM_STORE_TRAJECTORIES=1 stores anew: for new weights, or where tracker or demo sequence were changed on purpose.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import numpy as np
import pytest
from safetensors.torch import load_file

from benchmark.datasets.render.catalogue import read_catalogue
from benchmark.datasets.render.painter import Painter
from benchmark.datasets.render.truth import Truth
from trackers.names import resolve
from trackers.weights import catalog

STORED = Path(__file__).with_name("trajectories.json")
FRAMES = 12
SEQUENCE = "plain-1"
SHIPPED = {name: entry for name, entry in catalog._entries().items() if "file" in entry}


@pytest.fixture(scope="module")
def demo() -> tuple[list[np.ndarray], np.ndarray]:
    """Return the first frames of a demo sequence, and the target's true boxes in them."""
    scene = read_catalogue("demo-full").entries[SEQUENCE].play().scene
    painter = Painter(scene)
    return [painter.frame(t) for t in range(FRAMES)], Truth(scene).boxes[:FRAMES]


@pytest.mark.parametrize("name", SHIPPED)
def test_the_stored_trajectory_is_followed(name: str, demo: tuple[list[np.ndarray], np.ndarray]) -> None:
    frames, truth = demo
    family = Path(SHIPPED[name]["file"]).stem
    tracker = resolve(f"{family}@{name}").build("cpu")
    state = tracker.start(frames[:1], truth[:1], [0])
    boxes = []
    for frame in frames[1:]:
        step, state = tracker.step(state, [frame])
        boxes.append(step.boxes[0])
    stored = json.loads(STORED.read_text())
    if os.environ.get("ENGRAM_STORE_TRAJECTORIES") == "1":
        stored[name] = np.round(boxes, 3).tolist()
        STORED.write_text(json.dumps(stored, indent=1) + "\n")
    # another processor's rounding may move a near-tie by a step of the map, an eighth of a cell
    np.testing.assert_allclose(boxes, stored[name], atol=1.5)
    centres = np.array(boxes)[:, :2] + np.array(boxes)[:, 2:] / 2
    assert np.abs(centres - (truth[1:, :2] + truth[1:, 2:] / 2)).max() < 15


@pytest.mark.parametrize("name", SHIPPED)
def test_an_entry_says_where_its_weights_come_from(name: str) -> None:
    entry = SHIPPED[name]
    told = {"recipe", "trained_on", "tuned_on", "licence", "date", "duration", "machine", "validation"}
    assert told <= set(entry)
    assert not any("OTB" in source for source in (*entry["trained_on"], *entry["tuned_on"]))


def test_all_shipped_weights_are_small_and_finite() -> None:
    files = [Path(catalog.__file__).with_name(entry["file"]) for entry in SHIPPED.values()]
    assert sum(file.stat().st_size for file in files) < 24e6
    for file in files:
        assert all(bool(value.isfinite().all()) for value in load_file(file).values())


def test_the_imagenet_trunk_stays_selectable() -> None:
    assert resolve("siamfc@imagenet").weights.is_trunk
    assert resolve("memtrack@imagenet").weights.is_trunk
