"""Sequences of which a profile, or a change of one, scores no frame."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import layouts
import numpy as np
import pytest

from benchmark.datasets.sequence import Annotation
from benchmark.metrics.sensitivity import sensitivity
from benchmark.profiles import load_profile

VAL = "GOT-10k_Val_000001"
FAILS = layouts.STAY.replace("stay", "fails").replace(
    "        return", "        assert self.box[2] < 25\n        return"
)


def test_what_is_scored_nowhere_is_said_before_anything_is_run(run_bench: Any, tmp_path: Path) -> None:
    layouts.got10k(tmp_path / "GOT-10k", "val", VAL, layouts.boxes(60, 0), cover=[8] + [0] * 30 + [8] * 29)
    (tmp_path / "stay.py").write_text(layouts.STAY)
    words = ("-t", f"py:{tmp_path}/stay.py", "-d", "GOT-10k/val", "--data-root", tmp_path, "--subset", "available")
    done = run_bench(*words, "--limit-frames", 20)
    assert done.returncode == 2
    line = f"GOT-10k/val: profile got10k scores no frame of {VAL}: raise --limit-frames, or name the other sequences"
    assert line in done.stderr
    assert not list((tmp_path / "results").rglob("*.npz"))
    assert run_bench(*words, "--limit-frames", 32).returncode == 0
    assert run_bench(*words, "--limit-frames", 20, "--profile", "pytracking").returncode == 0


@pytest.fixture
def hidden(tmp_path: Path) -> Path:
    """LaSOT's extension with a sequence whose target is said to be seen nowhere, and a usual one."""
    wide = layouts.boxes(12)
    wide[:, 2] = 30
    layouts.lasot(tmp_path / "data" / "LaSOT_extension_subset", "atv-1", wide, hidden=range(12))
    layouts.lasot(tmp_path / "data" / "LaSOT_extension_subset", "atv-2", layouts.boxes(30), out=[4, 5])
    return tmp_path / "data"


def test_a_convention_that_leaves_nothing_has_no_row(run_bench: Any, hidden: Path, tmp_path: Path) -> None:
    """Nor has a tracker that failed there a number in the wrong row."""
    (tmp_path / "stay.py").write_text(layouts.STAY)
    (tmp_path / "fails.py").write_text(FAILS)
    names = f"py:{tmp_path}/stay.py,py:{tmp_path}/fails.py"
    done = run_bench(
        "-t", names, "-d", "LaSOT/ext", "--data-root", hidden, "--subset", "available", "--json", tmp_path / "s.json"
    )
    assert done.returncode == 1, done.stderr  # one sequence failed
    stay, fails = json.loads((tmp_path / "s.json").read_text())["trackers"]
    rows = [[one["name"] for one in tracker["sensitivity"]] for tracker in (stay, fails)]
    assert set(rows[1]) - set(rows[0]) == {"absent targets left out"}
    (table,) = (tmp_path / "results").rglob("tables/sensitivity.csv")
    rows = [one for one in csv.DictReader(table.read_text().splitlines()) if "left out" in one["convention"]]
    change = next(one["auc"] for one in fails["sensitivity"] if one["name"] == "absent targets left out")
    assert {one["tracker"]: one["auc_change"] for one in rows} == {"py:stay.py": "", "py:fails.py": str(change)}


def test_both_ways_of_leaving_nothing() -> None:
    rows = np.tile([50.0, 60.0, 20.0, 40.0], (2, 1))
    truth = Annotation("S", rows, np.ones(2, bool), absent=np.array([False, True]))
    found = {one.name for one in sensitivity({"S": rows}, {"S": truth}, load_profile("got10k"))}
    assert "absent targets left out" in found  # the first frame is
    found = {one.name for one in sensitivity({"S": rows[:1]}, {"S": truth.first(1)}, load_profile("got10k"))}
    assert "first frame dropped" not in found
