"""DualMN as a tracker: three configurations, lanes, recovery, telemetry, and memories that matter."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import cv2
import numpy as np
import pytest
import torch
from following import follow, recording_changes_nothing, state_sizes, telemetry_as_announced, tensors

from trackers.api import Boxes, Frame, take_lanes
from trackers.dualmn.decision import Decider, Reason
from trackers.dualmn.tracker import DualMN, DualMNState
from trackers.names import expand, resolve

SMALL = "search_size=128,memory_size=64,augmentations=3,samples=3,slots=4,start_steps=3,update_every=2"
"""Smaller crops and memories: quicker, the same code."""
NAMES = ("dualmn-short", "dualmn-long", "dualmn")
FRAMES = 8


def build(name: str, more: str = "") -> DualMN:
    """Return a small tracker of which nothing is trained."""
    tracker = resolve(f"{name}{{{SMALL}{',' * bool(more)}{more}}}@imagenet").build("cpu")
    assert isinstance(tracker, DualMN)
    return tracker


def video(seed: int, frames: int = FRAMES, size: tuple[int, int] = (120, 160)) -> tuple[list[Frame], Boxes]:
    """A textured patch that wanders over a smooth ground, and where it begins."""
    rng = np.random.default_rng(seed)
    ground = np.asarray(cv2.GaussianBlur(rng.integers(0, 255, (*size, 3), np.uint8), (0, 0), 5), np.uint8)
    patch = cv2.resize(rng.integers(0, 255, (6, 6, 3), np.uint8), (30, 30), interpolation=cv2.INTER_NEAREST)
    pictures: list[Frame] = []
    x, y = 50, 40
    for _ in range(frames):
        picture = ground.copy()
        picture[y : y + 30, x : x + 30] = patch
        pictures.append(picture)
        x, y = x + int(rng.integers(-2, 5)), y + int(rng.integers(-2, 4))
    return pictures, np.array([[50.0, 40.0, 30.0, 30.0]])


def test_names_resolve() -> None:
    assert resolve("dualmn-short").config.branches == "short"
    assert resolve("dualmn-long").config.branches == "long"
    chained = resolve("dualmn-short-k4-ungated").config
    assert (chained.branches, chained.samples, chained.gated) == ("short", 4, False)
    assert resolve("dualmn-n4").name == "dualmn"
    assert resolve("dualmn{decision=soft}").name == "dualmn-soft"
    assert resolve("dualmn-long").weights.name == "dualmn-compact"
    assert resolve("dualmn-long").config.long_head
    assert not resolve("dualmn-long@imagenet").config.long_head
    assert len(expand(["dualmn*"])) == len({spec.identity() for spec in expand(["dualmn*"])})


@pytest.mark.parametrize("name", NAMES)
def test_a_wandering_patch_is_followed(name: str) -> None:
    tracker = build(name)
    tracker.recording = True
    frames, box = video(1)
    boxes, told = follow(tracker, frames, box)
    truth = np.array([_corner(1, t) for t in range(1, FRAMES)])
    np.testing.assert_allclose(boxes[:, :2] + boxes[:, 2:] / 2, truth + 15, atol=4)
    np.testing.assert_allclose(boxes[:, 2:], 30, rtol=0.2)
    assert not told["recovered"].any()


def _corner(seed: int, frame: int) -> tuple[float, float]:
    """Where the patch of `video` is."""
    rng = np.random.default_rng(seed)
    rng.integers(0, 255, (120, 160, 3), np.uint8)
    rng.integers(0, 255, (6, 6, 3), np.uint8)
    x, y = 50, 40
    for _ in range(frame):
        x, y = x + int(rng.integers(-2, 5)), y + int(rng.integers(-2, 4))
    return x, y


@pytest.mark.parametrize("name", NAMES)
def test_a_lane_beside_others_is_what_it_is_alone(name: str) -> None:
    tracker = build(name)
    tracker.recording = True
    films = [video(1), video(2, size=(150, 130)), video(3)]
    together = tracker.start([film[0][0] for film in films], np.concatenate([film[1] for film in films]), [0, 1, 2])
    # One lane is a few frames older than the others: its memories are written, thinned and learnt at other times.
    older = tracker.start(films[0][0][:1], films[0][1], [0])
    for frame in films[0][0][1:4]:
        _, older = tracker.step(older, [frame])
    together = tracker.join(tracker.take(together, [1, 2]), older)
    order = [films[1][0][1:5], films[2][0][1:5], films[0][0][4:8]]
    beside = []
    for frames in zip(*order, strict=True):
        step, together = tracker.step(together, list(frames))
        beside.append(step.boxes)
    for lane, film in enumerate((1, 2, 0)):
        alone, told = follow(tracker, *films[film], seed=film)
        first = 3 if film == 0 else 0
        same = [np.allclose(alone[first + t], beside[t][lane], atol=1e-3) for t in range(4)]
        differs = np.flatnonzero(~np.array(same))
        margins = np.minimum.accumulate(told["decision_margin"])
        # different only from a near-tie on
        assert not len(differs) or margins[first + differs[0]] < 1e-4
        assert same[0]


@pytest.mark.parametrize("name", NAMES)
def test_lanes_can_be_taken_and_joined(name: str) -> None:
    tracker = build(name)
    films = [video(seed) for seed in (1, 2, 3)]
    states = [tracker.start(frames[:1], box, [seed]) for seed, (frames, box) in enumerate(films)]
    joined = tracker.join(tracker.join(states[0], states[1]), states[2])
    _, joined = tracker.step(joined, [frames[1] for frames, _ in films])
    swapped = tracker.take(joined, [2, 0])
    step, after = tracker.step(swapped, [films[2][0][2], films[0][0][2]])
    expected, _ = tracker.step(joined, [frames[2] for frames, _ in films])
    np.testing.assert_allclose(step.boxes, expected.boxes[[2, 0]], atol=1e-3)
    assert {tensor.shape[0] for tensor in tensors(after)} == {2}


def test_a_state_can_be_stepped_from_twice() -> None:
    tracker = build("dualmn")
    frames, box = video(1)
    _, state = tracker.step(tracker.start(frames[:1], box, [0]), frames[1:2])
    before = [tensor.clone() for tensor in tensors(state)]
    first, second = (tracker.step(state, frames[2:3])[0] for _ in range(2))
    np.testing.assert_array_equal(first.boxes, second.boxes)
    assert all(torch.equal(a, b) for a, b in zip(before, tensors(state), strict=True))


def test_the_seed_alone_decides_what_is_drawn() -> None:
    tracker = build("dualmn-short")
    frames, box = video(1)
    first, again, other = (follow(tracker, frames, box, seed)[0] for seed in (5, 5, 6))
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)


@pytest.mark.parametrize("name", NAMES)
def test_state_is_bounded_tensors(name: str) -> None:
    tracker = build(name)
    frames, box = video(1, frames=12)
    sizes = state_sizes(tracker, frames, box)
    assert sizes == [sizes[0]] * len(sizes)


@pytest.mark.parametrize("name", [*NAMES, "dualmn-soft", "dualmn-max", "dualmn-n1", "dualmn-long-n8"])
def test_telemetry_is_as_announced(name: str) -> None:
    told = telemetry_as_announced(build(name), *video(1, frames=6))
    if "read_mass" in told:
        np.testing.assert_allclose(told["read_mass"].sum(1), 1, atol=1e-4)
        unread = told["read_age"] < 0
        assert (told["read_mass"][unread] == 0).all()


def test_recording_changes_nothing_and_is_off_by_default() -> None:
    recording_changes_nothing(build("dualmn"), *video(1, frames=4))


@pytest.mark.parametrize(
    "name",
    [
        "dualmn-ungated",
        "dualmn-nofirst",
        "dualmn-short-latest-k2",
        "dualmn-short-k1",
        "dualmn-long-n2-nofirst",
        "dualmn-soft-ungated",
    ],
)
def test_variants_follow(name: str) -> None:
    frames, box = video(1, frames=6)
    boxes, _ = follow(build(name), frames, box)
    assert np.abs(boxes[-1, :2] - _corner(1, 5)).max() < 6


@pytest.mark.parametrize("name", NAMES)
def test_heads_can_be_switched_on(name: str) -> None:
    tracker = build(name, "long_head=true,short_head=true,tower_depth=1,tower_channels=8")
    frames, box = video(1, frames=4)
    boxes, _ = follow(tracker, frames, box)
    assert np.isfinite(boxes).all()
    assert (boxes[:, 2:] >= 30 * 0.2 - 1e-9).all()


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_the_paper_preset_follows_on_random_weights(name: str) -> None:
    frames, box = video(1, frames=3)
    boxes, _ = follow(resolve(f"{name}:paper@random").build("cpu"), frames, box)  # type: ignore[arg-type]
    assert np.isfinite(boxes).all()
    assert (boxes[:, 2:] >= 2).all()


def changed(state: DualMNState, change: Callable[[DualMNState], None]) -> DualMNState:
    """Return a copy of the state after `change`, which may write into its tensors."""
    state = take_lanes(state, range(len(state.age)))
    change(state)
    return state


def spoil_filter(state: DualMNState) -> None:
    state.branches["short"].filters[0, 0, 0, 0] = torch.nan


def spoil_sample(state: DualMNState) -> None:
    state.branches["short"].memory.latest[0, 0, 0, 0, 0] = torch.nan
    state.branches["short"].filters[0] = torch.inf


def spoil_slot(state: DualMNState) -> None:
    state.branches["long"].slots.features[0, 1, 0, 0, 0] = torch.nan


def empty_memory(state: DualMNState) -> None:
    state.branches["long"].count[0] = 0
    state.branches["long"].newest.born[0] = -1


@pytest.mark.parametrize("change", [spoil_filter, spoil_sample, spoil_slot, empty_memory])
@pytest.mark.parametrize("trained", [False, True])
def test_a_spoilt_lane_begins_afresh_and_follows_on(change: Callable[[DualMNState], None], trained: bool) -> None:
    tracker = resolve("dualmn").build("cpu") if trained else build("dualmn")
    tracker.recording = True
    films = [video(1), video(2)]
    state = tracker.start([film[0][0] for film in films], np.concatenate([film[1] for film in films]), [0, 1])
    for t in (1, 2, 3):
        _, state = tracker.step(state, [film[0][t] for film in films])
    sound, _ = tracker.step(state, [film[0][4] for film in films])
    step, after = tracker.step(changed(state, change), [film[0][4] for film in films])
    assert step.telemetry["recovered"].tolist() == [1, 0]
    assert np.isfinite(step.scores).all()
    np.testing.assert_allclose(step.boxes[1], sound.boxes[1], atol=1e-6)
    assert np.abs(step.boxes[0] - sound.boxes[0]).max() < 6
    assert all(torch.isfinite(tensor).all() for tensor in tensors(after))
    step, _ = tracker.step(after, [film[0][5] for film in films])
    assert step.telemetry["recovered"].tolist() == [0, 0]


def test_a_collapsed_box_is_held_at_its_smallest_and_grows_again() -> None:
    tracker = build("dualmn")
    frames, box = video(1)
    state = tracker.start(frames[:1], box, [0])
    tiny = replace(state, target=replace(state.target, size=torch.full((1, 2), 1e-9, dtype=torch.float64)))
    step, _ = tracker.step(tiny, frames[1:2])
    assert np.isfinite(step.boxes).all()
    assert (step.boxes[:, 2:] >= 0.2 * 30 - 1e-9).all()


def test_where_nothing_is_found_the_box_stays_and_nothing_is_learnt() -> None:
    tracker = build("dualmn")
    tracker.recording = True
    frames, box = video(1)
    _, state = tracker.step(tracker.start(frames[:1], box, [0]), frames[1:2])
    blank = np.full_like(frames[0], 127)
    step, after = tracker.step(state, [blank])
    told = {name: values[0] for name, values in step.telemetry.items()}
    assert (told["decider"], told["reason"]) == (Decider.NEITHER, Reason.LOST)
    np.testing.assert_allclose(step.boxes, state.target.boxes())
    assert told["long_stored"] == told["short_stored"] == 0
    assert told["short_frozen"] == 1
    assert torch.equal(after.branches["short"].filters, state.branches["short"].filters)
    assert torch.equal(after.branches["long"].newest.features, state.branches["long"].newest.features)
