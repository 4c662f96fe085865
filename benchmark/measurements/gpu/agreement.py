"""Whether boxes are the CPU's, and whether they stay where the arithmetic is made cheaper."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

import numpy as np
import torch

from benchmark.engine.audit import against_cpu
from benchmark.measurements.gpu.setting import Row, Setting, Tables, Unit, built, copies
from benchmark.measurements.stepping import replicated
from trackers.adapters.tf32 import precision, set_precision
from trackers.api import Boxes, Tracker
from trackers.names import resolve

AUDITED, AUDITED_PAPER = 60, 6
"""Frames of a video; fewer where the CPU's own take seconds each."""


def audit(setting: Setting, tables: Tables) -> Iterator[Unit]:
    """The device's boxes, at one lane and at two, against the CPU's."""
    for name in setting.named:
        frames = 3 if setting.small else AUDITED_PAPER if ":" in name else AUDITED
        yield name, lambda name=name, frames=frames: _audit(setting, name, frames)  # type: ignore[misc]


def _audit(setting: Setting, name: str, frames: int) -> Row:
    lanes = (1, 2)  # as many as there are videos
    found = list(against_cpu(resolve(name), setting.selection(frames), setting.device, 0, lanes))
    failed = [one.reason for one in found if one.verdict == "failed"]
    if failed:
        raise RuntimeError(failed[0])
    return {
        "verdicts": ", ".join(f"{one.verdict} at {one.lanes[1]}" for one in found),
        "largest difference, px": max(one.largest or 0.0 for one in found),
        "margin where they part": min((one.margin for one in found if one.margin is not None), default=""),
    }


def modes(setting: Setting, tables: Tables) -> Iterator[Unit]:
    """Speed and boxes of every tracker with cheaper arithmetic and with fewer launches."""
    for mode in MODES:
        for name in setting.trackers:
            yield f"{name}, {mode}", lambda name=name, mode=mode: _mode(setting, name, mode)  # type: ignore[misc]


def _mode(setting: Setting, name: str, mode: str) -> Row:
    plain, other = built(name, setting.device), resolve(name).build(setting.device)
    expected, before = _boxes(setting, plain), _steps(setting, plain)
    with MODES[mode](other, setting):
        apart, after = np.abs(_boxes(setting, other) - expected).max(), _steps(setting, other)
    speeds = {f"× at {count} lanes": before[count] / after[count] for count in before}
    return {**speeds, "largest difference, px": float(apart)}


def _steps(setting: Setting, tracker: Tracker[Any]) -> dict[int, float]:
    """Return the seconds of a step at one lane and at many."""
    return {
        count: replicated(tracker, setting.frames, setting.box, count, setting.device)
        for count in (setting.lanes[0], setting.lanes[-2])
    }


def _boxes(setting: Setting, tracker: Tracker[Any]) -> Boxes:
    state = copies(setting, tracker, 1)
    found = []
    for frame in setting.frames[2:]:
        step, state = tracker.step(state, [frame])
        found.append(step.boxes[0])
    return np.array(found)


Mode = Callable[[Any, Setting], AbstractContextManager[Any]]


def _tf32(everywhere: bool) -> Mode:
    """Round the factors of convolutions and of matrix products to TF32, or of neither; torch's default is the first."""

    @contextmanager
    def change(tracker: Any, setting: Setting) -> Iterator[None]:
        before = precision()
        torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = everywhere
        try:
            yield
        finally:
            set_precision(before)

    return change


def _bf16(tracker: Any, setting: Setting) -> AbstractContextManager[Any]:
    """Run the trunk alone in bfloat16: what follows it decides."""
    features = tracker.net.features

    def half(*crops: Any) -> Any:
        with torch.autocast(setting.device.partition(":")[0], torch.bfloat16):
            return features(*crops).float()

    tracker.net.features = half
    return nullcontext()


def _compiled(how: str) -> Mode:
    def change(tracker: Any, setting: Setting) -> AbstractContextManager[Any]:
        if not setting.small:  # a compiler takes its time
            compiled: Any = torch.compile(tracker.net.features, mode=how, dynamic=False)
            # the next replay of a graph writes over what the last one gave
            tracker.net.features = lambda crops: compiled(crops).clone()
        return nullcontext()

    return change


MODES: dict[str, Mode] = {
    "float32 throughout": _tf32(everywhere=False),
    "tf32 throughout": _tf32(everywhere=True),
    "trunk in bfloat16": _bf16,
    "torch.compile": _compiled("default"),
    "torch.compile, CUDA graphs": _compiled("reduce-overhead"),
}
