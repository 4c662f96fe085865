from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from benchmark.datasets.folder import FolderDataset
from benchmark.datasets.selection import Selection, select
from benchmark.profiles import load_profile
from benchmark.scoring import RunScores, TrackerScores, score_run
from benchmark.statistics import mean_interval
from benchmark.store.record import Record
from trackers.errors import InputError
from trackers.names import resolve


@pytest.fixture
def selection(picture_folder: Path) -> Selection:
    return select(FolderDataset(picture_folder))


def records(selection: Selection, tracker: str, failing: tuple[str, ...] = ()) -> list[Record]:
    return [
        Record("k", "folder", tracker, video.name, 0, 0, "failed" if video.name in failing else "done",
               video.annotation.boxes, np.ones(len(video)), 0.5, 2, "boom" if video.name in failing else "")
        for video in selection.sequences
    ]  # fmt: skip


def score(selection: Selection, *failing: str) -> RunScores:
    own = {resolve("siamfc"): records(selection, "siamfc", failing), resolve("cv2:kcf"): records(selection, "cv2:kcf")}
    return score_run("run", own, selection, load_profile("otb"), "ope")


def test_the_ground_truth_scores_20_of_21_as_otb_counts(selection: Selection) -> None:
    siamfc = score(selection).trackers[0]
    assert siamfc.summary is not None
    assert siamfc.summary.overall.auc == pytest.approx(20 / 21)
    assert siamfc.summary.overall.precision == 1
    assert siamfc.throughput == pytest.approx((6 + 8 + 10) / 1.5)


def test_failures_are_listed_and_left_out_of_the_average(selection: Selection) -> None:
    siamfc, kcf = score(selection, "first").trackers
    assert siamfc.failed == {"first": "boom"}
    assert sorted(siamfc.sequences) == ["second", "third"]
    assert len(kcf.sequences) == 3


def test_a_tracker_that_failed_everywhere_has_no_score(selection: Selection) -> None:
    siamfc = score(selection, "first", "second", "third").trackers[0]
    assert siamfc.summary is None
    assert siamfc.uncertainty is None
    assert siamfc.throughput is None


def test_scores_survive_json(selection: Selection) -> None:
    scores = score(selection, "first")
    data = json.loads(json.dumps(scores.to_dict()))
    assert RunScores.from_dict(data).to_dict() == data


def test_scores_of_another_schema_are_refused(selection: Selection) -> None:
    with pytest.raises(InputError, match="schema 99"):
        RunScores.from_dict({**score(selection).to_dict(), "schema": 99})


def test_random_weights_are_marked(selection: Selection) -> None:
    own = {resolve("siamfc@random"): records(selection, "siamfc@random")}
    (tracker,) = score_run("run", own, selection, load_profile("otb"), "ope").trackers
    assert tracker.marks == ("random weights",)


def shifted(record: Record, repeat: int, by: float) -> Record:
    boxes = record.boxes + [by, 0, 0, 0]
    return replace(record, repeat=repeat, boxes=boxes, seconds=0.5)


def repeated(selection: Selection, *shifts: float, failing: tuple[int, str] = (9, "")) -> TrackerScores:
    own = [
        replace(shifted(one, number, by), status="failed", error="boom")
        if (number, one.sequence) == failing
        else shifted(one, number, by)
        for number, by in enumerate(shifts)
        for one in records(selection, "cv2:kcf")
    ]
    (tracker,) = score_run("run", {resolve("cv2:kcf"): own}, selection, load_profile("otb"), "ope").trackers
    return tracker


def test_repeats_are_averaged_and_their_spread_stands_apart(selection: Selection) -> None:
    alone = [repeated(selection, by).summary.overall.auc for by in (0.0, 6.0, 9.0)]  # type: ignore[union-attr]
    assert len(set(alone)) == 3
    together = repeated(selection, 0.0, 6.0, 9.0)
    assert together.repeats is not None
    assert together.repeats.count == 3
    assert not together.repeats.identical
    assert together.repeats.measures["auc"].means == pytest.approx(alone)
    assert together.repeats.measures["auc"].deviation == pytest.approx(np.std(alone, ddof=1))
    assert together.summary is not None
    assert together.summary.overall.auc == pytest.approx(np.mean(alone))
    assert together.summary.overall.frames == 6 + 8 + 10
    assert together.sequences["first"].frames == 6
    averages = together.repeats.measures["auc"].by_sequence  # the sample is sequences, not repeats
    expected = mean_interval(np.array([averages[video.name] for video in selection.sequences]))
    assert expected is not None
    found = together.intervals["auc"]
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high))


