from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmark.datasets.sequence import Annotation
from benchmark.metrics import ScoreTable, SequenceScores, score_sequence, score_sequences
from benchmark.profiles import Profile, load_profile, profile_names
from benchmark.verification.plain_reference import plain_scores
from trackers.errors import InputError

MEASURES = ("auc", "precision", "normalised_precision", "ao", "sr50", "sr75")


def annotation(rows: np.ndarray, start: int = 0, name: str = "Seq") -> Annotation:
    """The annotation of 1-based rows."""
    return Annotation(name, rows - [1, 1, 0, 0], np.all(rows > 0, axis=1), start)


def still(frames: int, start: int = 0) -> Annotation:
    return annotation(np.tile([50.0, 60.0, 20.0, 40.0], (frames, 1)), start)


def test_a_perfect_tracker_scores_20_of_21() -> None:
    truth = still(30)
    scores = score_sequence(truth.boxes, truth, load_profile())
    assert scores.auc == pytest.approx(20 / 21)  # strict: an overlap of 1 does not exceed 1
    assert (scores.precision, scores.ao, scores.sr50, scores.sr75) == (1, 1, 1, 1)
    assert scores.frames == 30


def test_closed_form_of_a_shifted_box() -> None:
    truth = still(5)
    boxes = truth.boxes + np.array([5, 0, 0, 0])  # overlap 15 / 25 = .6, error 5 px, .25 of the width
    scores = score_sequence(boxes, truth, load_profile())
    assert scores.auc == pytest.approx((20 + 4 * 12) / 5 / 21)  # 0, .05, ..., .55 are exceeded, .6 is not
    assert scores.precision_curve[4:6] == pytest.approx([1 / 5, 1])
    assert scores.normalised_precision == pytest.approx(1 / 5)
    assert (scores.sr50, scores.sr75, scores.ao) == pytest.approx((1, 1 / 5, (1 + 4 * 0.6) / 5))
    literal = score_sequence(boxes, truth, load_profile("pysot"))
    assert literal.ao == pytest.approx(0.6)  # pysot keeps the tracker's own first box


def test_inclusive_comparison_and_dropped_first_frame_are_variations() -> None:
    truth = still(5)
    boxes = truth.boxes + np.array([5, 0, 0, 0])
    inclusive = replace(load_profile(), success_strict=False)
    assert score_sequence(truth.boxes, truth, inclusive).auc == 1
    dropped = score_sequence(boxes, truth, replace(load_profile(), first_frame="dropped"))
    assert (dropped.frames, dropped.first_frame) == (4, 1)
    assert dropped.ao == pytest.approx(0.6)
    with pytest.raises(InputError, match="too few frames"):
        score_sequence(boxes[:1], still(1), replace(load_profile(), first_frame="dropped"))


@pytest.mark.parametrize("name", profile_names())
@settings(deadline=None, max_examples=60)
@given(seed=st.integers(0, 2**32 - 1), frames=st.integers(1, 25))
def test_every_profile_equals_the_plain_reference(name: str, seed: int, frames: int) -> None:
    rng = np.random.default_rng(seed)
    truth = rng.integers(-3, 40, (frames, 4)).astype(float)
    truth[0] = [5, 5, 20, 20]  # a run starts on a real target
    boxes = truth + rng.integers(-3, 4, (frames, 4)) * rng.choice([0.0, 0.5, 1.0], (frames, 1))
    boxes[rng.random(frames) < 0.1] = np.nan
    boxes[rng.random(frames) < 0.1, rng.integers(4)] = np.nan
    boxes[rng.random(frames) < 0.1, 2] = 0
    if name not in ("pytracking", "ostrack"):
        boxes[rng.random(frames) < 0.1, 3] = -4
    scores = score_sequence(boxes - [1, 1, 0, 0], annotation(truth), load_profile(name))
    for key, value in plain_scores(boxes.tolist(), truth.tolist(), name).items():
        assert getattr(scores, key) == pytest.approx(value, abs=1e-12), key


