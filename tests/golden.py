"""The authors' own networks on made-up weights: golden numbers, and how weights and inputs are made again."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
import torch
from torch import Tensor

from trackers.names import resolve


def golden(shared: Path) -> Path:
    """Return the folder of the authors' golden data, or skip."""
    folder = shared / "golden" / "authors"
    if not folder.is_dir():
        pytest.skip(f"needs the authors' golden data in {folder}, which this machine does not have")
    return folder


def inputs(folder: Path) -> ModuleType:
    """Return the module that makes golden weights, images and frames again."""
    spec = importlib.util.spec_from_file_location("make_inputs", folder / "make_inputs.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def table(folder: Path, which: str) -> dict[str, Tensor]:
    """Return one network's tensors by the authors' names."""
    return {name: torch.from_numpy(np.asarray(value).copy()) for name, value in inputs(folder).weights(which).items()}


def near(value: Tensor, wanted: object, tolerance: float = 1e-4) -> None:
    """Assert that a tensor is the wanted one, up to a share of its largest value."""
    wanted = torch.as_tensor(np.asarray(wanted)).to(value.dtype).reshape(value.shape)
    assert float((value - wanted).abs().max()) <= tolerance * float(wanted.abs().max())


def probed(value: Tensor, probe: dict[str, object], tolerance: float = 1e-4) -> None:
    """Assert that a tensor gives a probe's values at its places."""
    flat = value.detach().reshape(-1)
    found = flat[torch.tensor(probe["indices"])]
    largest = max(abs(float(probe["min"])), abs(float(probe["max"])))  # type: ignore[arg-type]
    assert float((found.double() - torch.tensor(probe["values"], dtype=torch.float64)).abs().max()) <= (
        tolerance * largest
    )


def frames(made: ModuleType, border: bool = False) -> tuple[list[np.ndarray], np.ndarray]:
    """Return the 12 golden frames and the first box (4,); where `border`, cut so that the target begins at theirs."""
    off = np.array([90.0, 70.0, 0.0, 0.0]) if border else np.zeros(4)
    seen = [made.frame(t)[70:, 90:] if border else made.frame(t) for t in range(12)]
    return [np.ascontiguousarray(frame) for frame in seen], np.array(made.box(0), float) - off


def track(name: str, seen: list[np.ndarray], box: np.ndarray) -> np.ndarray:
    """Return the (N, 4) boxes of a tracker by its name."""
    tracker = resolve(name).build("cpu")
    state, boxes = tracker.start(seen[:1], box[None], [0]), [box]
    for frame in seen[1:]:
        step, state = tracker.step(state, [frame])
        boxes.append(step.boxes[0])
    return np.array(boxes)
