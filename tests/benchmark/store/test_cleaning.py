from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from benchmark.store.cleaning import clean
from trackers.errors import InputError

HOUR = 3600.0


def files(folder: Path) -> set[Path]:
    return {path for path in folder.rglob("*") if path.is_file()}


def test_what_the_newest_runs_use_stays_and_the_rest_goes(shelf) -> None:
    kept, old, unused = (shelf.record(number, telemetry=True) for number in range(3))
    shelf.run(2, kept)
    report = shelf.run(1, old) / "report.html"
    report.write_text("a report")
    removed = clean(shelf.store, keep=1)
    assert {one.path for one in removed if one.kind == "record"} == {
        file.with_suffix(suffix) for file in (old, unused) for suffix in (".npz", ".telemetry.npz")
    }
    assert sum(one.size for one in removed) > 0
    assert kept.exists()
    assert kept.with_suffix(".telemetry.npz").exists()
    assert not old.parent.exists()
    assert report.exists()
    assert clean(shelf.store, keep=1) == []


def test_a_dry_run_says_the_same_and_removes_nothing(shelf) -> None:
    for number in range(3):
        shelf.record(number, telemetry=True)
    before = files(shelf.store.folder)
    said = clean(shelf.store, keep=1, dry_run=True)
    assert files(shelf.store.folder) == before
    assert clean(shelf.store, keep=1) == said
    assert len(said) == 6


def test_what_was_written_or_used_within_the_hour_stays(shelf) -> None:
    young, old = shelf.record(1, age=60), shelf.record(2, telemetry=True)
    found = shelf.store.find("demo", "cv2:kcf", old.parent.name + "0" * 52, "plain", 0, 0)
    assert found is not None, "the test reads it under its own key"
    assert clean(shelf.store, keep=1) == []
    assert young.exists()
    assert old.with_suffix(".telemetry.npz").exists()


def test_a_run_that_goes_on_keeps_what_it_has_made_however_many_came_after_it(shelf) -> None:
    long_ago = shelf.record(1, age=20 * HOUR)
    cut_off = shelf.record(2, age=50 * HOUR)
    shelf.run(1, cut_off, finished=False, age=50 * HOUR)
    shelf.run(2, long_ago, finished=False, age=2 * HOUR)
    for number in range(3, 6):
        shelf.run(number)
    clean(shelf.store, keep=2)
    assert long_ago.exists()
    assert not cut_off.exists()


def test_a_run_that_was_cut_off_counts_as_one_of_the_newest(shelf) -> None:
    record = shelf.record(1, age=99 * HOUR)
    shelf.run(1, record, finished=False, age=99 * HOUR)
    assert clean(shelf.store, keep=1) == []


def test_part_files_orphans_and_empty_runs_go(shelf) -> None:
    record = shelf.record(1)
    shelf.run(1, record)
    litter = [
        record.with_name(".plain.0.0.npz.1234.part"), record.with_name("gone.0.0.telemetry.npz"),
        shelf.store.folder / ".latest.1234.part", shelf.store.folder / "runs" / "20260101T000000Z-abcdef",
        shelf.store.folder / "frames" / ".a.npz.1234.part",
    ]  # fmt: skip
    litter[-2].mkdir()
    litter[-1].parent.mkdir()
    for path in litter:
        path.write_text("half") if not path.is_dir() else None
        shelf.age(path, 2 * HOUR)
    fresh = record.with_name(".plain.0.0.npz.5678.part")
    fresh.write_text("being written")
    assert {one.path: one.kind for one in clean(shelf.store, keep=1)} == dict(
        zip(litter, ("part file", "orphan", "part file", "empty run", "part file"), strict=True)
    )
    assert record.exists()
    assert fresh.exists()


def test_committed_folders_and_strangers_are_never_touched(shelf) -> None:
    strangers = [shelf.store.folder / name for name in ("baselines/a.npz", "studies/.b.part", "tables/c", "mine.npz")]
    for path in strangers:
        path.parent.mkdir(exist_ok=True)
        path.write_text("")
        shelf.age(path, 99 * HOUR)
    clean(shelf.store, keep=1)
    assert all(path.exists() for path in strangers)


def test_what_lies_among_the_records_and_is_not_ours_stays(shelf, tmp_path: Path) -> None:
    record, outside = shelf.record(1), tmp_path / "outside" / "tracker" / "key"
    outside.mkdir(parents=True)
    (outside / "a.0.0.npz").write_text("")
    (outside / ".a.npz.1234.part").write_text("")
    strangers = [record.with_name("notes.txt"), record.with_name(".DS_Store"), record.with_name("a.npz"),
                 outside / "a.0.0.npz", outside / ".a.npz.1234.part"]  # fmt: skip
    for path in strangers:
        path.write_text("")
        shelf.age(path, 99 * HOUR)
    (shelf.store.folder / "records" / "linked").symlink_to(tmp_path / "outside")
    record.with_name("b.0.0.npz").symlink_to(outside / "a.0.0.npz")
    (shelf.store.folder / "runs" / "by hand").mkdir()
    shelf.age(shelf.store.folder / "runs" / "by hand", 99 * HOUR)
    (shelf.store.folder / "runs" / ".linked.1234.part").symlink_to(outside)
    shelf.run(1)
    removed = {one.path for one in clean(shelf.store, keep=1)}
    assert removed == {record}
    assert all(path.exists() for path in strangers)
    assert (shelf.store.folder / "runs" / "by hand").is_dir()


def test_what_a_killed_import_left_goes(shelf) -> None:
    record = shelf.record(1)
    run = shelf.run(1, record)
    half = run.with_name(f".{run.name}.1234.part")
    shutil.copytree(run, half)
    (half / "boxes").mkdir()
    run.rename(run.with_name("kept"))
    for path in (half / "boxes", half):
        shelf.age(path, 2 * HOUR)
    clean(shelf.store, keep=1)
    assert not half.exists()
    assert record.exists()


def test_the_run_that_latest_names_keeps_its_records_where_the_clock_was_set_back(shelf) -> None:
    of_tomorrow, of_today = shelf.record(1), shelf.record(2)
    shelf.run(20, of_tomorrow)
    shelf.store.set_latest(shelf.run(10, of_today))
    clean(shelf.store, keep=1)
    assert of_today.exists()
    assert of_tomorrow.exists()


def test_what_is_of_the_future_stays(shelf) -> None:
    record = shelf.record(1, age=-99 * HOUR)
    shelf.run(1)
    assert clean(shelf.store, keep=1) == []
    assert record.exists()


def test_a_run_that_cannot_be_read_stops_the_cleaning(shelf) -> None:
    record = shelf.record(1)
    (shelf.run(1, record) / "manifest.json").write_text("{")
    with pytest.raises(InputError, match="uses is not known, so nothing is removed"):
        clean(shelf.store, keep=1)
    assert record.exists()


@given(uses=st.lists(st.sets(st.integers(0, 7)), max_size=6), keep=st.integers(1, 4), young=st.sets(st.integers(0, 7)))
@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
def test_exactly_what_nobody_needs_goes(
    shelf, tmp_path_factory, uses: list[set[int]], keep: int, young: set[int]
) -> None:
    shelf = type(shelf)(tmp_path_factory.mktemp("results"))
    records = [shelf.record(number, age=60 if number in young else 5 * HOUR) for number in range(8)]
    for number, used in enumerate(uses):
        shelf.run(number, *(records[index] for index in sorted(used)))
    needed = set().union(young, *uses[::-1][:keep])
    clean(shelf.store, keep)
    assert {number for number, record in enumerate(records) if record.exists()} == needed
