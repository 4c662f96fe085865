"""What a third party's tracker may return, and what is said of the rest."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from tests.trackers.adapters.third_party import BOX as SHOWN
from tests.trackers.adapters.third_party import FRAME
from trackers.adapters.answers import as_answer, checked
from trackers.api import Signal, Step
from trackers.errors import InputError
from trackers.names import resolve

BOX = [1.0, 2.0, 3.0, 4.0]


@pytest.mark.parametrize(
    "box",
    [
        BOX,
        (1, 2, 3, 4),
        np.array([1, 2, 3, 4], np.uint8),
        np.array([BOX], np.float32),
        torch.tensor(BOX, requires_grad=True),
        torch.tensor(BOX, dtype=torch.bfloat16),
        [torch.tensor(value, requires_grad=True) for value in BOX],
        [np.float32(value) for value in BOX],
        np.ma.array(BOX),
    ],
)
def test_numbers_of_any_kind_are_a_box(box) -> None:
    for answer, score in ((box, 1.0), ((box, 0.5), 0.5), ((box, torch.tensor([0.5], requires_grad=True)), 0.5)):
        values, sure = as_answer(answer)
        assert values.dtype == np.float64
        np.testing.assert_array_equal(values, BOX)
        assert sure == score


def test_tensors_on_an_accelerator_are_fetched(pretend) -> None:
    there = torch.tensor(BOX).to("pretend:0")
    for answer in (there, list(there), (there, there[:1])):
        box, score = as_answer(answer)
        np.testing.assert_array_equal(box, BOX)
        assert score == 1


def test_what_is_masked_is_nan() -> None:
    values, _ = as_answer(np.ma.array([1, 2, 3, 4], mask=[0, 0, 1, 0]))
    np.testing.assert_array_equal(values, [1, 2, np.nan, 4])


def test_what_is_not_finite_is_kept() -> None:
    values, sure = as_answer(([np.inf, -1e300, np.nan, 4], np.nan))
    np.testing.assert_array_equal(values, [np.inf, -1e300, np.nan, 4])
    assert np.isnan(sure)


@pytest.mark.parametrize(
    ("answer", "shown"),
    [
        (None, r"nothing \(None\)"),
        ("1,2,3,4", "'1,2,3,4'"),
        (["1", "2", "3", "4"], r"\['1', '2', '3', '4'\]"),
        ([1, 2, 3], r"\[1, 2, 3\]"),
        ([1, 2, 3, None], "None"),
        ([1, 2, 3, 4j], "4j"),
        ([[1, 2], [3, 4]], r"\[\[1, 2\], \[3, 4\]\]"),
        ([[1, 2], [3]], r"\[\[1, 2\], \[3\]\]"),
        ([10**400] * 4, r"\[1000"),
        ({"target_bbox": BOX}, "target_bbox"),
        ((value for value in BOX), "generator"),
        (np.zeros((480, 640, 3)), r"ndarray of shape \(480, 640, 3\)"),
        (list(range(10**5)), r"\.\.\."),
    ],
)  # fmt: skip
def test_what_is_no_box_is_said_in_one_short_line(answer, shown: str) -> None:
    with pytest.raises(TypeError, match=f"^update must return a box x, y, w, h.*it returned .*{shown}") as refused:
        as_answer(answer)
    assert len(str(refused.value)) < 250
    assert "\n" not in str(refused.value)


def test_a_score_is_one_number() -> None:
    for score in (None, "high", [0.1, 0.2]):
        with pytest.raises(TypeError, match="score must be a number"):
            as_answer((BOX, score))


SIGNALS = {"gate": Signal("gate", "how open", shape=(2,))}


@pytest.mark.parametrize(
    ("step", "says"),
    [
        (None, "step must return"),
        ((np.array([BOX]), 1), "step must return"),
        ((Step(np.zeros((1, 4)), np.ones(2)), 0), r"boxes must be of shape \(2, 4\)"),
        ((Step([BOX, None], np.ones(2)), 0), "boxes must be of shape"),
        ((Step(np.zeros((2, 4)), np.ones(3)), 0), r"scores must be of shape \(2,\)"),
        ((Step(np.zeros((2, 4)), np.ones(2)), 0), "telemetry lacks gate: every step reports all signals"),
        (
            (Step(np.zeros((2, 4)), np.ones(2), {"gate": np.ones((2, 2)), "door": np.ones(2)}), 0),
            "'door' is none of the tracker's signals",
        ),
        ((Step(np.zeros((2, 4)), np.ones(2), {"gate": np.ones(2)}), 0), r"'gate' must be of shape \(2, 2\)"),
    ],
)
def test_what_is_no_step_is_said(step, says: str) -> None:
    with pytest.raises(TypeError, match=says):
        checked(step, 2, SIGNALS)


def test_a_step_of_tensors_is_one_of_arrays() -> None:
    told = torch.ones((2, 2), requires_grad=True)
    step, state = checked((Step(torch.tensor([BOX, BOX]), torch.ones((2, 1)), {"gate": told}), "state"), 2, SIGNALS)
    np.testing.assert_array_equal(step.boxes, [BOX, BOX])
    np.testing.assert_array_equal(step.scores, [1, 1])
    np.testing.assert_array_equal(step.telemetry["gate"], np.ones((2, 2)))
    assert state == "state"


def test_telemetry_that_nobody_wants_is_not_looked_at() -> None:
    step, _ = checked((Step(np.zeros((2, 4)), np.ones(2), {"door": None}), 0), 2, {})
    assert step.telemetry == {}


TRACKER = """
from trackers.api import Signal, Step, Tracker, register
@register("theirs", remembers="nothing")
class Theirs(Tracker):
    {said}
    def __init__(self, config, weights, device): pass
    def start(self, frames, boxes, seeds): return boxes
    def step(self, state, frames): return Step(state, state[:, 0]), state
