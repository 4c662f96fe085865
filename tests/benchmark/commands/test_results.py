from __future__ import annotations

import json
import os
import time
from pathlib import Path

HOUR = 3600.0


def grow_old(folder: Path) -> None:
    for path in folder.rglob("*"):
        os.utime(path, (time.time() - 2 * HOUR,) * 2)


def test_runs_and_records_are_listed_sized_and_cleaned(run_bench, picture_folder: Path, tmp_path: Path) -> None:
    folder = tmp_path / "results"
    words = ("-d", "folder", "--data-root", picture_folder, "--sequences", "first")
    run_bench("-t", "cv2:kcf", *words)
    run_bench("-t", "cv2:mil", *words)
    shown = run_bench("results", "--results", folder)
    assert shown.returncode == 0, shown.stderr
    assert "cv2:kcf" in shown.stdout
    assert "folder, 1 of 3 sequences" in shown.stdout
    listed = json.loads(run_bench("results", "--json", "--results", folder).stdout)
    assert [run["trackers"] for run in listed["runs"]] == [["cv2:mil"], ["cv2:kcf"]]
    assert [(row["tracker"], row["records"], row["unused"]) for row in listed["records"]] == [
        ("cv2:kcf", 1, 0), ("cv2:mil", 1, 0),
    ]  # fmt: skip
    grow_old(folder)
    assert "would free" in run_bench("results", "--results", folder, "gc", "--keep", 1, "--dry-run").stdout
    freed = run_bench("results", "gc", "--keep", 1, "--results", folder)
    assert freed.stdout.startswith("freed ")
    assert "1 record\n" in freed.stdout
    listed = json.loads(run_bench("results", "--json", "--results", folder).stdout)
    assert [row["tracker"] for row in listed["records"]] == ["cv2:mil"]
    assert [run["kept"] for run in listed["runs"]] == [1, 0]
    assert "nothing is left to run" in run_bench("-t", "cv2:mil", *words).stderr
    assert "kept from earlier" not in run_bench("-t", "cv2:kcf", *words).stderr


def test_a_folder_without_results_is_one_clear_line(run_bench, tmp_path: Path) -> None:
    for words in (("results",), ("results", "gc")):
        done = run_bench(*words, "--results", tmp_path / "none")
        assert done.returncode == 2
        assert "no results in" in done.stderr
        assert not (tmp_path / "none").exists()
