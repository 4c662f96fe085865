from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmark.datasets.sequence import Annotation
from benchmark.interop.dialects import read_dialect
from benchmark.interop.importing import import_results
from benchmark.interop.upload import SERVERS, check_archive, write_archive
from benchmark.store.record import Record
from trackers.errors import InputError

GOT10K, TRACKINGNET = SERVERS["got10k"], SERVERS["trackingnet"]
LENGTHS = {"GOT-10k_Test_000001": 5, "GOT-10k_Test_000002": 3}


def truth() -> dict[str, Annotation]:
    first = np.array([[10.0, 20.0, 30.0, 40.0]])
    return {
        name: Annotation(
            name, np.concatenate([first, np.full((count - 1, 4), np.nan)]), np.arange(count) == 0, origin=0, secret=True
        )
        for name, count in LENGTHS.items()
    }


def record(name: str, repeat: int = 0, boxes: np.ndarray | None = None, status: str = "done") -> Record:
    count = LENGTHS[name]
    rows = np.array([10.0, 20.0, 30.0, 40.0]) + np.arange(count)[:, None] * 1.23456 if boxes is None else boxes
    times = np.full(count, 0.25 + repeat)
    return Record(
        "k" * 64, "GOT-10k/test", "t", name, 0, repeat, status, rows, np.ones(count), times.sum(), times=times
    )


def records(repeats: int = 1) -> list[Record]:
    return [record(name, repeat) for name in LENGTHS for repeat in range(repeats)]


def contents(file: Path) -> dict[str, str]:
    with zipfile.ZipFile(file) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


def test_got10ks_archive_is_as_its_own_toolkit_writes_it(tmp_path: Path) -> None:
    from got10k.experiments import ExperimentGOT10k

    assert write_archive(tmp_path / "t.zip", GOT10K, truth(), records(2)) == 0
    experiment = ExperimentGOT10k.__new__(ExperimentGOT10k)
    for one in records(2):
        file = tmp_path / "theirs" / one.sequence / f"{one.sequence}_{one.repeat + 1:03d}.txt"
        experiment._record(str(file), one.boxes, one.times)
    theirs = {str(p.relative_to(tmp_path / "theirs")): p.read_text() for p in (tmp_path / "theirs").rglob("*.txt")}
    assert contents(tmp_path / "t.zip") == theirs


def test_trackingnets_archive_is_flat_and_without_times(tmp_path: Path) -> None:
    write_archive(tmp_path / "t.zip", TRACKINGNET, truth(), records(3))
    found = contents(tmp_path / "t.zip")
    assert sorted(found) == ["GOT-10k_Test_000001.txt", "GOT-10k_Test_000002.txt"]
    assert found["GOT-10k_Test_000002.txt"].splitlines() == [
        "10.00,20.00,30.00,40.00", "11.23,21.23,31.23,41.23", "12.47,22.47,32.47,42.47"
    ]  # fmt: skip


def test_what_is_uploaded_can_be_taken_in_again(tmp_path: Path) -> None:
    write_archive(tmp_path / "t.zip", GOT10K, truth(), records())
    with zipfile.ZipFile(tmp_path / "t.zip") as archive:
        archive.extractall(tmp_path / "t")
    found, _ = import_results(
        tmp_path / "t", read_dialect("got10k-server"), "t", "GOT-10k/test", truth(), targets=set(LENGTHS), origin=0
    )
    assert set(found.by_sequence) == set(LENGTHS)
    assert found.boxes["GOT-10k_Test_000002"] == pytest.approx(record("GOT-10k_Test_000002").boxes, abs=5e-4)


def test_boxes_that_are_none_repeat_the_one_before(tmp_path: Path) -> None:
    rows = record("GOT-10k_Test_000001").boxes
    rows[2], rows[3, 2] = np.nan, 0.001
    own = [record("GOT-10k_Test_000001", boxes=rows), record("GOT-10k_Test_000002")]
    assert write_archive(tmp_path / "t.zip", TRACKINGNET, truth(), own) == 2
    lines = contents(tmp_path / "t.zip")["GOT-10k_Test_000001.txt"].splitlines()
    assert lines[1] == lines[2] == lines[3] != lines[4]


