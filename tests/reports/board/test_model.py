from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from benchmark.statistics.ranks import critical_difference
from reports.board.gathering import gather
from reports.board.model import Board, make_board
from trackers.errors import InputError


def board(tmp_path: Path, *places: Path, data_root: Path | None = None) -> Board:
    return make_board(gather(places, tmp_path / "room", data_root))


def test_the_newest_run_of_a_tracker_counts_and_older_ones_are_counted(
    own: Path, make: Callable[..., Path], tmp_path: Path, ended: Callable[[Path, float], None]
) -> None:
    (first,) = (own / "runs").iterdir()
    second = make(own, {"siamfc": 0.9}, frames=30, seed=9)
    ended(first, 1000.0)
    ended(second, 2000.0)
    (division,) = board(tmp_path, own).divisions
    assert division.source["siamfc"].run.folder.name == second.name
    assert division.source["memtrack"].run.folder.name == first.name
    assert division.older == {"siamfc": 1, "memtrack": 0, "dualmn": 0}
    ended(first, 3000.0)
    (division,) = board(tmp_path, own).divisions
    assert division.source["siamfc"].run.folder.name == first.name


def test_a_part_of_a_dataset_never_stands_beside_the_whole(
    own: Path, make: Callable[..., Path], tmp_path: Path
) -> None:
    part = make(own, {"cv2:kcf": 0.9}, ("first", "second"), frames=30)
    made = board(tmp_path, own)
    (division,) = made.divisions
    assert "cv2:kcf" not in division.source
    assert made.parts == ((part.name, "folder, 2 sequences"),)


def test_other_videos_of_the_same_name_are_other_data(own: Path, make: Callable[..., Path], tmp_path: Path) -> None:
    make(tmp_path / "longer", {"cv2:kcf": 0.9}, frames=31)
    make(tmp_path / "others", {"cv2:mil": 0.9}, ("first", "tenth"), frames=30)
    made = board(tmp_path, own, tmp_path / "longer", tmp_path / "others")
    columns = {one.title: {tracker.name for tracker in one.scores.trackers} for one in made.divisions}
    assert list(columns) == ["folder, 6 sequences [otb]", "folder, 6 sequences [otb] (2)", "folder, 2 sequences [otb]"]
    assert {frozenset(names) for names in columns.values()} == {
        frozenset({"siamfc", "memtrack", "dualmn"}), frozenset({"cv2:kcf"}), frozenset({"cv2:mil"}),
    }  # fmt: skip
    assert made.parts == ()


def test_ranks_and_speeds_are_those_of_all_runs_together(own: Path, make: Callable[..., Path], tmp_path: Path) -> None:
    make(tmp_path / "more", {"cv2:kcf": 0.5}, frames=30, seed=3)
    (division,) = board(tmp_path, own, tmp_path / "more").divisions
    scores = {one.name: {name: own.auc for name, own in one.sequences.items()} for one in division.scores.trackers}
    assert division.ranks == critical_difference(scores)
    assert {one.tracker for one in division.speeds} == {"siamfc", "memtrack", "dualmn", "cv2:kcf"}
    assert division.scores.trackers[0].summary.overall.auc == max(
        one.summary.overall.auc for one in division.scores.trackers
    )


def test_what_has_no_score_is_said_not_to_be_listed(
    own: Path, make: Callable[..., Path], withhold: Callable[[Path], Path], tmp_path: Path
) -> None:
    served = withhold(make(tmp_path / "served", {"siamfc": 0.5}, frames=30, pictures=False))
    with pytest.raises(InputError, match=r"has a score \(.*: it has no score: GOT-10k/test is scored by its server"):
        board(tmp_path, tmp_path / "served")
    failed = dict.fromkeys(("first", "second"), "RuntimeError: no memory")
    nobody = make(tmp_path / "failed", {"cv2:kcf": 0.5}, ("first", "second"), failed=failed, pictures=False)
    one = make(tmp_path / "one", {"cv2:kcf": 0.5, "dualmn": 0.9}, ("first", "second"), failed=failed, pictures=False)
    made = board(tmp_path, own, tmp_path / "served", tmp_path / "failed", tmp_path / "one")
    assert made.refused == (
        (served.name, "it has no score: GOT-10k/test is scored by its server alone"),
        (nobody.name, "it has no score: every sequence failed"),
        (f"cv2:kcf of {one.name}", "it has no score: every sequence failed"),
    )


def test_two_trackers_have_no_ranks_and_no_run_is_said(make: Callable[..., Path], tmp_path: Path) -> None:
    run = make(tmp_path / "two", {"siamfc": 0.5, "memtrack": 0.6}, frames=30, pictures=False)
    assert board(tmp_path, tmp_path / "two").divisions[0].ranks is None
    (run / "scores.json").write_text("{}")
    with pytest.raises(InputError, match="no run that was found has a score"):
        board(tmp_path, tmp_path / "two")
