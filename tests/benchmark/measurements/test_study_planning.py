from __future__ import annotations

import json
from pathlib import Path

from benchmark.measurements.study_planning import pretend_done
from benchmark.studies.reading import study_names


def test_a_plan_finds_all_that_is_pretended_and_nothing_is_left(run_bench, tmp_path: Path) -> None:
    records = pretend_done(tmp_path / "results", "demo")
    plans = json.loads(run_bench("study", "-d", "demo", "--results", tmp_path / "results", "--json", "-").stdout)
    assert [one["study"] for one in plans] == list(study_names())
    rows = [row for one in plans for part in one["parts"] for row in part["trackers"]]
    assert sum(row["frames_left"] for row in rows) == 0
    assert all(row["kept"] == row["trajectories"] == 36 for row in rows)
    assert records == 36 * len({row["tracker"] for row in rows}), "what studies share is wanted once"