@pytest.mark.parametrize(
    "own",
    [
        [record("GOT-10k_Test_000001")],
        [record("GOT-10k_Test_000001"), record("GOT-10k_Test_000002", boxes=np.ones((2, 4)))],
        [record("GOT-10k_Test_000001"), record("GOT-10k_Test_000002", status="failed")],
    ],
)
def test_an_incomplete_run_has_no_archive(tmp_path: Path, own: list[Record]) -> None:
    with pytest.raises(InputError, match="takes all 2 sequences, and GOT-10k_Test_000002 was not followed to the end"):
        write_archive(tmp_path / "t.zip", GOT10K, truth(), own)
    assert not list(tmp_path.iterdir())


Change = Callable[[dict[str, str]], object]
ONE = "GOT-10k_Test_000001/GOT-10k_Test_000001_001.txt"
TIMES = "GOT-10k_Test_000001/GOT-10k_Test_000001_time.txt"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda c: c.pop(ONE), f"{ONE} is missing"),
        (lambda c: c.pop(TIMES), f"{TIMES} is missing"),
        (lambda c: c.update({"notes.txt": "x"}), "notes.txt is no file of a submission"),
        (lambda c: c.update({ONE: c[ONE].replace(",", ", ")}), "is not 4 numbers between commas"),
        (lambda c: c.update({ONE: c[ONE].replace(",", "\t")}), "is not 4 numbers between commas"),
        (lambda c: c.update({ONE: c[ONE].replace("\n", "\r\n")}), "is not 4 numbers between commas"),
        (lambda c: c.update({ONE: "nan,nan,nan,nan\n" * 5}), "is not 4 numbers between commas"),
        (lambda c: c.update({ONE: c[ONE] + "1,2,3,4\n"}), "has 6 rows for 5 frames"),
        (lambda c: c.update({ONE: c[ONE].rstrip()}), "does not end with a line"),
        (lambda c: c.update({ONE: c[ONE].replace("10.000", "11.000")}), "does not begin with the box that was given"),
        (lambda c: c.update({ONE: "10,20,30,40\n" + "1,2,0,4\n" * 4}), "has a box without a size"),
        (lambda c: c.update({TIMES: "0.1,0.2\n" * 5}), "is not 1 numbers between commas"),
        (lambda c: c.update({TIMES: "-0.1\n" * 5}), "has a time below 0"),
        (lambda c: c.update({ONE: "\u00e9" + c[ONE]}), "is no text of numbers"),
    ],
)
def test_the_strict_reader_takes_nothing_else(tmp_path: Path, change: Change, said: str) -> None:
    write_archive(tmp_path / "t.zip", GOT10K, truth(), records())
    found = contents(tmp_path / "t.zip")
    change(found)
    with zipfile.ZipFile(tmp_path / "bad.zip", "w") as archive:
        for name, text in found.items():
            archive.writestr(name, text)
    with pytest.raises(InputError, match=said.replace("(", r"\(")):
        check_archive(tmp_path / "bad.zip", GOT10K, truth())


def test_a_folder_around_trackingnets_files_is_refused(tmp_path: Path) -> None:
    write_archive(tmp_path / "t.zip", TRACKINGNET, truth(), records())
    with zipfile.ZipFile(tmp_path / "bad.zip", "w") as archive:
        for name, text in contents(tmp_path / "t.zip").items():
            archive.writestr(f"results/{name}", text)
    with pytest.raises(InputError, match=r"GOT-10k_Test_000001.txt is missing"):
        check_archive(tmp_path / "bad.zip", TRACKINGNET, truth())


@settings(deadline=None, max_examples=30)
@given(st.data())
def test_any_boxes_make_an_archive_that_the_strict_reader_takes(tmp_path_factory: pytest.TempPathFactory, data) -> None:
    value = st.floats(-1e6, 1e6) | st.sampled_from([np.nan, np.inf, 0.0, -0.0, 1e-9])
    own = []
    for name, count in LENGTHS.items():
        rows = np.array(data.draw(st.lists(st.lists(value, min_size=4, max_size=4), min_size=count, max_size=count)))
        rows[0] = [10, 20, 30, 40]
        own.append(record(name, boxes=rows))
    file = tmp_path_factory.mktemp("upload") / "t.zip"
    for server in SERVERS.values():
        write_archive(file, server, truth(), own)
        check_archive(file, server, truth())
