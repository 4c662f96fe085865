from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from pretend_device import NAME

from benchmark.datasets.folder import FolderDataset
from benchmark.datasets.selection import select
from benchmark.datasets.sequence import Annotation, Sequence
from benchmark.engine.audit import Comparison, against_cpu, audit, audit_frames, compare
from benchmark.engine.job import Job, Outcome
from trackers.names import resolve

START = 5


def outcome(boxes: np.ndarray, margins: list[float] | None = None, error: str = "") -> Outcome:
    frames = START + len(boxes)
    annotation = Annotation("plain", np.ones((frames, 4)), np.ones(frames, bool), start=START)
    video = Sequence(annotation, tuple(Path(f"{index}.png") for index in range(frames)))
    telemetry = {} if margins is None else {"decision_margin": np.array(margins)}
    return Outcome(Job(video, START, boxes[0], 0), boxes, np.ones(len(boxes)), 0.0, telemetry, error)


def changed(frame: int, by: float) -> np.ndarray:
    boxes = np.full((6, 4), 20.0)
    boxes[frame:, 2] += by
    boxes[-1, 0] += 3 * by
    return boxes


FLAT = np.full((6, 4), 20.0)
CLEAR = [0.3] * 5


def test_equal_means_bit_for_bit() -> None:
    assert compare("t", (1, 1), outcome(FLAT), outcome(FLAT)).verdict == "equal"
    found = compare("t", (1, 1), outcome(FLAT), outcome(np.nextafter(FLAT, 21)))
    assert (found.verdict, found.frame, found.sound) == ("differs", START, False)


@pytest.mark.parametrize(
    ("margins", "verdict", "sound"),
    [
        ([0.3, 0.3, 5e-5, 0.3, 0.3], "near tie", True),
        ([5e-5, 0.3, 0.3, 0.3, 0.3], "near tie", True),
        ([0.3, 0.3, 0.3, 5e-5, 5e-5], "differs", False),
        (CLEAR, "differs", False),
        (None, "cannot tell", False),
    ],
)
def test_boxes_may_part_at_or_after_a_near_tie_alone(margins: list[float] | None, verdict: str, sound: bool) -> None:
    found = compare("t", (1, 4), outcome(FLAT, margins), outcome(changed(3, 7.0), margins))
    assert (found.verdict, found.sound) == (verdict, sound)
    assert (found.frame, found.pixels, found.largest) == (START + 3, 7.0, 21.0)
    assert found.margin == (None if margins is None else min(margins[:3]))


def test_the_nearer_of_both_runs_decisions_counts() -> None:
    near = [*CLEAR[:2], 1e-6, *CLEAR[:2]]
    for first, second in ((near, CLEAR), (CLEAR, near)):
        assert compare("t", (1, 4), outcome(FLAT, first), outcome(changed(3, 7.0), second)).margin == 1e-6


def test_rounding_is_no_decision() -> None:
    found = compare("t", (1, 4), outcome(FLAT, CLEAR), outcome(changed(2, 1e-5), CLEAR))
    assert (found.verdict, found.sound, found.frame) == ("rounding", True, START + 2)
    assert found.largest == pytest.approx(3e-5, rel=1e-3)
    later = changed(2, 1e-5)
    later[4:, 1] += 9
    assert compare("t", (1, 4), outcome(FLAT, CLEAR), outcome(later, CLEAR)).frame == START + 4


def test_boxes_that_are_no_numbers_part_too() -> None:
    lost = FLAT.copy()
    lost[4:] = np.nan
    assert compare("t", (1, 4), outcome(lost), outcome(lost)).verdict == "equal"
    found = compare("t", (1, 4), outcome(FLAT, CLEAR), outcome(lost, CLEAR))
    assert (found.verdict, found.frame) == ("differs", START + 4)


def test_a_failed_run_is_not_sound() -> None:
    found = compare("t", (1, 1), outcome(FLAT), outcome(FLAT[:2], error="Traceback\nValueError: boom"))
    assert (found.verdict, found.reason, found.sound) == ("failed", "ValueError: boom", False)


def test_a_tracker_is_run_twice_and_at_each_other_lane_count(picture_folder: Path) -> None:
    selection = select(FolderDataset(picture_folder))
    counted: list[int] = []
    spec = resolve("siamfc-s1")
    found = list(audit(spec, selection, "cpu", 0, (1, 3), counted.append))
    assert [(one.lanes, one.sequence) for one in found] == [
        (lanes, name) for lanes in ((1, 1), (1, 3)) for name in ("first", "second", "third")
    ]
    assert all(one.verdict == "equal" for one in found[:3])
    assert all(one.sound for one in found)
    assert sum(counted) == audit_frames(spec, selection, (1, 3)) == 3 * (6 + 8 + 10)


def test_a_tracker_of_one_lane_is_repeated_alone(picture_folder: Path) -> None:
    selection = select(FolderDataset(picture_folder), sequences=["first"])
    found = list(audit(resolve("cv2:kcf"), selection, "cpu", 0, (1, 4, 8)))
    assert found == [Comparison("cv2:kcf", "first", (1, 1), "equal")]
    assert audit_frames(resolve("cv2:kcf"), selection, (1, 4, 8)) == 12


def test_a_device_is_compared_with_the_cpu(pretend, picture_folder: Path) -> None:
    selection = select(FolderDataset(picture_folder), sequences=["first", "second"])
    found = list(against_cpu(resolve("memtrack"), selection, NAME, 0, (1, 2)))
    assert [(one.sequence, one.lanes) for one in found] == [
        (name, (1, count)) for count in (1, 2) for name in ("first", "second")
    ]
    assert all(one.devices == ("cpu", NAME) and not one.repeated and one.sound for one in found), found


@pytest.mark.parametrize(("margin", "verdict"), [(5e-3, "near tie"), (2e-2, "differs")])
def test_on_another_device_more_is_a_near_tie(margin: float, verdict: str) -> None:
    first, second = outcome(FLAT, [margin] * 5), outcome(changed(3, 7.0), [margin] * 5)
    assert compare("t", (1, 1), first, second, ("cpu", "cuda:0")).verdict == verdict
    assert compare("t", (1, 4), first, second).verdict == "differs"
