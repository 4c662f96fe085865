"""MemTrack as a tracker: lanes, recovery, telemetry, and a memory that matters."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from following import follow, real, recording_changes_nothing, state_sizes, telemetry_as_announced

from trackers.api import Boxes, Frame, take_lanes
from trackers.memtrack.memory import empty_memory
from trackers.memtrack.tracker import MemTrack, MemTrackState
from trackers.names import expand, resolve
from trackers.nets.target import Target

SMALL = "memtrack{search_size=192}"
"""Compact, with smaller search regions: quicker, the same code."""
FRAMES = 8


def build(name: str = SMALL) -> MemTrack:
    tracker = resolve(name).build("cpu")
    assert isinstance(tracker, MemTrack)
    return tracker


def video(seed: int, frames: int = FRAMES, size: tuple[int, int] = (120, 160)) -> tuple[list[Frame], Boxes]:
    """A textured patch that wanders and changes over a textured ground, and where it begins."""
    rng = np.random.default_rng(seed)
    ground = rng.integers(60, 120, (*size, 3)).astype(np.float64)
    patch, other = rng.integers(0, 256, (2, 5, 5, 3)).repeat(6, 1).repeat(6, 2).astype(np.float64)
    pictures, x, y = [], 50, 40
    for t in range(frames):
        picture = ground.copy()
        share = t / frames
        picture[y : y + 30, x : x + 30] = (1 - share) * patch + share * other
        pictures.append(picture.astype(np.uint8))
        x, y = x + int(rng.integers(-2, 5)), y + int(rng.integers(-2, 4))
    return pictures, np.array([[50.0, 40.0, 30.0, 30.0]])


def test_names_resolve() -> None:
    assert resolve("memtrack-m8").name == "memtrack"
    assert resolve("memtrack{slots=4}").name == "memtrack-m4"
    assert resolve("memtrack-noatt:paper@random").config.attention is False
    variants = ["noatt", "hardread", "queue", "nores", "crops", "m1", "m2", "m4", "m16", "dtc"]
    names = [spec.name for spec in expand(["memtrack*"])]
    assert names == ["memtrack", *(f"memtrack-{variant}" for variant in variants)]
    assert resolve("memtrack").weights.name == resolve("memtrack-m4").weights.name == "memtrack-compact"
    for variant in ("noatt", "hardread", "queue", "nores"):  # they change what is learnt
        assert resolve(f"memtrack-{variant}").weights.name == f"memtrack-{variant}-compact"


@pytest.mark.parametrize("name", ["memtrack-dtc", "memtrack-m4-dtc", "memtrack{distractor_slots=16}"])
def test_a_second_memory_begins_fresh_beside_the_trained_controller(name: str) -> None:
    spec = resolve(name)
    assert spec.weights.name == "memtrack-compact"
    trained, first = build("memtrack").net, spec.build("cpu")
    assert isinstance(first, MemTrack)
    assert torch.equal(first.net.controller.key.weight, trained.controller.key.weight)
    assert first.net.cancelling is not None


def test_parameters() -> None:
    assert build("memtrack:paper@random").parameters() == 6_052_935


@pytest.mark.parametrize("name", ["noatt", "hardread", "queue", "nores", "m1", "m16"])
def test_every_variant_follows(name: str) -> None:
    spec = resolve(f"memtrack-{name}")
    tracker = replace(spec, config=replace(spec.config, search_size=192)).build("cpu")
    frames, box = video(1, frames=4)
    boxes, _ = follow(tracker, frames, box)
    assert np.isfinite(boxes).all()
    assert np.abs(boxes[:, :2] - box[0, :2]).max() < 40


def test_paper_preset_follows_on_random_weights() -> None:
    frames, box = video(1, frames=3)
    boxes, _ = follow(build("memtrack:paper@random"), frames, box)
    assert np.isfinite(boxes).all()
    assert (boxes[:, 2:] > 1).all()


def test_authors_crops_are_corner_aligned_and_search_sides_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    tracker = build("memtrack:paper@random")
    ramp = np.broadcast_to(np.arange(256, dtype=np.uint8)[None, :, None], (200, 256, 3)).copy()
    cut: list[torch.Tensor] = []
    crops = tracker._crops

    def keep(frames: list[Frame], target: Target, sides: torch.Tensor, size: int, colour: torch.Tensor) -> torch.Tensor:
        cut.append(sides)
        return crops(frames, target, sides, size, colour)

    target = Target.from_boxes(np.array([[112.0, 84.0, 32.0, 32.0]]), [(256, 200)])
    pixels = crops([ramp], target, torch.tensor([[64.0]]), 127, torch.zeros(1, 3))[0, 0, 0, 60]
    # a crop of side 64 whose middle is taken for pixel 128: corner pixels 63 apart, both times 255 / 256
    np.testing.assert_allclose([pixels[0], pixels[-1]], np.array([96.5, 159.5]) * 255 / 256, rtol=1e-5)

    monkeypatch.setattr(tracker, "_crops", keep)
    box = np.array([[112.0, 84.0, 31.0, 32.0]])
    tracker.step(tracker.start([ramp], box, [0]), [ramp])
    template = np.sqrt((31 + 31.5) * (32 + 31.5))
    np.testing.assert_allclose(cut[0], [[template]])
    np.testing.assert_allclose(cut[1], [np.round(template * 255 / 127 * np.array([1 / 1.05, 1, 1.05]))])


def test_a_lane_does_not_know_its_neighbours() -> None:
    tracker = build()
    tracker.recording = True
    films = [video(1), video(2, size=(150, 130))]
    together = tracker.start([film[0][0] for film in films], np.concatenate([film[1] for film in films]), [0, 0])
    beside = []
    for t in range(1, FRAMES):
        step, together = tracker.step(together, [film[0][t] for film in films])
        beside.append(step.boxes)
    for lane, (frames, box) in enumerate(films):
        alone, told = follow(tracker, frames, box)
        margins = np.minimum.accumulate(told["decision_margin"])
        same = np.array([np.allclose(a, b[lane], atol=1e-9) for a, b in zip(alone, beside, strict=True)])
        differs = np.flatnonzero(~same)
        # different only from a near-tie on
        assert not len(differs) or margins[differs[0]] < 1e-4
        assert same[0]


def test_lanes_can_be_taken_and_joined() -> None:
    tracker = build()
    films = [video(seed) for seed in (1, 2, 3)]
    states = [tracker.start(frames[:1], box, [0]) for frames, box in films]
    joined = tracker.join(tracker.join(states[0], states[1]), states[2])
    _, joined = tracker.step(joined, [frames[1] for frames, _ in films])
    swapped = tracker.take(joined, [2, 0])
    step, after = tracker.step(swapped, [films[2][0][2], films[0][0][2]])
    expected, _ = tracker.step(joined, [frames[2] for frames, _ in films])
    np.testing.assert_allclose(step.boxes, expected.boxes[[2, 0]], atol=1e-9)
    assert after.carried.memory.slots.shape[:2] == (2, 8)
    assert after.newest.shape == (2, 192, 8, 8)


def test_a_state_can_be_stepped_from_twice() -> None:
    tracker = build()
    frames, box = video(1)
    _, state = tracker.step(tracker.start(frames[:1], box, [0]), frames[1:2])
    first, second = (tracker.step(state, frames[2:3])[0] for _ in range(2))
    np.testing.assert_array_equal(first.boxes, second.boxes)
    np.testing.assert_array_equal(first.scores, second.scores)


def spoil(state: MemTrackState, field: str, lane: int) -> MemTrackState:
    """Return a copy of the state with one number of a lane's `field` that is none."""
    state = take_lanes(state, range(len(state.newest)))
    carried = state.carried
    fields = {"slots": carried.memory.slots, "newest": state.newest, **vars(carried)}
    fields[field][lane].view(-1)[0] = torch.nan
    return state


