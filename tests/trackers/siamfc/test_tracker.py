from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from conftest import paint

from trackers.api import Tracker
from trackers.errors import InputError
from trackers.names import resolve
from trackers.nets.alexnet import AlexNet

FIRST = np.array([40.0, 40.0, 30.0, 24.0])


@pytest.fixture(scope="module")
def tracker() -> Tracker:
    return resolve("siamfc").build("cpu")


def follow(tracker: Tracker, videos: list[list[np.ndarray]]) -> np.ndarray:
    """Return (frames, lanes, 4) boxes of videos tracked side by side."""
    state = tracker.start([video[0] for video in videos], np.stack([FIRST] * len(videos)), list(range(len(videos))))
    boxes = []
    for frames in zip(*(video[1:] for video in videos), strict=True):
        step, state = tracker.step(state, frames)
        boxes.append(step.boxes)
        assert ((step.scores >= 0) & (step.scores <= 1)).all()
    return np.array(boxes)


def test_a_moving_patch_is_followed(tracker: Tracker) -> None:
    boxes = follow(tracker, [paint(10, step=3)])[:, 0]
    expected = FIRST[0] + 3 * np.arange(1, 10)
    np.testing.assert_allclose(boxes[:, 0] + boxes[:, 2] / 2, expected + 15, atol=3)
    np.testing.assert_allclose(boxes[:, 2:], np.tile(FIRST[2:], (9, 1)), rtol=0.15)


def test_a_lane_beside_others_is_what_it_is_alone(tracker: Tracker) -> None:
    videos = [paint(8, seed=0), paint(8, seed=1, size=(200, 140), step=3), paint(8, seed=2, step=1)]
    together = follow(tracker, videos)
    for lane, video in enumerate(videos):
        np.testing.assert_allclose(together[:, lane], follow(tracker, [video])[:, 0], atol=1e-4)


def test_lanes_can_be_taken_out_and_joined_midway(tracker: Tracker) -> None:
    videos = [paint(8, seed=0), paint(8, seed=1, step=3)]
    whole = follow(tracker, videos)
    state = tracker.start([v[0] for v in videos], np.stack([FIRST, FIRST]), [0, 1])
    _, state = tracker.step(state, [v[1] for v in videos])
    swapped = tracker.join(tracker.take(state, [1]), tracker.take(state, [0]))
    for index in range(2, 8):
        step, swapped = tracker.step(swapped, [videos[1][index], videos[0][index]])
        np.testing.assert_allclose(step.boxes[::-1], whole[index - 1], atol=1e-4)


def test_alone_the_same_video_gives_the_same_bits(tracker: Tracker) -> None:
    np.testing.assert_array_equal(follow(tracker, [paint(6)]), follow(tracker, [paint(6)]))


def test_a_step_leaves_the_state_before_it_usable(tracker: Tracker) -> None:
    video = paint(3)
    state = tracker.start(video[:1], FIRST[None], [0])
    first, _ = tracker.step(state, video[1:2])
    again, _ = tracker.step(state, video[1:2])
    np.testing.assert_array_equal(first.boxes, again.boxes)


def test_signals_are_reported_only_when_asked_for_and_within_their_ranges(tracker: Tracker) -> None:
    video = paint(3)
    state = tracker.start(video[:1], FIRST[None], [0])
    assert not tracker.step(state, video[1:2])[0].telemetry
    tracker.recording = True
    try:
        step, _ = tracker.step(state, video[1:2])
    finally:
        tracker.recording = False
    assert set(step.telemetry) == {signal.name for signal in tracker.signals}
    for signal in tracker.signals:
        value = step.telemetry[signal.name]
        assert value.shape == (1, *signal.shape)
        assert ((value >= signal.low) & (value <= signal.high)).all()


def test_the_running_average_changes_the_template_and_the_fixed_one_stays() -> None:
    video = paint(4, step=4)
    for name, moves in (("siamfc", False), ("siamfc-avg", True)):
        tracker = resolve(name).build("cpu")
        before = tracker.start(video[:1], FIRST[None], [0])
        _, after = tracker.step(before, video[1:2])
        assert torch.equal(before.templates, after.templates) is not moves


@pytest.mark.parametrize("name", ["siamfc-s1", "siamfc-s5", "siamfc-crops", "siamfc:paper@random"])
def test_every_variant_and_the_paper_preset_run(name: str) -> None:
    tracker = resolve(name).build("cpu")
    assert np.isfinite(follow(tracker, [paint(3), paint(3, seed=1)])).all()


def test_the_paper_preset_has_the_published_sizes() -> None:
    tracker = resolve("siamfc:paper@random").build("cpu")
    assert tracker.parameters() == 2_336_320
    state = tracker.start(paint(1), FIRST[None], [0])
    assert state.templates.shape == (1, 1, 256, 6, 6)


@pytest.mark.parametrize("prefix", ["backbone.", "module.backbone."])
def test_a_public_checkpoint_is_loaded_by_its_names(tmp_path: Path, prefix: str) -> None:
    torch.manual_seed(1)
    net = AlexNet(groups=2)
    file = tmp_path / "siamfc.pth"
    torch.save({prefix + name: value for name, value in net.state_dict().items()}, file)
    tracker = resolve(f"siamfc:paper@{file}").build("cpu")
    image = 255 * torch.rand(1, 3, 127, 127)
    with torch.inference_mode():
        assert torch.allclose(tracker.net.backbone(image), net.eval()(image), rtol=1e-4, atol=1e-4)


def test_a_checkpoint_of_something_else_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "other.pth"
    torch.save({"layer.weight": torch.zeros(3)}, file)
    with pytest.raises(InputError, match="does not fit"):
        resolve(f"siamfc:paper@{file}").build("cpu")


def test_a_trunk_cut_earlier_still_tracks_and_another_block_is_refused() -> None:
    tracker = resolve("siamfc{last_block=7}").build("cpu")
    assert tracker.start(paint(1), FIRST[None], [0]).templates.shape == (1, 3, 80, 8, 8)
    boxes = follow(tracker, [paint(10, step=3)])[:, 0]
    np.testing.assert_allclose(boxes[-1], [67, 40, 30, 24], atol=4)
    with pytest.raises(InputError, match="block 7 or 10, not 9"):
        resolve("siamfc{last_block=9}").build("cpu")
