from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmark.playback.stored import choose_trackers, find_run, stored_scene
from trackers.errors import InputError

CAST = ("siamfc", "memtrack", "memtrack{slots=4,read=hard}", "cv2:kcf")


@pytest.mark.parametrize(
    ("wanted", "chosen"),
    [
        (["all"], CAST),
        (["cv2:kcf,siamfc"], ("siamfc", "cv2:kcf")),  # in the run's order
        (["mem*"], ("memtrack", "memtrack{slots=4,read=hard}")),
        (["memtrack{slots=4,read=hard}"], ("memtrack{slots=4,read=hard}",)),
        (["siamfc", "siamfc"], ("siamfc",)),
    ],
)
def test_trackers_are_chosen_among_the_runs(wanted: list[str], chosen: tuple[str, ...]) -> None:
    assert tuple(choose_trackers(wanted, CAST)) == chosen


def test_an_unknown_tracker_is_named_with_what_there_is() -> None:
    with pytest.raises(InputError, match=r"no tracker 'memtrak'\. Did you mean 'memtrack'.* It has: siamfc"):
        choose_trackers(["memtrak"], CAST)


def test_a_damaged_manifest_is_one_line(tmp_path: Path) -> None:
    run = tmp_path / "runs" / "one"
    run.mkdir(parents=True)
    (run / "manifest.json").write_text("{")
    store, folder = find_run(tmp_path, "one")
    with pytest.raises(InputError, match=r"manifest\.json cannot be read"):
        stored_scene(store, folder, "first", ["all"], lambda *_: None)


def test_a_run_that_was_copied_alone_has_no_records(tmp_path: Path) -> None:
    run = tmp_path / "copied"
    run.mkdir()
    (run / "manifest.json").write_text(json.dumps({}))
    assert find_run(tmp_path / "results", str(run)) == (None, run)
    assert not (tmp_path / "results").exists()
    assert [file.name for file in tmp_path.iterdir()] == ["copied"]
