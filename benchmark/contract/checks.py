"""The contract of `trackers.api` as checks, each one line; what shipped trackers are held to and others may be.

Every check follows made-up videos of a patch that moves, with the tracker guarded as in a run.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from time import perf_counter
from typing import Any

import numpy as np

from benchmark.contract.endurance import long_run, memory
from benchmark.contract.finding import Finding, Says, failing
from benchmark.contract.readings import misread
from benchmark.contract.subject import Subject
from benchmark.contract.trial import Trial, leaves
from benchmark.contract.video import hard_videos, moving_patch
from benchmark.metrics.overlap import overlap
from benchmark.plurals import counted
from trackers.adapters.one_target import Objects
from trackers.api import Boxes, lane_bytes
from trackers.boxes import oddities
from trackers.errors import describe
from trackers.names import TrackerSpec, resolve

ROUNDING = 1e-3
"""What rounding may do: to pixels at another number of lanes (`benchmark.engine.audit`), to a signal at its bounds."""
OTHERS = 1001
"""Objects that are made between two runs which must be the same."""
WARM_UP, TIMED, LONGEST = 3, 20, 5.0
"""Frames before the clock counts, frames that it counts, and seconds after which it counts no more."""
SHARED = "class attributes, globals or global random numbers are shared; a run follows one at a time"
OWN_LANE = "a lane's result must not depend on what runs beside it, on its place, or on when it began"


def check_tracker(spec: TrackerSpec, device: str = "cpu") -> Iterator[Finding]:
    """Build a tracker and yield what each check says; InputError where it cannot be built."""
    subject = Subject(Trial.build(spec, device))
    broken: set[str] = set()
    for name, check in CHECKS.items():
        if before := next((one for one in ("shapes", *NEEDED.get(name, ())) if one in broken), ""):
            yield Finding(name, "cannot tell", f"{before} is broken")
            continue
        try:
            verdict, line = check(subject)
        except Exception as error:
            verdict, line = "broken", f"{describe(error)}, at frame {subject.trial.frame}"
        broken |= {name} if verdict == "broken" else set()
        yield Finding(name, verdict, line)


def assert_sound(name: str, device: str = "cpu", *, strict: bool = True) -> None:
    """Raise AssertionError with every line of a tracker that breaks the contract; for tests of a tracker's package."""
    wrong = failing(check_tracker(resolve(name), device), strict)
    assert not wrong, "\n".join(f"{one.check}: {one.verdict}: {one.line}" for one in wrong)


def _shapes(subject: Subject) -> Says:
    boxes, scores = subject.alone
    if odd := oddities(boxes, scores):
        return "broken", "; ".join(odd) + ": keep the last box, and a score from 0 to 1, where the target is lost"
    height, width = subject.first.frames[0].shape[:2]
    found, truth = boxes[1:4], subject.first.boxes[1:4]  # before a tracker that stays behind is far away
    if (wrong := misread(found, truth, (width, height))) is not None:
        return "broken", (f"boxes seem to be {wrong.reading}: so read they overlap the target by {wrong.read:.2f}, "
                          f"as x, y, w, h by {wrong.given:.2f}")  # fmt: skip
    if not overlap(found, np.array([[0.0, 0, width, height]] * len(found))).any():
        return "broken", "boxes are outside of the picture, where the target is not: they must be pixels, from 0 on"
    near = float(overlap(found, truth).mean())
    return "fine", f"boxes x, y, w, h and scores within 0 to 1; overlap with a patch that moves {near:.2f}"


def _repeats(subject: Subject) -> Says:
    boxes, _ = subject.alone
    subject.trial.follow(subject.second)
    kept = [object() for _ in range(OTHERS)]  # what lies in memory before the tracker's own must not matter
    again = subject.trial.follow(subject.first)[0][0]
    del kept
    if np.array_equal(boxes, again):
        return "fine", "the same boxes bit for bit when followed again, after another target"
    return "broken", (f"{_apart(boxes, again)} when followed again, after another target: begin anew at every start, "
                      "draw random numbers from the seed alone, and look at no clock, hash or address")  # fmt: skip


def _lanes(subject: Subject) -> Says:
    most = subject.trial.watched.max_lanes
    both = subject.trial.follow(subject.first, subject.second)[0]
    staggered = _staggered(subject)
    alone = subject.alone[0], subject.other_alone
    for found, expected in zip((*both, *staggered), (*alone, *alone), strict=True):
        if np.abs(found - expected).max() > ROUNDING:
            where = _apart(expected, found)
            if most == 1:
                return "put right", f"{where} when two targets are followed turn by turn: {SHARED}"
            return "broken", f"{where} beside another lane: {OWN_LANE}"
    return "fine", "two targets side by side, begun at different times, are followed as each alone"


def _staggered(subject: Subject) -> tuple[Boxes, Boxes]:
    """Follow the second video from the third frame of the first on, in the lane before, and alone at the end."""
    trial, late = subject.trial, 3
    frames = subject.first.frames, subject.second.frames
    boxes: tuple[list[Any], list[Any]] = ([subject.first.boxes[0]], [subject.second.boxes[0]])
    state = trial.start([subject.first])
    for index in range(1, late):
        step, state = trial.tracker.step(state, [frames[0][index]])
        boxes[0].append(trial.looked_at(step, 1)[0])
    state = trial.tracker.join(trial.start([subject.second]), state)
    for index in range(late, len(frames[0])):
        trial.frame = index
        step, state = trial.tracker.step(state, [frames[1][index - late + 1], frames[0][index]])
        found = trial.looked_at(step, 2)
        boxes[1].append(found[0])
        boxes[0].append(found[1])
    state = trial.tracker.take(state, [0])
    for index in range(len(frames[0]) - late + 1, len(frames[1])):
        step, state = trial.tracker.step(state, [frames[1][index]])
        boxes[1].append(trial.looked_at(step, 1)[0])
    return np.array(boxes[0]), np.array(boxes[1])


