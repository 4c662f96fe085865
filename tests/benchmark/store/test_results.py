from __future__ import annotations

import errno
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmark.store.record import Record, write_record
from benchmark.store.results import Results, slug, writing
from benchmark.store.runs import record_files
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


def test_names_of_a_damaged_file_are_no_less_safe() -> None:
    assert len({slug(name) for name in ("\ud800", "\udcff", "_")}) == 3


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


@contextmanager
def without_rights() -> Iterator[None]:
    """Go on as a user to whom the folder does not belong: nothing is forbidden to the system's own."""
    mine = os.getuid()
    if mine == 0:
        os.setresuid(65534, 65534, 0)
    try:
        yield
    finally:
        if mine == 0:
            os.setresuid(0, 0, 0)


@pytest.fixture
def reachable() -> Iterator[Path]:
    """A folder that every user may look into, as pytest's own is not."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


@pytest.mark.skipif(sys.platform == "win32", reason="rights are not kept in modes there")
def test_a_read_only_folder_is_said_before_work_starts(reachable: Path) -> None:
    store = Results(reachable)
    (store.folder / "runs").chmod(0o555)
    with without_rights(), pytest.raises(InputError, match=r"permission denied\); choose another --results"):
        Results(reachable)
    (store.folder / "runs").chmod(0o755)


@pytest.mark.skipif(sys.platform == "win32", reason="rights are not kept in modes there")
def test_a_record_that_cannot_be_written_is_one_clear_line(reachable: Path) -> None:
    store = Results(reachable)
    (store.folder / "records").chmod(0o555)
    with without_rights(), pytest.raises(InputError, match=r"cannot write .*\(Permission denied\): what is done"):
        store.keep(record("ab" * 32))
    (store.folder / "records").chmod(0o755)


def test_telemetry_of_another_key_or_damaged_is_none(tmp_path: Path) -> None:
    store = Results(tmp_path)
    kept = record("ab" * 32)
    store.keep(kept, {"peak": np.arange(2)})
    np.testing.assert_array_equal((store.telemetry(kept) or {})["peak"], [0, 1])
    assert store.telemetry(record("ab" * 6 + "0" * 52)) is None
    store.telemetry_path(kept).write_bytes(b"half")
    assert store.telemetry(kept) is None


def test_a_record_is_written_into_a_folder_that_was_cleaned_away_meanwhile(tmp_path: Path, monkeypatch) -> None:
    store = Results(tmp_path)
    make, cleaned = Path.mkdir, []

    def made_and_cleaned(path: Path, *arguments: object, **options: object) -> None:
        make(path, *arguments, **options)  # type: ignore[arg-type]
        if path.name == "ab" * 6 and not cleaned:
            cleaned.append(path.rmdir())

    monkeypatch.setattr(Path, "mkdir", made_and_cleaned)
    assert store.keep(record("ab" * 32)).is_file()
    assert cleaned


@pytest.mark.parametrize("content", [b"\xff\xfe", b"../..", b"", b"\n", b".hidden", b"/etc", b"a/b", b"a\0b"])
def test_a_damaged_latest_is_one_line(tmp_path: Path, content: bytes) -> None:
    store = Results(tmp_path / "results")
    (store.new_run() / "manifest.json").write_text("{}")
    (store.folder / "latest").write_bytes(content)
    with pytest.raises(InputError, match="latest is damaged, it names no run"):
        store.find_run("latest")


def test_a_latest_that_names_a_run_of_the_past_is_the_run_that_ended_last(tmp_path: Path) -> None:
    store = Results(tmp_path / "results")
    run = store.new_run()
    (run / "manifest.json").write_text("{}")
    (store.folder / "latest").write_text("20250101T000000000Z-abcdef")
    assert store.find_run("latest") == run


def test_a_record_that_is_damaged_is_known_and_counts_as_missing(tmp_path: Path) -> None:
    store = Results(tmp_path / "results")
    one = Record("ab" * 32, "demo", "t", "s", 0, 0, "done", np.ones((2, 4)), np.ones(2))
    place = ("demo", "t", one.key, "s", 0, 0)
    assert store.find(*place) is None
    assert store.damaged == []
    file = store.keep(one)
    assert store.find(*place) is not None
    assert store.damaged == []
    file.write_bytes(file.read_bytes()[:-9])
    assert store.find(*place) is None
    assert store.damaged == [file]


def test_a_folder_is_opened_for_reading_without_being_made(tmp_path: Path) -> None:
    store = Results(tmp_path / "none", write=False)
    assert list(record_files(store)) == []
    with pytest.raises(InputError, match="no run in"):
        store.find_run("latest")
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_leaves_no_empty_folder(tmp_path: Path) -> None:
    place = tmp_path / "new" / "site"
    (tmp_path / "there").mkdir()

    def fill(folder: Path, *files: str) -> None:
        (folder / "tables" / "deep").mkdir(parents=True)
        for name in files:
            (folder / name).write_text("kept")
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def filled(folder: Path, *files: str) -> None:
        with writing(folder):
            fill(folder, *files)

    for folder, files in ((place, ()), (place, ("index.html",)), (tmp_path / "there", ("a",))):
        with pytest.raises(InputError, match="No space left on device"):
            filled(folder, *files)
        assert (tmp_path / "new").exists() is bool(files)
    assert [one.name for one in place.iterdir()] == ["index.html"]
    assert (tmp_path / "there" / "a").read_text() == "kept"


def test_a_failure_that_is_written_while_another_process_finishes_replaces_nothing(tmp_path: Path, monkeypatch) -> None:
    first, second = Results(tmp_path), Results(tmp_path)
    done = Record("ab" * 32, "demo", "t", "a", 0, 0, "done", np.ones((3, 4)), np.ones(3))
    failed = Record("ab" * 32, "demo", "t", "a", 0, 0, "failed", np.empty((0, 4)), np.empty(0), error="it fell")
    finishing = Thread(target=second.keep, args=(done,))

    def write(path: Path, record: Record) -> None:
        if record is failed:  # between its look at what is there and its writing
            finishing.start()
            finishing.join(0.5)
        write_record(path, record)

    monkeypatch.setattr("benchmark.store.results.write_record", write)
    first.keep(failed)
    finishing.join()
    assert first.find("demo", "t", done.key, "a", 0, 0).status == "done"
