from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from benchmark.gate.accuracy import Changes, find_changes, judge, likeness
from benchmark.gate.limits import Limits, limits
from benchmark.gate.snapshot import Snapshot
from benchmark.gate.verdict import Verdict

from .conftest import trajectory

KCF = "cv2:kcf"


def verdict(old: Snapshot, new: Snapshot, *, intended: bool = False, bounds: Limits | None = None) -> Verdict:
    return judge(old.trackers[KCF], new.trackers[KCF], find_changes(old, new, KCF), intended, bounds)


def moved(snapshot: Snapshot, changed, shift: float, frame: int = 4, auc: float = 0.0) -> Snapshot:
    """Return a snapshot in which `first` is `shift` pixels off from a frame on, and every AUC higher by `auc`."""
    sequences = {name: replace(one, auc=one.auc + auc) for name, one in snapshot.trackers[KCF].sequences.items()}
    boxes = sequences["first"].boxes.copy()
    boxes[frame:, 0] += shift
    sequences["first"] = trajectory(boxes, sequences["first"].auc)
    return changed(snapshot, {"sequences": sequences})


def test_the_same_boxes_pass(snapshot: Snapshot) -> None:
    found = verdict(snapshot, snapshot)
    assert (found.status, found.facts["rule"], found.facts["equal_bit_for_bit"]) == ("pass", "equal", 3)
    assert "bit for bit" in found.says
    assert found.basis == "equal: same weights, same environment"


def test_a_thousandth_of_a_pixel_is_rounding_and_a_hundredth_is_not(snapshot: Snapshot, changed) -> None:
    found = verdict(snapshot, moved(snapshot, changed, 0.0005))
    assert found.status == "pass"
    assert "2 of them bit for bit" in found.says
    found = verdict(snapshot, moved(snapshot, changed, 0.01, frame=7))
    assert found.status == "fail"
    assert found.facts["parted"] == [{"sequence": "first", "frame": 7, "pixels": pytest.approx(0.01)}]
    assert "first on first from frame 7 on, by up to 0.01 px" in found.says
    assert "--intended" not in found.says


def test_code_that_changed_must_keep_boxes_unless_it_was_meant_to_move_them(snapshot: Snapshot, changed) -> None:
    for change in ({"code": "code 2"}, {"config": {"limits": (0.2, 5.0), "step": 1.1}}):
        kept = changed(snapshot, change)
        assert verdict(snapshot, kept).status == "pass"
        other = changed(moved(snapshot, changed, 3.0, auc=-0.01), change)
        found = verdict(snapshot, other)
        assert (found.status, found.facts["rule"]) == ("fail", "equal")
        assert "judge with --intended cv2:kcf" in found.says
        meant = verdict(snapshot, other, intended=True)
        assert (meant.status, meant.facts["rule"]) == ("pass", "retrained")
        assert "as intended" in meant.basis


def test_a_config_read_from_a_file_is_the_same_one(snapshot: Snapshot, changed) -> None:
    listed = changed(snapshot, {"config": {"step": 1.05, "limits": [0.2, 5.0]}})
    assert not find_changes(snapshot, listed, KCF).code


@pytest.mark.parametrize(
    ("whole", "words"),
    [
        ({"environment": {"device": "A processor", "threads": "4", "torch": "2.13.0"}}, "threads 4, was 1"),
        ({"environment": {"device": "A processor", "threads": "1", "torch": "2.14.0"}}, "torch 2.14.0, was 2.13.0"),
    ],
)
def test_another_environment_allows_near_ties_within_limits(snapshot: Snapshot, changed, whole, words: str) -> None:
    near = changed(moved(snapshot, changed, 0.2), **whole)
    found = verdict(snapshot, near)
    assert (found.status, found.facts["rule"]) == ("pass", "near")
    assert words in found.basis
    far = changed(moved(snapshot, changed, 12.0), **whole)
    found = verdict(snapshot, far)
    assert found.status == "fail"
    assert "first on first from frame 4" in found.says
    off = changed(moved(snapshot, changed, 0.0, auc=limits().auc + 0.001), **whole)
    assert verdict(snapshot, off).status == "fail", "an AUC that differs is none of the same boxes"


