from __future__ import annotations

import itertools

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from reports.failures import KINDS, SHORTEST, cut


def steady(frames: int = 60) -> np.ndarray:
    """A target of 40x30 pixels that moves by a pixel a frame."""
    return np.column_stack(
        [100 + np.arange(frames), np.full(frames, 80), np.full(frames, 40), np.full(frames, 30)]
    ).astype(float)


def kinds(boxes: np.ndarray, truth: np.ndarray, valid: np.ndarray | None = None) -> list[tuple[str, int, int]]:
    known = np.ones(len(truth), bool) if valid is None else valid
    return [(one.kind, one.first, one.end) for one in cut(boxes, truth, known)]


def test_a_perfect_trajectory_is_tracked() -> None:
    assert kinds(steady(), steady()) == [("tracked", 0, 60)]


def test_a_box_of_the_wrong_size_on_the_right_spot_is_a_scale_error() -> None:
    boxes = steady()
    boxes[30:, :2] -= [30, 22.5]
    boxes[30:, 2:] += [60, 45]
    assert kinds(boxes, steady()) == [("tracked", 0, 30), ("scale", 30, 60)]


def test_a_box_beside_its_target_has_drifted() -> None:
    boxes = steady()
    boxes[30:, 0] += 20
    assert kinds(boxes, steady()) == [("tracked", 0, 30), ("drift", 30, 60)]


def test_a_target_that_leaves_its_box_behind_is_lost_and_found_again() -> None:
    truth = steady(90)
    truth[30:60, 1] += np.arange(30) * 2
    boxes = steady(90)
    assert [kind for kind, *_ in kinds(boxes, truth)] == ["tracked", "drift", "lost", "recovered"]


def test_a_box_that_leaps_to_something_and_follows_it_has_jumped() -> None:
    boxes = steady()
    boxes[30:, 0] += 150
    assert kinds(boxes, steady()) == [("tracked", 0, 30), ("jumped", 30, 60)]


def test_a_box_that_leaps_to_and_fro_follows_nothing() -> None:
    boxes = steady()
    boxes[30:, 0] += np.where(np.arange(30) % 2, 150, 250)
    assert kinds(boxes, steady()) == [("tracked", 0, 30), ("lost", 30, 60)]


def test_a_short_excursion_is_not_told_apart() -> None:
    boxes = steady()
    boxes[30 : 30 + SHORTEST - 1, 0] += 150
    assert kinds(boxes, steady()) == [("tracked", 0, 60)]


def test_frames_without_ground_truth_belong_to_what_was_before_them() -> None:
    truth, boxes = steady(), steady()
    valid = np.ones(60, bool)
    valid[20:40] = False
    truth[20:40] = np.nan
    boxes[20:40, 0] += 200
    assert kinds(boxes, truth, valid) == [("tracked", 0, 60)]


def test_the_frames_of_the_shown_target_are_no_failure() -> None:
    boxes = steady()
    boxes[1:, 0] += 300
    assert kinds(boxes, steady())[0] == ("tracked", 0, 1)


boxes = arrays(np.float64, st.tuples(st.integers(1, 60), st.just(4)), elements=st.floats(1, 200))


@given(boxes, st.integers(0, 2**32 - 1))
def test_the_segments_cover_every_frame_once_and_follow_the_rules(predicted: np.ndarray, seed: int) -> None:
    rng = np.random.default_rng(seed)
    truth = predicted + rng.choice([0.0, 0.0, 5.0, 300.0], (len(predicted), 1))
    valid = rng.random(len(predicted)) > 0.1
    segments = cut(predicted, truth, valid)
    assert segments[0].first == 0
    assert segments[-1].end == len(predicted)
    assert all(a.end == b.first for a, b in itertools.pairwise(segments))
    assert all(len(one) >= SHORTEST for one in segments[1:])
    assert all(one.kind in KINDS for one in segments)
    away = False
    for one in segments:
        if one.kind == "recovered":
            assert away, "only what was lost is found again"
        away = one.kind in ("lost", "jumped") or (away and not one.on_target)


@given(boxes, st.sampled_from([0.25, 0.5, 2.0, 4.0]), st.integers(-512, 512))
def test_the_cut_does_not_change_when_the_video_is_scaled_and_shifted(
    predicted: np.ndarray, scale: float, shift: int
) -> None:
    predicted = np.rint(predicted * 8) / 8  # exact under these scales and shifts
    truth = predicted + np.where(np.arange(len(predicted))[:, None] % 13 > 5, [37.0, 11, 3, 3], 0.0)
    valid = np.ones(len(truth), bool)
    moved = np.array([shift, -shift, 0, 0])
    assert cut(predicted, truth, valid) == cut(predicted * scale + moved, truth * scale + moved, valid)
