from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest

from benchmark.datasets.render.dataset import RenderedDataset
from benchmark.runs import Run, Trajectory
from benchmark.scores import RunScores
from reports.answers import Pair
from reports.causes import asked_forest, cause_effects, mark_causes, shares_forest
from reports.sequences import SequenceView, Track

PAIR = Pair("Does b beat a?", "b", "a")


def track(tracker: str, overlap: np.ndarray, start: int = 0) -> Track:
    return Track(tracker, 0.5, 0.5, Trajectory(np.ones((len(overlap), 4)), start), overlap)


def view(
    name: str,
    overlaps: Mapping[str, np.ndarray],
    acts: tuple[tuple[int, int], ...],
    cause: str = "blur",
    start: int = 0,
) -> SequenceView:
    tracks = tuple(track(tracker, values, start) for tracker, values in overlaps.items())
    return SequenceView(name, (), 10, tracks, {}, cause=cause, acts=acts)


def of(inside: float, outside: float) -> np.ndarray:
    """Overlaps of ten frames of which 4 to 6 are under the cause; the first is given."""
    values = np.full(10, outside)
    values[4:7], values[0] = inside, 1.0
    return values


def test_frames_under_a_cause_are_held_against_the_others_of_their_sequence() -> None:
    views = [view(f"s{n}", {"a": of(0.2 + 0.1 * n, 0.8), "b": of(0.6, 0.7)}, ((4, 6),)) for n in range(3)]
    found = cause_effects(views, ["a", "b"], [PAIR])
    assert found is not None
    a, b = found.overall
    assert (a.tracker, b.tracker) == ("a", "b")
    assert a.inside == pytest.approx(0.3)
    assert a.outside == pytest.approx(0.8)
    assert a.difference is not None
    assert a.difference.difference == pytest.approx(-0.5)
    assert a.difference.interval is not None
    assert a.difference.interval.low == pytest.approx(-0.5 - 4.302653 * 0.1 / np.sqrt(3), abs=1e-6)
    assert a.difference.losses == 3
    assert found.by_cause["blur"] == found.overall
    (asked,) = found.asked
    assert asked.inside.difference == pytest.approx(0.3)
    assert asked.outside.difference == pytest.approx(-0.1)


def test_the_first_frame_and_those_without_ground_truth_are_left_out() -> None:
    values = of(0.5, 0.75)
    values[5], values[8] = np.nan, np.nan
    found = cause_effects([view("s", {"a": values}, ((4, 6),))], ["a"], [])
    assert found is not None
    assert (found.overall[0].inside, found.overall[0].outside) == (0.5, 0.75)


def test_frames_are_counted_from_the_videos_first_not_from_the_trajectorys() -> None:
    values = np.array([1.0, 0.9, 0.3, 0.3, 0.9])
    found = cause_effects([view("s", {"a": values}, ((7, 8),), start=5)], ["a"], [])
    assert found is not None
    assert (found.overall[0].inside, found.overall[0].outside) == (pytest.approx(0.3), pytest.approx(0.9))


def test_a_cause_that_acts_throughout_has_no_difference_and_leaves_the_others_alone() -> None:
    views = [view("s", {"a": of(0.2, 0.8)}, ((4, 6),)), view("t", {"a": of(0.4, 0.4)}, ((0, 9),), "clutter")]
    found = cause_effects(views, ["a"], [])
    assert found is not None
    (clutter,) = found.by_cause["clutter"]
    assert clutter.inside == pytest.approx(0.4)
    assert (clutter.outside, clutter.difference) == (None, None)
    assert found.overall[0].inside == pytest.approx(0.2)
    assert found.sequences == {"blur": 1, "clutter": 1}


def test_without_causes_there_is_nothing_to_say() -> None:
    assert cause_effects([view("s", {"a": of(0.2, 0.8)}, (), "plain")], ["a"], [PAIR]) is None
    gone = SequenceView("s", (), 10, (Track("a", 0.5, 0.5, None, None),), {}, cause="blur", acts=((4, 6),))
    assert cause_effects([gone], ["a"], []) is None


def test_both_stand_in_forests_with_their_words() -> None:
    views = [view(f"s{n}", {"a": of(0.2 + 0.01 * n, 0.8), "b": of(0.6, 0.7)}, ((4, 6),)) for n in range(8)]
    found = cause_effects(views, ["a", "b"], [PAIR])
    assert found is not None
    assert [(row.title, row.found) for row in shares_forest(found).rows] == [("a", "worse"), ("b", "worse")]
    rows = asked_forest(found).rows
    assert [(row.title, row.found) for row in rows] == [("while a cause acts", "better"), ("otherwise", "worse")]
    assert {row.group for row in rows} == {"Does b beat a? (b − a)"}


def rendered_run(revision: str, dataset: str = "demo") -> Run:
    scores = RunScores(run="r", profile="otb", protocol="ope", dataset=dataset, coverage="", complete=True,
                       rendered=True, trackers=())  # fmt: skip
    return Run(Path("nowhere"), scores, {"dataset": {"revision": revision}})


def test_when_causes_act_is_what_the_drawing_program_says() -> None:
    dataset = RenderedDataset.open("demo")
    views, why = mark_causes([view("plain-1", {}, ()), view("blur-1", {}, ())], rendered_run(dataset.revision))
    assert why == ""
    assert [one.cause for one in views] == ["plain", "blur"]
    assert views[0].acts == ()
    assert views[1].acts == tuple((span.first, span.last) for span in dataset.causes("blur-1"))
    assert views[1].acts


def test_frames_of_another_revision_have_no_known_causes() -> None:
    for run in (rendered_run("demo/0"), rendered_run("1", "no-such-set")):
        views, why = mark_causes([view("blur-1", {}, (), "")], run)
        assert why
        assert not views[0].acts
