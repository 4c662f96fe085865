from __future__ import annotations

from pathlib import Path

import pytest

from benchmark.store.runs import Stock, read_run, read_runs, read_stock, record_of


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
    newest, begun, oldest = read_runs(shelf.store)
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
    damaged = shelf.run(1)
    (damaged / "manifest.json").write_text('{"dataset": 3}')
    assert read_runs(shelf.store) == []
    assert read_run(shelf.store, damaged) is None


def test_the_stock_counts_records_attachments_and_what_no_run_uses(shelf) -> None:
    used = shelf.record(1, telemetry=True)
    shelf.record(2)
    shelf.run(1, used)
    used.with_name(".x.part").write_text("half")
    (stock,) = read_stock(shelf.store, read_runs(shelf.store))
    size = sum(file.stat().st_size for file in (shelf.store.folder / "records").rglob("*.npz"))
    assert stock == Stock("demo", "cv2:kcf", 2, size, 1)
