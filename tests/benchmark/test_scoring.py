from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from benchmark.datasets.folder import FolderDataset
from benchmark.datasets.selection import Selection, select
from benchmark.profiles import load_profile
from benchmark.scoring import RunScores, score_run
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
