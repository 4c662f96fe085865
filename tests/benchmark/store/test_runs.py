from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmark.store.runs import Stock, read_run, read_runs, read_stock, record_files, record_of
from trackers.errors import InputError


@pytest.mark.parametrize(
    ("file", "record"),
    [
        ("a.0.0.npz", "a.0.0.npz"),
        ("a.0.0.telemetry.npz", "a.0.0.npz"),
        ("a.17.2.latency-1.npz", "a.17.2.npz"),
        ("Jogging.1.0.0.npz", "Jogging.1.0.0.npz"),
        ("Jogging.1.0.0.telemetry.npz", "Jogging.1.0.0.npz"),
        ("notes.txt", "notes.txt"),
    ],
)
def test_an_attachment_belongs_to_its_record(file: str, record: str) -> None:
    assert record_of(Path("x", file)) == Path("x", record)


def test_runs_come_newest_first_with_what_they_were(shelf) -> None:
    first, second = shelf.record(1), shelf.record(2, sequence="Jogging.1")
    shelf.run(1, first)
    shelf.run(20, first, second, failed=1)
    shelf.run(3, finished=False)
    newest, begun, oldest = read_runs(shelf.store)[0]
    assert newest.id == "20260101T000020Z-abcdef"
    assert newest.date == "2026-01-01 00:00"
    assert (newest.failures, newest.records, newest.kept()) == (1, {first, second}, 2)
    assert newest.coverage == "demo, 1 of 12 sequences"
    assert newest.size > 100
    assert (begun.finished, oldest.finished) == (False, True)
    second.unlink()
    assert newest.kept() == 1


def test_a_folder_that_is_no_run_is_left_out(shelf) -> None:
    (shelf.store.folder / "runs" / "by hand").mkdir()
    (shelf.store.folder / "runs" / "a file").write_text("")
    (shelf.store.folder / "runs" / ".killed.part").mkdir()
    assert read_runs(shelf.store) == ([], {})


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"{}", "has schema None, this program reads 1"),
        (b"[]", "is no manifest of a run"),
        (b"null", "is no manifest of a run"),
        (b"", "cannot be read (Expecting value"),
        (b'{"schema": 1', "cannot be read (Expecting ',' delimiter"),
        (b'{"schema": 0}', "has schema 0, this program reads 1"),
        (b'{"schema": 7}', "has schema 7, this program reads 1: update Engram"),
        (b'{"schema": true}', "has schema True, this program reads 1"),
        (b'{"schema": 1, "schema": 1}', "the key 'schema' stands twice in one object"),
        (b'{"schema": 1, "seed": NaN}', "NaN is no number of JSON"),
        (b'{"schema": 1, "seed": 1e999}', "the number 1e999 is too large"),
        (b'{"schema": 1, "seed": %s}' % (b"1" * 5000), "is too large"),
        (b"[" * 100_000, "nests deeper than 50 levels"),
        (b"[" * 60 + b"]" * 60, "nests deeper than 50 levels"),
        (b'{"schema": 1, "dataset": "demo"}', "dataset is not an object"),
        (b'\xff\xfe{"schema": 1}', "'utf-8' codec can't decode byte 0xff"),
    ],
)
def test_a_damaged_run_is_told_of_beside_the_others(shelf, content: bytes, reason: str) -> None:
    sound, damaged = shelf.run(1), shelf.run(2)
    (damaged / "manifest.json").write_bytes(content)
    runs, others = read_runs(shelf.store)
    assert [run.folder for run in runs] == [sound]
    assert list(others) == [damaged]
    assert reason in others[damaged]
    assert "\n" not in others[damaged]
    with pytest.raises(InputError):
        read_run(shelf.store, damaged)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("key", "../../../../etc"), ("key", ".."), ("key", ""), ("key", 3), ("start", -1), ("start", True),
        ("start", "0"), ("repeat", 1.5), ("tracker", None), ("sequence", ["a"]), ("begun", "../.."), ("begun", ""),
    ],
)  # fmt: skip
def test_a_record_that_leads_elsewhere_is_refused(shelf, field: str, value: object) -> None:
    run = shelf.run(1, shelf.record(1))
    content = json.loads((run / "manifest.json").read_text())
    content["records"][0][field] = value
    (run / "manifest.json").write_text(json.dumps(content))
    with pytest.raises(InputError, match=r"manifest\.json cannot be read \(records\[0\]"):
        read_run(shelf.store, run)


def test_links_are_not_followed_and_strangers_files_are_not_counted(shelf, tmp_path: Path) -> None:
    record = shelf.record(1)
    elsewhere = tmp_path / "elsewhere" / "tracker" / "key"
    elsewhere.mkdir(parents=True)
    (elsewhere / "a.0.0.npz").write_text("x" * 1000)
    (shelf.store.folder / "records" / "linked").symlink_to(tmp_path / "elsewhere")
    record.with_name("b.0.0.npz").symlink_to(elsewhere / "a.0.0.npz")
    record.with_name("notes.txt").write_text("x")
    record.with_name(".DS_Store").write_text("x")
    assert list(record_files(shelf.store)) == [record]
    run = shelf.run(1, record)
    before = read_runs(shelf.store)[0][0].size
    (run / "linked").symlink_to(tmp_path / "elsewhere")
    (run / "file").symlink_to(elsewhere / "a.0.0.npz")
    assert read_runs(shelf.store)[0][0].size == before


def test_the_stock_counts_records_attachments_and_what_no_run_uses(shelf) -> None:
    used = shelf.record(1, telemetry=True)
    shelf.record(2)
    shelf.run(1, used)
    used.with_name(".x.part").write_text("half")
    (stock,) = read_stock(shelf.store, read_runs(shelf.store)[0])
    size = sum(file.stat().st_size for file in (shelf.store.folder / "records").rglob("*.npz"))
    assert stock == Stock("demo", "cv2:kcf", 2, size, 1)