@pytest.mark.parametrize(
    "dataset", ["UAV123", "LaSOT", "LaSOT/ext", "GOT-10k/val", "TColor128", "DTB70", "NfS/30", "TrackingNet"]
)
@pytest.mark.parametrize("name", profile_names())
@settings(deadline=None, max_examples=15)
@given(seed=st.integers(0, 2**32 - 1), frames=st.integers(3, 25))
def test_every_profile_equals_the_plain_reference_on_every_dataset(
    name: str, dataset: str, seed: int, frames: int
) -> None:
    rng = np.random.default_rng(seed)
    origin = 0 if dataset in ("GOT-10k/val", "NfS/30", "TrackingNet") else 1
    truth = rng.integers(-3, 80, (frames, 4)) / rng.choice([1, 2, 4])
    truth[0] = [5, 5, 20, 20]
    truth[1:][rng.random(frames - 1) < 0.1] = 0
    if dataset == "UAV123":
        truth[1:][rng.random(frames - 1) < 0.2] = np.nan
    boxes = truth + rng.integers(-3, 4, (frames, 4)) * rng.choice([0.0, 0.5, 1.0], (frames, 1))
    boxes[rng.random(frames) < 0.1] = np.nan
    boxes[rng.random(frames) < 0.1, rng.integers(4)] = np.nan
    boxes[rng.random(frames) < 0.1, 2] = 0
    absent = None
    if dataset in ("LaSOT", "LaSOT/ext", "GOT-10k/val"):
        absent = rng.random(frames) < 0.2
        absent[:2] = False
    bounds = (60, 50) if dataset == "GOT-10k/val" else None
    annotation = Annotation(
        "Seq", truth - np.array([1, 1, 0, 0]) * origin, np.all(truth > 0, axis=1), absent=absent, origin=origin,
        bounds=bounds,
    )  # fmt: skip
    scores = score_sequence(boxes - np.array([1, 1, 0, 0]) * origin, annotation, load_profile(name, dataset))
    flags = [] if absent is None else absent.tolist()
    expected = plain_scores(boxes.tolist(), truth.tolist(), name, dataset=dataset, absent=flags, bounds=bounds)
    for key, value in expected.items():
        assert getattr(scores, key) == pytest.approx(value, abs=1e-12), key


@pytest.mark.parametrize("name", profile_names())
def test_many_sequences_at_once_equal_one_by_one(name: str) -> None:
    rng = np.random.default_rng(3)
    truths = {
        f"S{i}": annotation(rng.uniform(1, 90, (int(n), 4)), name=f"S{i}") for i, n in enumerate([3, 9000, 1, 9000])
    }
    boxes = {key: truth.boxes + rng.normal(0, 5, truth.boxes.shape) for key, truth in truths.items()}
    boxes["S1"][[0, 1, 5]] = np.nan  # of the first two, none before them is of the same sequence
    together = score_sequences(boxes, truths, load_profile(name))
    assert list(together) == list(boxes)
    for key in boxes:
        alone = score_sequence(boxes[key], truths[key], load_profile(name))
        assert together[key].to_dict() == alone.to_dict()


def test_scores_survive_json() -> None:
    truth = still(6, start=2)
    scores = score_sequence(truth.boxes[2:], truth, load_profile("got10k"), start=2)
    again = SequenceScores.from_dict(json.loads(json.dumps(scores.to_dict())))
    assert again.to_dict() == scores.to_dict()
    assert again.notes
    table = ScoreTable.of({"Seq": again})
    assert table["Seq"].to_dict() == scores.to_dict()
    with pytest.raises(KeyError):
        table["Other"]


def test_a_run_from_the_official_start_or_from_the_first_frame() -> None:
    truth = still(12, start=5)
    otb, got10k = load_profile(), load_profile("got10k")
    for boxes in (truth.boxes, truth.boxes[5:]):
        scores = score_sequence(boxes, truth, otb)
        assert (scores.frames, scores.first_frame) == (7, 5)
    late = score_sequence(truth.boxes[5:], truth, got10k)
    assert (late.frames, late.first_frame) == (7, 5)
    assert late.notes == ("scored from frame 6, where the run starts; the profile starts at frame 1",)
    whole = score_sequence(truth.boxes, truth, got10k)
    assert (whole.frames, whole.notes) == (12, ())


