"""Runs on sets whose ground truth a server keeps: boxes, no scores, and the archive."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import layouts
import pytest

from benchmark.datasets import trackingnet
from benchmark.datasets.catalogue import Catalogue, read_catalogue


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """TrackingNet's test set, as if it had three sequences."""
    full = read_catalogue("trackingnet")
    few = Catalogue(**{**vars(full), "targets": full.targets[:3]})
    monkeypatch.setattr("benchmark.datasets.published.read_catalogue", lambda name: few)
    assert trackingnet  # which reads what is patched
    for index, target in enumerate(few.targets):
        layouts.trackingnet(tmp_path / "data", target.name, 3 + index, (5, 6, 30.25, 20))
    (tmp_path / "stay.py").write_text(layouts.STAY)
    return tmp_path / "data"


def test_a_run_ends_with_the_archive_and_without_a_score(run_bench, root: Path, tmp_path: Path) -> None:
    done = run_bench(
        "-t", f"py:{tmp_path}/stay.py", "-d", "TrackingNet", "--data-root", root, "--json", tmp_path / "s.json"
    )
    assert done.returncode == 0, done.stderr
    scores = json.loads((tmp_path / "s.json").read_text())
    (tracker,) = scores["trackers"]
    assert (tracker["summary"], tracker["sequences"], tracker["failed"]) == (None, {}, {})
    assert scores["coverage"] == "TrackingNet, 3 sequences; its server alone can score it"
    assert scores["profile"] == "trackingnet"
    (file,) = (tmp_path / "results" / "runs").glob("*/upload/*.zip")
    assert f"{file.name} is for https://eval.ai" in done.stderr
    with zipfile.ZipFile(file) as archive:
        assert archive.read("-Dz7OIf54b0_0.txt").decode() == "5.00,6.00,30.25,20.00\n" * 3
    assert "server alone can score it" in (file.parents[1] / "report.html").read_text()
    again = run_bench("report", file.parents[1], "--no-frames")
    assert again.returncode == 0, again.stderr


def test_a_part_of_it_has_no_archive(run_bench, root: Path, tmp_path: Path) -> None:
    words = ("-t", f"py:{tmp_path}/stay.py", "-d", "TrackingNet", "--data-root", root)
    done = run_bench(*words, "--limit-frames", 2)
    assert done.returncode == 0, done.stderr
    assert "no archive for TrackingNet's server: it takes all 3 sequences, each whole" in done.stderr
    done = run_bench(*words, "--protocol", "tre")
    assert done.returncode == 2
    assert "has no ground truth to start from: --protocol tre needs it" in done.stderr
    done = run_bench(*words, "--imported", "all")
    assert done.returncode == 2
    assert "its server alone can score results" in done.stderr


def test_no_study_is_answered_on_it(run_bench, root: Path, tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text('question = "?"\nbase = "py:stay.py"\n[variants]\nother = "py:stay.py"\n')
    for more in ((), ("--dry-run",)):
        done = run_bench("study", tmp_path / "mine.toml", "-d", "TrackingNet", "--data-root", root, *more)
        assert done.returncode == 2
        assert "TrackingNet: its server alone can score it, so that no study can be answered on it" in done.stderr
