from __future__ import annotations

from pathlib import Path

import pytest

from benchmark.playback.stored import choose_trackers, stored_scene
from benchmark.playback.trails import find_run
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


def test_a_choice_of_nobody_and_a_run_without_trackers_are_refused() -> None:
    for wanted in ([], [""], [","]):
        with pytest.raises(InputError, match="no tracker is named"):
            choose_trackers(wanted, CAST)
    with pytest.raises(InputError, match=r"the run has imported results alone, .* `run_bench view` shows them"):
        choose_trackers(["all"], ())


def test_a_damaged_manifest_is_one_line(tmp_path: Path) -> None:
    run = tmp_path / "runs" / "one"
    run.mkdir(parents=True)
    (run / "manifest.json").write_text("{")
    store, folder = find_run(tmp_path, "one")
    with pytest.raises(InputError, match=r"manifest\.json cannot be read"):
        stored_scene(store, folder, "first", ["all"], lambda *_: None)