def test_other_lanes_and_frames_rendered_anew_are_another_environment(snapshot: Snapshot, changed) -> None:
    sequences = snapshot.trackers[KCF].sequences
    lanes = changed(snapshot, {"sequences": {name: replace(one, lanes=4) for name, one in sequences.items()}})
    assert find_changes(snapshot, lanes, KCF).environment == ("lanes 4, were 1",)
    frames = {name: replace(one, sequence_digest="others") for name, one in sequences.items()}
    assert verdict(snapshot, changed(snapshot, {"sequences": frames})).facts["rule"] == "near"


def test_other_weights_are_judged_by_what_equally_good_ones_differ_by(snapshot: Snapshot, changed) -> None:
    new = {"weights_sha256": "def"}
    assert verdict(snapshot, changed(moved(snapshot, changed, 30, auc=-0.05), new)).status == "pass"
    found = verdict(snapshot, changed(moved(snapshot, changed, 30, auc=-0.08), new))
    assert (found.status, found.facts["rule"]) == ("fail", "retrained")
    assert found.facts["interval"][1] < 0
    sequences = snapshot.trackers[KCF].sequences
    mixed = {n: replace(one, auc=one.auc - d) for (n, one), d in zip(sequences.items(), (0.4, -0.1, 0.02))}
    found = verdict(snapshot, changed(snapshot, {**new, "sequences": mixed}))
    assert found.status == "unsure"
    assert "judge on more sequences" in found.says


def test_nothing_trained_in_place_of_something_trained_is_worse_whatever_it_scores(snapshot, changed) -> None:
    found = verdict(snapshot, changed(snapshot, {"weights": "random", "weights_sha256": ""}))
    assert found.status == "fail"
    assert "nothing trained is loaded" in found.says


def test_a_sequence_that_fails_now_is_worse(snapshot: Snapshot, changed) -> None:
    sequences = dict(snapshot.trackers[KCF].sequences)
    del sequences["second"]
    found = verdict(snapshot, changed(snapshot, {"sequences": sequences, "failed": {"second": "ValueError: no"}}))
    assert found.status == "fail"
    assert "failed on 1 of 3" in found.says
    assert "ValueError: no" in found.says


def test_boxes_that_are_no_numbers_part_from_those_that_are(snapshot: Snapshot, changed) -> None:
    lost = verdict(snapshot, moved(snapshot, changed, float("nan")))
    assert lost.status == "fail"
    assert lost.facts["parted"][0]["pixels"] is None
    both = moved(snapshot, changed, float("nan"))
    assert verdict(both, both).status == "pass"


def test_boxes_that_are_none_in_both_runs_are_alike(snapshot: Snapshot, changed) -> None:
    sequences = dict(snapshot.trackers[KCF].sequences)
    for name, one in sequences.items():
        boxes = one.boxes.copy()
        boxes[3:6], boxes[7, 2:] = np.nan, 0
        sequences[name] = trajectory(boxes, one.auc)
    old = changed(snapshot, {"sequences": sequences})
    found = verdict(old, replace(old, environment={**old.environment, "threads": 2}))
    assert (found.facts["rule"], found.status) == ("near", "pass")
    assert likeness(old.trackers[KCF].sequences["first"].boxes, snapshot.trackers[KCF].sequences["first"].boxes) < 1


def test_the_rule_follows_what_changed() -> None:
    rules = {
        (weights, code, bool(environment), intended): Changes(weights, code, environment).rule(intended)
        for weights in (False, True) for code in (False, True)
        for environment in ((), ("threads 2, was 1",)) for intended in (False, True)
    }  # fmt: skip
    assert {rule for key, rule in rules.items() if key[0]} == {"retrained"}
    assert {rule for key, rule in rules.items() if not key[0] and key[1] and key[3]} == {"retrained"}
    assert {rule for key, rule in rules.items() if not key[0] and not (key[1] and key[3]) and key[2]} == {"near"}
    assert {rule for key, rule in rules.items() if not key[0] and not (key[1] and key[3]) and not key[2]} == {"equal"}


@pytest.mark.parametrize(
    ("count", "loss"), [(5, 0.062), (10, 0.043), (20, 0.030), (100, 0.015), (3, 0.062), (999, 0.015)]
)
def test_the_tolerance_follows_the_number_of_sequences(count: int, loss: float) -> None:
    assert limits().tolerance(count) == pytest.approx(loss)


def test_between_the_known_numbers_the_tolerance_falls() -> None:
    losses = [limits().tolerance(count) for count in range(5, 101)]
    assert np.all(np.diff(losses) < 0)
