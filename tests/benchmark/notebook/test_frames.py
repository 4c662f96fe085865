"""Frames of what a run may lack: scores, intervals, attributes, repeats."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from benchmark.notebook.frames import attribute_frame, curve_frame, score_frame, sequence_frame, telemetry_frame
from benchmark.notebook.loading import LoadedRun
from benchmark.scores import RepeatedScores, RunScores
from benchmark.statistics.repeats import Repeats


@pytest.fixture
def scores(loaded: LoadedRun) -> RunScores:
    return loaded.kept.scores


def test_a_tracker_that_failed_everywhere_has_no_number(scores: RunScores) -> None:
    lost = replace(scores.trackers[0], summary=None, uncertainty=None, sequences={}, failed={"first": "it broke"})
    one = replace(scores, trackers=(lost,))
    assert score_frame(one)["value"].isna().all()
    assert list(score_frame(one)["failed"].unique()) == [1]
    assert list(sequence_frame(one)["status"]) == ["failed"]
    assert list(sequence_frame(one)["notes"]) == ["it broke"]
    assert curve_frame(one).empty
    assert list(curve_frame(one).columns) == list(curve_frame(scores).columns)
    assert attribute_frame(one).empty


def test_a_single_sequence_has_no_interval(scores: RunScores) -> None:
    alone = replace(scores, trackers=tuple(replace(one, uncertainty=None) for one in scores.trackers))
    assert score_frame(alone)[["low", "high"]].isna().all(axis=None)
    assert curve_frame(alone)["low"].isna().all()
    assert not score_frame(alone)["value"].isna().any()


def test_marks_and_the_spread_over_repeats_stand_beside_the_score(scores: RunScores) -> None:
    spread = RepeatedScores(2, False, {"auc": Repeats((0.5, 0.6), 0.07, {"first": 0.55}, {"first": 0.07})})
    one = replace(scores.trackers[0], paper="a reconstruction", marks=("trained on OTB100",), repeats=spread)
    frame = score_frame(replace(scores, trackers=(one,))).set_index("measure")
    assert frame.loc["auc", "deviation"] == 0.07
    assert np.isnan(frame.loc["precision", "deviation"])
    assert frame.loc["auc", "marks"] == "reconstruction; trained on OTB100"


def test_attributes_have_their_own_intervals(scores: RunScores) -> None:
    tracker = scores.trackers[0]
    marked = replace(tracker, summary=replace(tracker.summary, by_attribute={"OCC": tracker.summary.overall}),
                     uncertainty=replace(tracker.uncertainty, by_attribute={"OCC": tracker.intervals}))  # fmt: skip
    frame = attribute_frame(replace(scores, trackers=(marked,))).set_index(["attribute", "measure"])
    row = frame.loc[("OCC", "auc")]
    assert (row["value"], row["low"]) == (tracker.summary.overall.auc, tracker.intervals["auc"].low)
    assert row["sequences"] == 3


def test_telemetry_of_no_frame_has_no_rows() -> None:
    assert telemetry_frame({"weights": np.empty((0, 8)), "age": np.empty(0)}, 1).empty


def test_columns_have_their_types_without_a_row_too(loaded: LoadedRun, failed_run: LoadedRun) -> None:
    """A frame of nothing can be put below another, and its numbers are numbers."""
    ways = [lambda run: run.scores, lambda run: run.sequences, lambda run: run.attributes, lambda run: run.curves,
            lambda run: run.speed, lambda run: run.boxes("first", []), lambda run: run.boxes("first"),
            lambda run: run.truth("first"), lambda run: run.telemetry(run.trackers[0], "first")]  # fmt: skip
    for way in ways:
        full, empty = way(loaded), way(failed_run)
        assert full.dtypes.to_dict() == empty.dtypes.to_dict()
        assert object not in set(full.dtypes)
    assert failed_run.boxes("first").empty
    assert failed_run.curves.empty