@pytest.mark.parametrize("field", ["slots", "hidden", "usage", "newest"])
def test_a_spoilt_lane_falls_back_to_its_first_template(field: str) -> None:
    tracker = build()
    tracker.recording = True
    films = [video(1), video(2)]
    state = tracker.start([film[0][0] for film in films], np.concatenate([film[1] for film in films]), [0, 0])
    for t in (1, 2):
        _, state = tracker.step(state, [film[0][t] for film in films])
    sound, _ = tracker.step(state, [film[0][3] for film in films])
    step, after = tracker.step(spoil(state, field, 0), [film[0][3] for film in films])
    assert step.telemetry["recovered"].tolist() == [1, 0]
    assert np.isfinite(step.boxes).all()
    assert np.isfinite(step.scores).all()
    np.testing.assert_array_equal(step.boxes[1], sound.boxes[1])
    assert np.abs(step.boxes[0] - sound.boxes[0]).max() < 6  # the first template still finds it
    fresh = tracker.net.begin(after.carried.first)
    for name in ("cell", "hidden", "usage", "write_weight", "gates", "decay"):
        assert torch.equal(getattr(after.carried, name)[0], getattr(fresh, name)[0])
    assert not after.carried.memory.slots[0].any()
    assert torch.equal(after.newest[0], after.carried.first[0])
    step, _ = tracker.step(after, [film[0][4] for film in films])
    assert step.telemetry["recovered"].tolist() == [0, 0]