def test_only_a_last_row_without_ground_truth_may_be_missing() -> None:
    rows = np.tile([50.0, 60.0, 20.0, 40.0], (8, 1))
    rows[-1] = 0
    scores = score_sequence(annotation(rows).boxes[:7], annotation(rows), load_profile())
    assert scores.frames == 8  # the frame stays in the denominator: a miss in success, a hit in precision
    assert scores.sr50 == pytest.approx(7 / 8)
    assert scores.precision == 1
    assert scores.notes == ("the last box is missing; its ground truth is invalid",)
    for count in (6, 9, 0):
        with pytest.raises(InputError, match=f"Seq: {count} boxes where the ground truth has 8"):
            score_sequence(np.ones((count, 4)), annotation(rows), load_profile())
    with pytest.raises(InputError, match="7 boxes where the ground truth has 8"):
        score_sequence(np.ones((7, 4)), still(8), load_profile())
    with pytest.raises(InputError, match=r"8 \(or 3 from the official start at frame 6\)"):
        score_sequence(np.ones((4, 4)), still(8, start=5), load_profile())
    with pytest.raises(InputError, match="8 boxes from frame 6 on, where the ground truth has 3"):
        score_sequence(np.ones((8, 4)), still(8, start=5), load_profile(), start=5)
    with pytest.raises(InputError, match="no ground truth for Elsewhere"):
        score_sequences({"Elsewhere": np.ones((8, 4))}, {}, load_profile())


def test_no_sequence_gives_an_empty_table() -> None:
    assert len(score_sequences({}, {}, load_profile())) == 0


@pytest.mark.filterwarnings("ignore::ResourceWarning")
@pytest.mark.parametrize("seed", range(4))
def test_got10k_profile_equals_the_got10k_packages_own_code_on_random_boxes(seed: int) -> None:
    rng = np.random.default_rng(seed)
    for frames in (1, 7, 400):
        truth = rng.integers(1, 200, (frames, 4)).astype(float)
        boxes = truth + (rng.integers(-9, 10, truth.shape) if seed % 2 else rng.normal(0, 6, truth.shape))
        expected = got10k_curves(boxes, truth)
        scores = score_sequence(boxes - [1, 1, 0, 0], annotation(truth), load_profile("got10k"))
        assert np.abs(scores.success_curve - expected[0]).max() < 1e-9
        assert np.abs(scores.precision_curve - expected[1]).max() < 1e-9
        assert scores.auc == pytest.approx(np.mean(expected[0]), abs=1e-9)


def got10k_curves(boxes: np.ndarray, truth: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The curves of one sequence by the installed got10k package, as its ``report`` calls its own code."""
    from got10k.experiments import ExperimentOTB

    experiment = ExperimentOTB.__new__(ExperimentOTB)  # its __init__ would download OTB
    experiment.nbins_iou, experiment.nbins_ce = 21, 51
    boxes = boxes.copy()
    boxes[0] = truth[0]
    return experiment._calc_curves(*experiment._calc_metrics(boxes, truth))


def test_profiles_differ_only_where_they_should() -> None:
    rng = np.random.default_rng(0)
    truth = annotation(rng.uniform(1, 90, (50, 4)))
    boxes = truth.boxes + rng.normal(0, 4, truth.boxes.shape)
    boxes[:, 2:] = np.abs(boxes[:, 2:]) + 1
    boxes[0] = truth.boxes[0]
    values = {name: score_sequence(boxes, truth, load_profile(name)) for name in profile_names()}
    first: Profile = load_profile()
    assert first.name == "otb"
    for name, scores in values.items():  # valid boxes, the right first box: all toolkits agree but TrackingNet's
        if name != "trackingnet":
            assert scores.auc == values["otb"].auc
            assert scores.precision == values["otb"].precision
