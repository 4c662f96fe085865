from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from reports.compare import compare_runs, write
from reports.compare.model import compare_trackers
from reports.compare.words import line, pairs_forest, sentence
from trackers.errors import InputError


def test_a_run_beside_itself_is_the_same(made_run: Path) -> None:
    comparison = compare_runs(made_run, made_run, frames=False)
    assert [pair.a.name for pair in comparison.pairs] == ["siamfc", "memtrack", "dualmn-long", "dualmn", "cv2:kcf"]
    for pair in comparison.pairs:
        assert pair.main.difference == 0
        assert pair.identical == 6
        assert sentence(pair).startswith("The same: ")
    assert not comparison.changes
    assert {row.found for row in pairs_forest(comparison.pairs, comparison.merit).rows} == {"the same"}


def test_one_sequence_is_called_so(make: Callable[..., Path], tmp_path: Path) -> None:
    run = make(tmp_path, {"siamfc": 0.2}, ["only"], pictures=False)
    (pair,) = compare_runs(run, run, frames=False).pairs
    assert line(pair) == "siamfc: the same boxes on the only sequence"
    assert sentence(pair) == "The same: on the only sequence the boxes are the same."
    page = write(run, run, tmp_path / "page.html", frames=False).read_text()
    assert '1<span class="hidden"> sequence</span>' in page


def test_pairs_are_taken_over_shared_sequences_and_the_rest_is_told(make: Callable[..., Path], tmp_path: Path) -> None:
    first = make(tmp_path / "a", {"siamfc": 0.2, "memtrack": 0.9}, pictures=False)
    second = make(tmp_path / "b", {"siamfc": 1.0}, ["first", "second", "third", "new"], pictures=False, seed=5)
    comparison = compare_runs(first, second)
    (pair,) = comparison.pairs
    assert pair.sequences == ("first", "second", "third")
    assert pair.main.difference == pytest.approx(sum(pair.differences().values()) / 3)
    left_out = " ".join(comparison.left_out)
    assert "memtrack is in run A alone" in left_out
    assert "new" in left_out
    assert {change.what for change in comparison.changes} >= {"seed"}
    assert [view.name for view in comparison.views] == sorted(
        pair.sequences, key=lambda name: -abs(pair.differences()[name])
    )


def test_two_lone_trackers_are_compared_whatever_they_are_called(make: Callable[..., Path], tmp_path: Path) -> None:
    first = make(tmp_path / "a", {"siamfc": 0.2}, pictures=False)
    second = make(tmp_path / "b", {"siamfc-s1": 1.0}, pictures=False)
    (pair,) = compare_runs(first, second).pairs
    assert (pair.a.name, pair.b.name) == ("siamfc", "siamfc-s1")


def test_a_tracker_that_a_server_alone_can_score_is_not_said_to_have_failed(
    make: Callable[..., Path], withhold: Callable[[Path], Path], tmp_path: Path
) -> None:
    run = withhold(make(tmp_path, {"siamfc": 0.2, "memtrack": 0.9}, pictures=False))
    for compare in (
        lambda: compare_trackers(run, ["siamfc", "memtrack"]),
        lambda: compare_trackers(run, []),
        lambda: compare_runs(run, run),
        lambda: compare_runs(run, run, trackers=["siamfc"]),
    ):
        with pytest.raises(InputError, match=r"run .* has no score: GOT-10k/test is scored by its server alone"):
            compare()


def test_trackers_of_one_run_are_paired_as_those_of_two_are(made_run: Path) -> None:
    within = compare_trackers(made_run, ["siamfc", "memtrack", "dualmn"], frames=False)
    assert within.within
    assert within.names == ("A: siamfc", "B: memtrack", "B: dualmn")
    assert [view.name for view in within.views] == sorted(
        within.pairs[0].sequences, key=lambda name: -max(abs(pair.differences()[name]) for pair in within.pairs)
    )
    assert {track.tracker for view in within.views for track in view.tracks} == set(within.names)
    own = {one.name: one for one in within.a.scores.trackers}
    for pair in within.pairs:
        expected = own[pair.b.name].summary.overall.auc - own["siamfc"].summary.overall.auc
        assert pair.main.difference == pytest.approx(expected)
        assert line(pair).startswith(f"{pair.b.name} against siamfc: ")
        assert "siamfc: trained against untrained: " in line(pair)
        assert f". {pair.b.name} was trained for tracking, siamfc was not: " in sentence(pair)
    assert {change.what for change in within.changes} >= {"siamfc name"}
    (alike,) = compare_trackers(made_run, ["memtrack", "dualmn"], frames=False).pairs
    assert "trained" not in line(alike) + sentence(alike)


def test_only_the_trackers_asked_for_are_compared(made_run: Path) -> None:
    comparison = compare_runs(made_run, made_run, frames=False, trackers=["memtrack"])
    assert [pair.a.name for pair in comparison.pairs] == ["memtrack"]
    assert line(comparison.pairs[0]) == "memtrack: the same boxes on all 6 sequences"
    with pytest.raises(InputError, match="Did you mean 'memtrack'"):
        compare_runs(made_run, made_run, trackers=["memtrak"])


def test_what_cannot_be_compared_is_said(make: Callable[..., Path], tmp_path: Path, made_run: Path) -> None:
    other = make(tmp_path / "b", {"dualmn-short": 0.9}, pictures=False)
    with pytest.raises(InputError, match="no tracker in common"):
        compare_runs(made_run, other)
    longer = make(tmp_path / "c", {"siamfc": 0.9}, frames=70, pictures=False)
    with pytest.raises(InputError, match="no sequence in common"):
        compare_runs(made_run, longer)
    scores = json.loads((longer / "scores.json").read_text())
    (longer / "scores.json").write_text(json.dumps({**scores, "profile": "got10k"}))
    with pytest.raises(InputError, match="cannot be compared: profile"):
        compare_runs(made_run, longer)


def test_one_function_writes_the_page(made_run: Path, tmp_path: Path) -> None:
    file = write(made_run, made_run, tmp_path / "new" / "page.html", frames=False)
    assert "Engram comparison" in file.read_text()