def test_a_lane_without_a_first_template_stays_where_it_is() -> None:
    tracker = build()
    frames, box = video(1)
    state = spoil(tracker.start(frames[:1], box, [0]), "first", 0)
    step, state = tracker.step(state, frames[1:2])
    np.testing.assert_allclose(step.boxes, box)
    step, _ = tracker.step(state, frames[2:3])
    np.testing.assert_allclose(step.boxes, box)
    assert 0 <= step.scores[0] <= 1


@pytest.mark.parametrize("name", ["memtrack", "memtrack-m4", "memtrack-hardread", "memtrack:paper@random"])
def test_telemetry_is_as_announced(name: str) -> None:
    told = telemetry_as_announced(build(name), *video(1, frames=3))
    np.testing.assert_allclose(told["attention_map"].sum((1, 2)), 1, atol=1e-5)
    np.testing.assert_allclose(told["read_weights"].sum(1), 1, atol=1e-5)
    np.testing.assert_allclose(told["write_gates"].sum(1), 1, atol=1e-5)


def test_the_cosine_of_what_is_read_is_that_to_the_first_template() -> None:
    tracker = build("memtrack{write_agreement=0}")
    tracker.recording = True
    frames, box = video(1)
    state = tracker.start(frames[:1], box, [0])
    told = []
    for frame in frames[1:]:
        step, state = tracker.step(state, [frame])
        told.append(float(step.telemetry["read_cosine"][0]))
    assert told[0] == pytest.approx(1, abs=1e-5)  # the first template alone is stored
    memory, weights = state.carried.memory, torch.as_tensor(step.telemetry["read_weights"])
    read = (weights / memory.occupancy.clamp_min(1e-6))[0] @ memory.slots[0].flatten(1)
    first = state.carried.first[0].flatten()
    assert told[-1] == pytest.approx(float(read @ first / (read.norm() * first.norm())), abs=1e-5)
    assert told[-1] < 0.999  # later templates are read too


def test_recording_changes_nothing_and_is_off_by_default() -> None:
    recording_changes_nothing(build(), *video(1, frames=4))


def test_state_is_bounded_tensors() -> None:
    sizes = state_sizes(build(), *video(1, frames=4))
    assert sizes == [sizes[0]] * len(sizes)
    assert sizes[0] < 700_000


@pytest.mark.parametrize("variant", ["", "-queue"])
def test_where_the_first_template_does_not_agree_nothing_is_written(variant: str) -> None:
    frames, box = video(0, 6)
    for agreement, slots in ((0.0, 5), (1.1, 1)):
        tracker = build(f"memtrack{variant}{{write_agreement={agreement}}}")
        state = tracker.start(frames[:1], box, [0])
        for frame in frames[1:]:
            _, state = tracker.step(state, [frame])
        assert int((state.carried.memory.occupancy[0] > 0).sum()) == slots


def test_memory_is_alive_on_a_real_sequence(otb: Path) -> None:
    tracker = build("memtrack")
    tracker.recording = True
    frames, box = real(otb, "DragonBaby", 70)
    boxes, told = follow(tracker, frames, box)

    def zeroed(state: MemTrackState) -> MemTrackState:
        carried = state.carried
        nothing = replace(carried, memory=empty_memory(carried.first, 8), write_weight=carried.write_weight * 0)
        return replace(state, carried=nothing)

    def frozen(state: MemTrackState) -> MemTrackState:
        if not state.carried.memory.slots.any():
            return state  # let the first template in
        closed = torch.tensor([[1.0, 0.0, 0.0]])
        return replace(state, carried=replace(state.carried, gates=closed))

    def off(changed: Boxes) -> float:
        """Return how far the centres are from those of the tracker left alone, in the mean over frames."""
        gap = changed - boxes[: len(changed)]
        return float(np.abs(gap[:, :2] + gap[:, 2:] / 2).max(1).mean())

    grain = np.random.default_rng(0)
    grainy = [np.clip(frame + grain.integers(-1, 2, frame.shape), 0, 255).astype(np.uint8) for frame in frames[:30]]
    noise = off(follow(tracker, grainy, box)[0])
    for meddle in (zeroed, frozen):
        changed, _ = follow(tracker, frames[:30], box, meddle=meddle)
        assert off(changed) > max(0.5, 2 * noise), meddle.__name__  # measured: 3.5 against .9 px
    least = {"write_gates": 0.1, "read_weights": 0.05, "read_strength": 3.0, "attention_entropy": 0.1,
             "decay": 1e-3, "residual_mean": 1e-3}  # fmt: skip
    for name, much in least.items():  # measured: .23, .16, 12, .31, .005, .009
        moved = np.ptp(told[name][5:], axis=0)
        assert (moved > much).all(), (name, moved)
    assert (told["usage"][-1] > 0).all()
    assert told["slot_age"].max() > 5
    assert told["residual_mean"].mean() > 0.5
    assert (told["slot_age"][-1] < len(boxes) / 2).all()  # what every slot holds is of the later half
