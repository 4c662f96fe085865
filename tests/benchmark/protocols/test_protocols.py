from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmark.datasets.sequence import Annotation
from benchmark.metrics import score_sequence
from benchmark.profiles import load_profile
from benchmark.protocols import ope, score_runs, sre, starts, tre
from trackers.errors import InputError


def moving(frames: int, start: int = 0) -> Annotation:
    rows = np.array([[50.0 + 2 * i, 60.0, 30.0, 45.0] for i in range(frames)])
    return Annotation("S", rows - [1, 1, 0, 0], np.ones(frames, bool), start)


def test_one_pass_starts_at_the_official_frame_with_a_valid_box() -> None:
    truth = moving(40, start=5)
    assert ope(truth).frame == 5
    assert np.array_equal(ope(truth).box, truth.boxes[5])
    valid = truth.valid.copy()
    valid[5:8] = False
    assert ope(replace(truth, valid=valid)).frame == 8


@pytest.mark.parametrize("stem", ["Couple_siamfc3s", "Crossing_siamfc3s", "Human4_2_siamfc3s"])
def test_segments_are_those_of_published_results(shared_data: Path, stem: str) -> None:
    from scipy.io import loadmat

    results = loadmat(shared_data / "golden" / "dialects" / "otb_mat" / f"{stem}.mat", simplify_cells=True)["results"]
    frames = len(results[0]["res"])
    ours = tre(Annotation("S", np.tile([9.0, 9, 9, 9], (frames, 1)), np.ones(frames, bool)))
    assert [start.frame + 1 for start in ours] == [int(one["startFrame"]) for one in results]
    assert [frames - start.frame for start in ours] == [len(one["res"]) for one in results]


@given(st.integers(20, 400), st.integers(0, 9), st.integers(0, 2**31))
def test_segments_start_on_valid_frames_with_enough_left(frames: int, start: int, seed: int) -> None:
    truth = moving(frames, start=min(start, frames - 20))
    valid = np.random.default_rng(seed).random(frames) > 0.3
    valid[truth.start] = True
    truth = replace(truth, valid=valid)
    begun = [one.frame for one in tre(truth)]
    assert begun[0] == truth.start
    assert len(set(begun)) == len(begun) <= 20
    assert begun == sorted(begun)
    assert all(valid[frame] and frames - frame >= 20 for frame in begun)
    allowed = np.flatnonzero(valid[: frames - 19])
    assert begun[-1] == allowed[-1]
    assert len(begun) == 20 or len(allowed[allowed >= truth.start]) < 20


def test_a_sequence_too_short_for_segments() -> None:
    with pytest.raises(InputError, match="S has 19 frames; TRE needs 20"):
        tre(moving(19))
    with pytest.raises(InputError, match="no valid ground truth"):
        ope(replace(moving(4), valid=np.zeros(4, bool)))


def test_twelve_shifts_by_hand() -> None:
    shifts = {one.name: (one.box + np.array([1, 1, 0, 0])).tolist() for one in sre(moving(5), (640, 480))}
    assert shifts == {
        "left": [47, 60, 30, 45], "right": [53, 60, 30, 45], "up": [50, 55, 30, 45], "down": [50, 65, 30, 45],
        "top-left": [47, 56, 33, 49], "top-right": [50, 56, 33, 49],  # 60 - 4.5 = 55.5 rounds up
        "bottom-left": [47, 60, 33, 50], "bottom-right": [50, 60, 33, 50],  # 104 + 4.5 = 108.5 rounds up
        "scale-80": [53, 65, 24, 36], "scale-90": [52, 62, 27, 41],  # 40.5 rounds up
        "scale-110": [49, 58, 33, 50], "scale-120": [47, 56, 36, 54],
    }  # fmt: skip


def test_shifted_boxes_are_cut_at_the_image() -> None:
    rows = np.array([[2.0, 3.0, 30.0, 45.0]])
    truth = Annotation("S", rows - [1, 1, 0, 0], np.ones(1, bool))
    for one in sre(truth, (32, 47)):
        x, y, w, h = one.box
        assert x >= 0
        assert y >= 0
        assert x + w <= 32
        assert y + h <= 47


def test_runs_are_pooled_by_frames() -> None:
    truth, profile = moving(60), load_profile()
    begun = tre(truth)
    runs = {one.name: truth.boxes[one.frame :] for one in begun}
    runs["tre-20"] = runs["tre-20"] + 500.0
    pooled = score_runs(runs, begun, truth, profile)
    frames = [60 - one.frame for one in begun]
    assert pooled.frames == sum(frames)
    assert pooled.ao == pytest.approx((sum(frames[:-1]) + 1) / sum(frames))  # of the lost run, its first frame alone
    single = score_runs({"ope": truth.boxes}, [ope(truth)], truth, profile)
    assert single.auc == pytest.approx(score_sequence(truth.boxes, truth, profile).auc)
    with pytest.raises(InputError, match="S: no boxes of tre-20"):
        score_runs({name: run for name, run in runs.items() if name != "tre-20"}, begun, truth, profile)
    with pytest.raises(InputError, match="boxes from frame 1 on"):
        score_runs({**runs, "tre-02": runs["tre-02"][:-1]}, begun, truth, profile)


@pytest.mark.parametrize("name", ["scale-80", "scale-90", "scale-110", "scale-120"])
def test_scaling_is_undone_before_scoring(name: str) -> None:
    truth = moving(20)
    start = next(one for one in sre(truth, (640, 480)) if one.name == name)
    centre = truth.boxes[:, :2] + truth.boxes[:, 2:] / 2
    size = truth.boxes[:, 2:] * start.scale
    run = np.concatenate([centre - size / 2, size], axis=1)  # a tracker that keeps the scale it was shown
    undone = score_runs({name: run}, [start], truth, load_profile())
    assert undone.ao > 0.94  # all but the toolkit's rounding and its half pixel
    assert score_sequence(run, truth, load_profile()).ao < undone.ao - 0.05


def test_protocols_by_name() -> None:
    truth = moving(60)
    assert [len(starts(name, truth, (640, 480))) for name in ("ope", "tre", "sre")] == [1, 20, 12]
    with pytest.raises(InputError, match="Did you mean 'sre'"):
        starts("srea", truth, (640, 480))