def _state(subject: Subject) -> Says:
    trial = subject.trial
    state = trial.start([subject.first])
    if isinstance(getattr(state, "state", state), Objects):  # a third party's is held by its guard
        return "fine", "kept by its objects, one a target"
    size = None
    for index, frame in enumerate(subject.first.frames[1:], 1):
        trial.frame = index
        before = leaves(state)
        one, after = trial.tracker.step(state, [frame])
        same = all(np.array_equal(*pair, equal_nan=True) for pair in zip(before, leaves(state), strict=True))
        two, _ = trial.tracker.step(state, [frame])
        if not same or not np.array_equal(one.boxes, two.boxes):
            return "broken", (f"step changes the state that it is given (frame {index}): return a new one, a run steps "
                              "again from the old one where another lane failed")  # fmt: skip
        state = after
        size = lane_bytes(state) if size is None else size
    return "fine", f"step leaves the state that it was given as it was; {size or 0:,} bytes a lane"


def _telemetry(subject: Subject) -> Says:
    trial, signals = subject.trial, {one.name: one for one in subject.trial.watched.signals}
    if not signals:
        return "fine", "it reports none"
    trial.tracker.recording = True
    try:
        state, boxes = trial.start([subject.first]), [subject.first.boxes[0]]
        for index, frame in enumerate(subject.first.frames[1:], 1):
            trial.frame = index
            step, state = trial.tracker.step(state, [frame])
            boxes.append(trial.looked_at(step, 1)[0])
            for name, values in step.telemetry.items():
                if name not in signals or np.shape(values) != (1, *signals[name].shape):
                    return "broken", f"{name!r} of shape {np.shape(values)[1:]} is none of its signals"
                low, high = signals[name].low, signals[name].high
                if np.any(values < low - ROUNDING) or np.any(values > high + ROUNDING):
                    return "broken", f"{name!r} is beyond {low:g} to {high:g}, at frame {index}"
    finally:
        trial.tracker.recording = False
    if not np.array_equal(np.array(boxes), subject.alone[0]):
        return "broken", f"{_apart(subject.alone[0], np.array(boxes))} where telemetry is recorded"
    return "fine", f"{counted(len(signals), 'signal')} within range; boxes are the same with them"


def _images(subject: Subject) -> Says:
    written = subject.trial.watched.written
    if not written:
        return "fine", "frames and boxes that it is given stay as they are"
    what = " and the ".join(sorted(written))
    return "put right", f"writes into the {what} that it is given: a run hands it copies, other programs do not"


def _process(subject: Subject) -> Says:
    if left := subject.trial.left:
        return "broken", left
    if not (changed := sorted(subject.trial.changed)):
        return "fine", "leaves the process as it was"
    return "put right", f"changes {', '.join(changed)}: a run puts it back, other programs do not"


def _hard_frames(subject: Subject) -> Says:
    trial = subject.trial
    for what, video in hard_videos().items():
        try:
            boxes, _ = trial.follow(video)
        except Exception as error:
            return "broken", f"{describe(error)}, with {what}, frame {trial.frame}"
        if not np.isfinite(boxes).all():
            return "broken", f"a box that is not finite, with {what}: keep the last one"
    return "fine", ("goes on with targets that are tiny, huge, between pixels, half outside or gone, and in pictures "
                    "that are wide, high, grey or of one colour")  # fmt: skip


def _speed(subject: Subject) -> Says:
    video = moving_patch(WARM_UP + TIMED + 1, 8, (640, 480), (200, 150, 80, 60))
    seconds: list[float] = []
    began = perf_counter()
    state = subject.trial.start([video])
    first, began = perf_counter() - began, perf_counter()
    for index, frame in enumerate(video.frames[1:], 1):
        subject.trial.frame = index
        before = perf_counter()
        _, state = subject.trial.tracker.step(state, [frame])
        seconds.append(perf_counter() - before)
        if perf_counter() - began > LONGEST and len(seconds) > 1:
            break
    timed = seconds[WARM_UP:] or seconds[1:] or seconds
    return "fine", (f"{np.median(timed) * 1e3:.1f} ms a frame of 640x480, median of {len(timed)}, "
                    f"its start {first * 1e3:.0f} ms, the guard included; `run_bench speed` measures it")  # fmt: skip


def _apart(one: Boxes, other: Boxes) -> str:
    distance = np.abs(one - other).max(axis=1)
    return f"boxes differ by up to {np.nanmax(distance):.3g} px from frame {int(np.argmax(distance > 0))} on"


CHECKS: dict[str, Callable[[Subject], Says]] = {
    "shapes": _shapes,
    "repeats": _repeats,
    "lanes": _lanes,
    "state": _state,
    "telemetry": _telemetry,
    "long run": long_run,
    "memory": memory,
    "hard frames": _hard_frames,
    "images": _images,
    "process": _process,
    "speed": _speed,
}
"""In order: what is watched all the time is said near the end."""
NEEDED = {
    **dict.fromkeys(("lanes", "state", "telemetry"), ("repeats",)),
    **dict.fromkeys(("memory", "speed"), ("long run",)),
}
"""What must not be broken, beside the shapes, for a check to tell anything."""
