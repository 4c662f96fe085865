"""Each way to break the contract is one line, of the right check, and no other check's."""

from __future__ import annotations

import re
from pathlib import Path
from textwrap import indent

import numpy as np
import pytest

from benchmark.contract import Finding, assert_sound, check_tracker
from benchmark.contract.checks import CHECKS
from benchmark.contract.finding import failing
from benchmark.contract.video import moving_patch
from trackers.names import resolve

ONE = """
import os
import numpy as np
from trackers.api import register
{at_import}
@register("mine", remembers="nothing")
class Mine:
    def init(self, image, box):
{init}
        self.box = np.array(box)
    def update(self, image):
{update}
        return self.box, 0.5
"""
MANY = """
from dataclasses import dataclass
import numpy as np
from trackers.api import Step, Tracker, register
@dataclass
class State:
    boxes: np.ndarray
    seen: np.ndarray
@register("mine", remembers="nothing")
class Mine(Tracker):
    def __init__(self, config, weights, device): pass
    def start(self, frames, boxes, seeds):
        return State(np.array(boxes), np.zeros((len(frames), 4)))
    def step(self, state, frames):
        boxes, seen = state.boxes.copy(), state.seen.copy()
{step}
        return Step(boxes, np.full(len(boxes), 0.5)), State(boxes, seen)
"""


def check(folder: Path, text: str) -> dict[str, Finding]:
    (folder / "mine.py").write_text(text)
    return {one.check: one for one in check_tracker(resolve(f"py:{folder / 'mine.py'}"))}


def one(at_import: str = "", init: str = "pass", update: str = "pass") -> str:
    return ONE.format(at_import=at_import, init=indent(init, " " * 8), update=indent(update, " " * 8))


def many(step: str = "pass") -> str:
    return MANY.format(step=indent(step, " " * 8))


@pytest.mark.parametrize("text", [one(), many()], ids=["one target", "lanes"])
def test_what_keeps_the_contract_is_fine_in_every_line(tmp_path: Path, text: str) -> None:
    found = check(tmp_path, text)
    assert list(found) == list(CHECKS)
    assert {one.verdict for one in found.values()} == {"fine"}, found