"""


def told(*names: object) -> str:
    listed = "".join(f"Signal({name!r}, 'told'), " for name in names)
    return f"signals = ({listed})"


@pytest.mark.parametrize(
    ("said", "says"),
    [
        (told("facts"), "a signal cannot be called 'facts': give it another name"),
        (told("file"), "a signal cannot be called 'file'"),
        (told("allow_pickle"), "a signal cannot be called 'allow_pickle'"),
        (told("x.npy"), "a signal cannot be called 'x.npy'"),
        (told(""), "a signal cannot be called ''"),
        (told(3), "a signal cannot be called 3"),
        (told("a", "b", "a"), "two signals are called 'a'"),
        ("signals = ('a',)", "signals must be a tuple of trackers.api.Signal"),
        ("signals = None", "signals must be a tuple of trackers.api.Signal"),
        ("signals = property(lambda self: 1 / 0)", "ZeroDivisionError"),
    ],
)
def test_signals_that_cannot_be_kept_are_refused_when_it_is_built(tmp_path: Path, said: str, says: str) -> None:
    (tmp_path / "theirs.py").write_text(TRACKER.format(said=said))
    with pytest.raises(InputError, match=rf"theirs\.py cannot be built: .*{says}") as refused:
        resolve(f"py:{tmp_path / 'theirs.py'}").build("cpu")
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("wanted", [True, False])
def test_one_that_cannot_be_told_to_record_is_refused_in_one_line(tmp_path: Path, wanted: bool) -> None:
    (tmp_path / "theirs.py").write_text(TRACKER.format(said="recording = property(lambda self: False)"))
    tracker = resolve(f"py:{tmp_path / 'theirs.py'}").build("cpu")
    with pytest.raises(InputError, match=r"theirs\.py cannot be told whether telemetry is wanted: .*no setter"):
        tracker.recording = wanted


def test_telemetry_that_is_missing_in_a_frame_fails_that_frame(tmp_path: Path) -> None:
    (tmp_path / "theirs.py").write_text(TRACKER.format(said=told("a")))
    tracker = resolve(f"py:{tmp_path / 'theirs.py'}").build("cpu")
    tracker.step(tracker.start([FRAME], SHOWN, [0]), [FRAME])
    tracker.recording = True
    with pytest.raises(TypeError, match="telemetry lacks a"):
        tracker.step(tracker.start([FRAME], SHOWN, [0]), [FRAME])
