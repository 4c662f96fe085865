"""A tracker of one family followed step by step, as the tests of more than one family do it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import numpy as np
from torch import Tensor

from benchmark.datasets.images import read_frame
from trackers.api import Boxes, Frame, Tracker


def follow(
    tracker: Tracker,
    frames: list[Frame],
    box: Boxes,
    seed: int = 0,
    meddle: Callable[[Any], Any] = lambda state: state,
) -> tuple[Boxes, dict[str, np.ndarray]]:
    """Return the boxes (N - 1, 4) of one lane and its telemetry, its state meddled with before every step."""
    state, boxes, told = tracker.start(frames[:1], box, [seed]), [], []
    for frame in frames[1:]:
        step, state = tracker.step(meddle(state), [frame])
        boxes.append(step.boxes[0])
        told.append(step.telemetry)
        assert 0 <= step.scores[0] <= 1
    return np.array(boxes), {name: np.array([row[name][0] for row in told]) for name in told[0]}


def real(otb: Path, name: str, frames: int) -> tuple[list[Frame], Boxes]:
    """Return the first frames of a real sequence, and where its target begins."""
    pictures = [read_frame(path) for path in sorted((otb / name / "img").glob("*.jpg"))[:frames]]
    line = (otb / name / "groundtruth_rect.txt").read_text().splitlines()[0]
    box = np.array([[float(value) for value in line.replace(",", " ").split()]])
    box[:, :2] -= 1
    return pictures, box


def tensors(tree: Any) -> list[Tensor]:
    """Return all tensors of a state."""
    if isinstance(tree, Tensor):
        return [tree]
    values = [getattr(tree, f.name) for f in fields(tree)] if is_dataclass(tree) else tree.values()
    return [tensor for value in values for tensor in tensors(value)]


def state_sizes(tracker: Tracker, frames: list[Frame], box: Boxes) -> list[int]:
    """Return the bytes of one lane's state after every step."""
    state, sizes = tracker.start(frames[:1], box, [0]), []
    for frame in frames[1:]:
        _, state = tracker.step(state, [frame])
        assert all(tensor.shape[0] == 1 for tensor in tensors(state))
        sizes.append(sum(tensor.numel() * tensor.element_size() for tensor in tensors(state)))
    return sizes


def telemetry_as_announced(tracker: Tracker, frames: list[Frame], box: Boxes) -> dict[str, np.ndarray]:
    """Follow in two lanes, check that every step reports what the signals say, and return the last report."""
    tracker.recording = True
    state = tracker.start(frames[:1] * 2, box.repeat(2, 0), [0, 1])
    for frame in frames[1:]:
        step, state = tracker.step(state, [frame] * 2)
        assert set(step.telemetry) == {signal.name for signal in tracker.signals}
        for signal in tracker.signals:
            values = step.telemetry[signal.name]
            assert values.shape == (2, *signal.shape), signal.name
            assert (values >= signal.low - 1e-6).all(), signal.name
            assert (values <= signal.high + 1e-6).all(), signal.name
    return dict(step.telemetry)


def recording_changes_nothing(tracker: Tracker, frames: list[Frame], box: Boxes) -> None:
    """Follow with and without telemetry, and check that boxes are equal and that none is recorded unasked."""
    quiet = told = tracker.start(frames[:1], box, [0])
    for frame in frames[1:]:
        tracker.recording = False
        first, quiet = tracker.step(quiet, [frame])
        assert not first.telemetry
        tracker.recording = True
        second, told = tracker.step(told, [frame])
        assert second.telemetry
        np.testing.assert_array_equal(first.boxes, second.boxes)