GATED = (
    many()
    .replace("import Step", "import Signal, Step")
    .replace("    def __init__", "    signals = (Signal('gate', 'open', low=0, high=1),)\n    def __init__")
    .replace("0.5)), State", "0.5), {'gate': 2 * np.ones(len(boxes))} if self.recording else {}), State")
)
TENSORS_KEPT = one(at_import="import torch\nKEPT = []", update="KEPT.append(torch.ones(200_000))")
BROKEN = {
    "nothing is returned": (one(update="return None"), "shapes", "it returned nothing (None)"),
    "corners": (one(update="x, y, w, h = self.box\nreturn [x, y, x + w, y + h]"), "shapes", "x1, y1, x2, y2"),
    "no number": (one(update="self.box[0] = np.nan"), "shapes", "beyond 1e+09 px: keep the last box"),
    "the centre": (one(update="x, y, w, h = self.box\nreturn [x + w / 2, y + h / 2, w, h]"), "shapes", "centre's x"),
    "rows first": (one(update="return self.box[[1, 0, 3, 2]]"), "shapes", "boxes seem to be y, x, h, w"),
    "parts": (one(update="return self.box / [160, 120, 160, 120]"), "shapes", "parts of the picture's width"),
    "no size": (one(update="return [*self.box[:2], 0, 0]"), "shapes", "11 of 12 boxes have no size"),
    "elsewhere": (one(update="return self.box + 1000"), "shapes", "boxes are outside of the picture"),
    "not finite after a while": (
        one(init="self.n = 0", update="self.n += 1\nif self.n > 20: return np.full(4, np.nan)"),
        "long run", "a box that is not finite, at frame 21",
    ),
    "an end after a while": (
        one(init="self.n = 0", update="self.n += 1\nif self.n > 20: raise ValueError('it is full')"),
        "long run", "it is full, at frame 21",
    ),
    "addresses": (  # of objects that stay: one that is freed may be had again, and then all is as it was
        one(at_import="KEPT = []", update="KEPT.append(object())\nself.box[0] += id(KEPT[-1]) // 16 % 100_003 / 1e4"),
        "repeats", "look at no clock, hash or address",
    ),
    "a score of 7": (one(update="return self.box, 7.0"), "shapes", "confidences are not within 0 to 1"),
    "chance": (one(update="self.box = self.box + os.urandom(1)[0] / 9"), "repeats", "px from frame"),
    "what was before": (
        one(at_import="BEFORE = []", init="BEFORE.append(1)", update="self.box = self.box + len(BEFORE)"),
        "repeats", "begin anew at every start",
    ),
    "the lane beside": (many("boxes[:, 0] += len(boxes) - 1"), "lanes", "px from frame 1 on beside another lane"),
    "the lane's place": (many("boxes[:, 0] += np.arange(len(boxes))"), "lanes", "beside another lane"),
    "a written state": (many("state.seen += 1\nboxes[:, 0] += state.seen[:, 0]"), "state", "step changes the state"),
    "a signal out of range": (GATED, "telemetry", "'gate' is beyond 0 to 1, at frame 1"),
    "a thread that goes on": (
        one(init="import threading, time; threading.Thread(target=time.sleep, args=(60,), daemon=True).start()"),
        "process", "running after a sequence",
    ),
    "all frames kept": (
        one(init="self.all = []", update="self.all.append(image.copy())"), "memory", "MB more with every frame",
    ),
    "tensors kept": (TENSORS_KEPT, "memory", "MB more with every frame"),
    "what a target needed is kept": (
        one(at_import="KEPT = []", init="KEPT.append(np.ones(1_500_000))"), "memory", "12 MB more with every video",
    ),
    "wide pictures": (
        one(init="assert image.shape[1] < 3 * image.shape[0], 'too wide'"), "hard frames", "with a wide picture",
    ),
    "parts of pixels": (
        one(init="assert not (box % 1).any(), 'whole ones'"), "hard frames", "whole ones, with a target between pixels",
    ),
    "grey frames": (
        one(init="assert (image[..., 0] != image[..., 1]).any(), 'no colour'"),
        "hard frames", "no colour, with a picture of one colour",
    ),
    "small targets": (
        one(init="if box[2] < 5: raise ValueError('too small')"), "hard frames", "too small, with a target of 3 pixels",
    ),
    "flat frames": (
        one(update="self.box[0] += 0 * np.float64(1) / image.std() if image.std() else np.nan"),
        "hard frames", "a box that is not finite, with a picture of one colour",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
def test_what_breaks_it_is_the_line_of_one_check(tmp_path: Path, name: str) -> None:
    text, wanted, line = BROKEN[name]
    found = check(tmp_path, text)
    assert [one.check for one in found.values() if one.verdict == "broken"] == [wanted], found
    assert line in found[wanted].line
    assert "\n" not in found[wanted].line
    if wanted == "shapes":
        assert {one.verdict for one in found.values()} == {"broken", "cannot tell"}


def test_what_is_kept_of_a_frame_is_told_but_for_what_lay_free_before(tmp_path: Path) -> None:
    grown = re.match(r"([\d.]+) MB more with every frame", check(tmp_path, TENSORS_KEPT)["memory"].line)
    assert grown is not None
    assert 0.6 < float(grown[1]) < 0.85


PUT_RIGHT = {
    "a drawn frame": (one(update="image[:3] = 0"), "images", "writes into the frame"),
    "a shifted box": (
        many().replace("State(np.array(boxes)", "State(np.array(np.add(boxes, 1, out=boxes))"),
        "images", "writes into the box",
    ),
    "words": (one(update="print('found')"), "process", "changes standard output (it prints)"),
    "another folder": (one(at_import="os.chdir('/')"), "process", "changes the working directory"),
    "another dtype": (one(init="import torch; torch.set_default_dtype(torch.float64)"), "process", "default dtype"),
    "a handler": (one(init="import signal; signal.signal(signal.SIGINT, signal.SIG_IGN)"), "process", "of signals"),
    "class attributes": (
        one(init="Mine.shared = box[0]", update="self.box[0] = Mine.shared"), "lanes", "followed turn by turn",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", PUT_RIGHT)
def test_what_a_run_puts_right_is_said_and_breaks_only_a_strict_contract(tmp_path: Path, name: str) -> None:
    text, wanted, line = PUT_RIGHT[name]
    found = check(tmp_path, text)
    assert [one.check for one in found.values() if one.verdict == "put right"] == [wanted], found
    assert line in found[wanted].line
    assert not failing(found.values())
    assert failing(found.values(), strict=True) == [found[wanted]]


def test_a_test_fails_with_the_lines_that_do_not_hold(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(one(update="image[:3] = 0\nself.box = self.box + os.urandom(1)[0] / 99"))
    name = f"py:{tmp_path / 'mine.py'}"
    with pytest.raises(AssertionError, match=r"(?s)repeats: broken: .*images: put right: writes into the frame"):
        assert_sound(name)
    (tmp_path / "mine.py").write_text(one(update="image[:3] = 0"))
    assert_sound(name, strict=False)


@pytest.mark.parametrize("name", ["siamfc@random", "cv2:kcf"])
def test_what_ships_keeps_it(name: str) -> None:
    assert not failing(check_tracker(resolve(name)))


def test_the_patch_of_the_videos_is_where_the_boxes_say(tmp_path: Path) -> None:
    video = moving_patch(3, 1)
    still = moving_patch(3, 1, step=(0, 0))
    x, y, w, h = video.boxes[2].astype(int)
    assert (x, y, w, h) == (44, 42, 30, 24)
    patch = still.frames[0][40:64, 40:70]
    np.testing.assert_array_equal(video.frames[2][y : y + h, x : x + w], patch)
    leaving = moving_patch(3, 1, (64, 48), (50, 30, 20, 20), (10, 10))
    assert [frame.shape for frame in leaving.frames] == [(48, 64, 3)] * 3
