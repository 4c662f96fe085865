from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmark.store.record import Record
from benchmark.store.results import Results, slug
from trackers.errors import InputError


@given(st.text(max_size=300))
def test_no_name_leaves_its_folder(name: str) -> None:
    part = slug(name)
    assert part
    assert "/" not in part
    assert "\\" not in part
    assert not part.startswith(".")
    assert len(part) < 120
    assert Path("base", part).resolve().parent == Path("base").resolve()


@given(st.text(max_size=30), st.text(max_size=30))
def test_other_names_have_other_places(first: str, second: str) -> None:
    assert (slug(first) == slug(second)) is (first == second)


def test_plain_names_stay_as_they_are() -> None:
    for name in ("siamfc", "memtrack-m4", "Jogging-1", "siamfc{scales=1}"):
        assert slug(name) == name


def record(key: str) -> Record:
    return Record(key, "demo", "cv2:csrt", "../up", 0, 0, "done", np.ones((2, 4)), np.ones(2))


def test_a_record_is_found_again_by_its_key_alone(tmp_path: Path) -> None:
    store = Results(tmp_path)
    kept = record("ab" * 32)
    path = store.keep(kept, {"peak": np.ones(1)})
    assert path.resolve().is_relative_to((tmp_path / "records" / "demo").resolve())
    assert path.with_suffix(".telemetry.npz").is_file()
    assert store.find("demo", "cv2:csrt", kept.key, "../up", 0, 0) is not None
    assert store.find("demo", "cv2:csrt", "ab" * 6 + "0" * 52, "../up", 0, 0) is None


def test_a_run_is_found_by_folder_id_and_latest(tmp_path: Path) -> None:
    store = Results(tmp_path)
    with pytest.raises(InputError, match="no run in"):
        store.find_run("latest")
    run = store.new_run()
    (run / "manifest.json").write_text("{}")
    store.set_latest(run)
    assert store.find_run("latest") == store.find_run(run.name) == store.find_run(str(run)) == run
    with pytest.raises(InputError, match="no run 'other'"):
        store.find_run("other")


def test_a_folder_that_cannot_be_written_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="choose another --results"):
        Results(tmp_path / "file")
