from __future__ import annotations

import json
from pathlib import Path


def test_the_list_shows_trackers_and_what_is_found_of_datasets(run_bench, otb: Path) -> None:
    shown = json.loads(run_bench("list", "--json", "--data-root", otb).stdout)
    trackers = {row["name"]: row for row in shown["trackers"]}
    assert trackers["siamfc"]["weights"] == "imagenet"
    assert trackers["siamfc"]["parameters"] > 100_000
    assert 0 < trackers["siamfc"]["lane_bytes"] < trackers["memtrack"]["lane_bytes"]
    assert "s5" in trackers["siamfc"]["variants"]
    assert "paper" in trackers["siamfc"]["presets"]
    datasets = {row["name"]: row for row in shown["datasets"]}
    assert (datasets["OTB100"]["found"], datasets["OTB100"]["total"]) == (14, 100)
    assert (datasets["demo"]["found"], datasets["demo"]["total"]) == (12, 12)


def test_the_list_is_readable_without_any_data(run_bench, tmp_path: Path) -> None:
    done = run_bench("list", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "siamfc" in done.stdout
    assert "0 of 100" in done.stdout
