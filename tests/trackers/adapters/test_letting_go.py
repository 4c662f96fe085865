"""What a third party's objects do when they are let go is put back as well, whoever lets them go."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch

from benchmark.engine.job import Job
from benchmark.engine.lanes import run_lanes
from tests.trackers.adapters.third_party import BOX, FRAME
from trackers.errors import InputError
from trackers.names import resolve

DEL = "def __del__(self): log(torch.get_default_dtype()); torch.set_default_dtype(torch.float64)"
LOG = """
import torch
from trackers.api import Step, Tracker, register
def log(what):
    with open({file!r}, "a") as file: file.write(f"{{what}}\\n")
"""
ONE = """
@register("theirs", remembers="nothing")
class Theirs:
    {end}
    def init(self, image, box): self.box = box; {init}
    def update(self, image): {update}; return self.box
"""
MANY = """
class Kept:
    {end}
@register("theirs", remembers="nothing")
class Theirs(Tracker):
    {end}
    def __init__(self, config, weights, device): {init}
    def start(self, frames, boxes, seeds): return [(box, Kept()) for box in boxes]
    def step(self, state, frames):
        {update}
        return Step([box for box, _ in state], [1.0] * len(state)), [(box, Kept()) for box, _ in state]
"""


@pytest.fixture(autouse=True)
def _dtype() -> Iterator[None]:
    yield
    left = torch.get_default_dtype()
    torch.set_default_dtype(torch.float32)
    assert left is torch.float32


def write(folder: Path, text: str, init: str = "pass", update: str = "pass") -> tuple[str, Path]:
    """Return the tracker's name, and where each of its objects says that it is let go."""
    log = folder / "log"
    log.touch()
    (folder / "theirs.py").write_text(LOG.format(file=str(log)) + text.format(end=DEL, init=init, update=update))
    return f"py:{folder / 'theirs.py'}", log


@pytest.mark.parametrize(("text", "ends"), [(ONE, [0, 0, 1, 1]), (MANY, [0, 1, 2, 3])])
def test_an_object_is_let_go_in_its_world(tmp_path: Path, text: str, ends: list[int]) -> None:
    name, log = write(tmp_path, text)
    tracker = resolve(name).build("cpu")
    seen = []
    state = tracker.start([FRAME], BOX, [0])
    seen.append(len(log.read_text().split()))
    _, state = tracker.step(state, [FRAME])
    seen.append(len(log.read_text().split()))
    del state
    assert torch.get_default_dtype() is torch.float32
    seen.append(len(log.read_text().split()))
    del tracker
    assert torch.get_default_dtype() is torch.float32
    seen.append(len(log.read_text().split()))
    assert seen == ends
    assert log.read_text().split()[1:] == ["torch.float64"] * (ends[-1] - 1), "it finds what it left"


DEEP = "(lambda own: 1 / 0)(self)"


@pytest.mark.parametrize("text", [ONE, MANY])
@pytest.mark.parametrize("where", ["init", "update"])
def test_an_object_that_fails_is_let_go_in_its_world(tmp_path: Path, text: str, where: str) -> None:
    name, log = write(tmp_path, text, **{where: DEEP})

    def fail() -> None:
        tracker = resolve(name).build("cpu")
        tracker.step(tracker.start([FRAME], BOX, [0]), [FRAME])

    with pytest.raises((ZeroDivisionError, InputError)):
        fail()
    assert log.read_text().split()[:1] == ["torch.float32"]
    assert torch.get_default_dtype() is torch.float32


@pytest.mark.parametrize("text", [ONE, MANY])
def test_a_run_lets_go_of_it_in_its_world(tmp_path: Path, text: str, picture_folder: Path) -> None:
    from benchmark.datasets.folder import FolderDataset
    from benchmark.datasets.selection import select

    name, log = write(tmp_path, text)
    video = select(FolderDataset(picture_folder)).sequences[0]
    jobs = [Job(video, 0, BOX[0], 0), Job(video, 1, BOX[0], 0)]
    outcomes = list(run_lanes(resolve(name).build("cpu"), jobs, 1, "cpu"))
    assert [outcome.error for outcome in outcomes] == ["", ""]
    np.testing.assert_array_equal(outcomes[0].boxes[-1], BOX[0])
    assert len(log.read_text().split()) >= 2


def test_lanes_of_a_third_partys_are_taken_and_joined(tmp_path: Path) -> None:
    name, _ = write(tmp_path, ONE)
    tracker = resolve(name).build("cpu")
    state = tracker.join(
        tracker.start([FRAME], BOX, [0]), tracker.start([FRAME] * 2, np.vstack([BOX + 1, BOX + 2]), [0, 1])
    )
    step, state = tracker.step(tracker.take(state, [2, 0]), [FRAME] * 2)
    np.testing.assert_array_equal(step.boxes, np.vstack([BOX + 2, BOX]))