def test_repeats_that_do_not_differ_are_said_to_be_identical(selection: Selection) -> None:
    same = repeated(selection, 6.0, 6.0)
    assert same.repeats is not None
    assert same.repeats.identical
    assert same.repeats.measures["auc"].deviation == 0
    assert same.summary is not None
    assert same.summary.overall.auc == pytest.approx(repeated(selection, 6.0).summary.overall.auc)  # type: ignore[union-attr]


def test_a_sequence_counts_where_all_its_repeats_are_done(selection: Selection) -> None:
    tracker = repeated(selection, 0.0, 6.0, failing=(1, "second"))
    assert tracker.failed == {"second": "repeat 2: boom"}
    assert sorted(tracker.sequences) == ["first", "third"]
    assert tracker.repeats is not None
    assert set(tracker.repeats.measures["auc"].by_sequence) == {"first", "third"}


def test_repeats_survive_json_and_one_run_says_nothing_of_them(selection: Selection) -> None:
    own = {resolve("cv2:kcf"): [shifted(one, n, 3.0 * n) for n in (0, 1) for one in records(selection, "cv2:kcf")]}
    scores = score_run("run", own, selection, load_profile("otb"), "ope")
    data = json.loads(json.dumps(scores.to_dict()))
    assert RunScores.from_dict(data).to_dict() == scores.to_dict()
    assert RunScores.from_dict(data).trackers[0].repeats == scores.trackers[0].repeats
    assert all("repeats" not in tracker for tracker in score(selection).to_dict()["trackers"])


def test_frames_weigh_in_the_spread_where_the_profile_weighs_frames(selection: Selection) -> None:
    profile = replace(load_profile("otb"), average="frames")
    both = [shifted(one, n, 4.0 * n * len(one.boxes)) for n in (0, 1) for one in records(selection, "cv2:kcf")]
    own = {resolve("cv2:kcf"): both}
    (tracker,) = score_run("run", own, selection, profile, "ope").trackers
    assert tracker.repeats is not None
    assert tracker.summary is not None
    assert np.mean(tracker.repeats.measures["auc"].means) == pytest.approx(tracker.summary.overall.auc)


def test_other_conventions_are_said_beside_the_score(selection: Selection) -> None:
    changes = {change.name: change for change in score(selection).trackers[0].sensitivity}
    assert changes["success at overlap >= threshold"].auc == pytest.approx(1 / 21)
    assert changes["average overlap (AO) as AUC"].auc == pytest.approx(1 - 20 / 21)


def test_the_load_of_a_tracker_is_that_of_its_time(selection: Selection) -> None:
    first, second, third = records(selection, "siamfc")
    own = [
        replace(first, seconds=3.0, busy_cores=1.6, cores=2),
        replace(second, seconds=1.0, busy_cores=0.0, cores=2),
        replace(third, seconds=9.0),
    ]
    (tracker,) = score_run("run", {resolve("siamfc"): own}, selection, load_profile("otb"), "ope").trackers
    assert (tracker.busy_cores, tracker.cores) == (pytest.approx(1.2), 2)
    assert " 60 % " in tracker.load_mark


def test_corners_and_what_was_left_behind_are_said_beside_the_scores(selection: Selection) -> None:
    own = [
        replace(
            record,
            boxes=np.concatenate([record.boxes[:, :2], record.boxes[:, :2] + record.boxes[:, 2:]], axis=1),
            remarks=remarks,
        )
        for record, remarks in zip(
            records(selection, "siamfc"),
            (
                "it leaves 1 thread running; its memory grew by 300 MB",
                "it leaves 2 threads running; it leaves 1 process running",
                "",
            ),
            strict=True,
        )
    ]
    (siamfc,) = score_run("run", {resolve("siamfc"): own}, selection, load_profile("otb"), "ope").trackers
    assert siamfc.oddities[0].startswith("boxes seem to be x1, y1, x2, y2: so read they overlap the target by 1.00")
    assert siamfc.oddities[1:] == (
        "it leaves 2 threads running", "it leaves 1 process running", "its memory grew by 300 MB"
    )  # fmt: skip
