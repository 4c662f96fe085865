from __future__ import annotations

from collections.abc import Callable
from pathlib import Path


def test_a_board_is_written_and_what_is_not_listed_is_said(
    make: Callable[..., Path], tmp_path: Path, run_bench
) -> None:
    make(tmp_path / "own", {"siamfc": 0.5, "memtrack": 0.6, "dualmn": 0.7}, frames=30, pictures=False)
    (tmp_path / "sent").mkdir()
    (tmp_path / "sent" / "alone.zip").write_bytes(b"PK")
    done = run_bench("board", tmp_path / "own", tmp_path / "sent", "-o", tmp_path / "site")
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == str(tmp_path / "site" / "index.html")
    assert "not listed: alone.zip: no submission names it" in done.stderr
    assert {"index.html", "board.csv", "board.json", "board.md", "board.tex", "reports"} == {
        file.name for file in (tmp_path / "site").iterdir()
    }


def test_a_board_of_nothing_is_one_line(tmp_path: Path, run_bench) -> None:
    done = run_bench("board", tmp_path / "none", "-o", tmp_path / "site")
    assert done.returncode == 2
    assert "neither a results folder" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert not (tmp_path / "site").exists()


def test_a_history_that_is_not_there_is_no_empty_one(tmp_path: Path, run_bench) -> None:
    done = run_bench("board", tmp_path, "--history", tmp_path / "typo.jsonl", "-o", tmp_path / "site")
    assert done.returncode == 2
    assert "typo.jsonl' does not exist" in done.stderr


def test_a_history_that_is_damaged_is_said_before_anything_is_written(
    make: Callable[..., Path], tmp_path: Path, run_bench
) -> None:
    make(tmp_path / "own", {"siamfc": 0.5}, frames=30, pictures=False)
    (tmp_path / "gate.jsonl").write_text("{}\n{}\n")
    done = run_bench("board", tmp_path / "own", "--history", tmp_path / "gate.jsonl", "-o", tmp_path / "site")
    assert done.returncode == 2
    assert "line 1" in done.stderr
    assert not (tmp_path / "site").exists()
