"""One command on several datasets: a run on each, and one page of them all."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from pathlib import Path

import layouts
import pytest
from conftest import REPOSITORY


@pytest.fixture
def words(tmp_path: Path) -> tuple[object, ...]:
    layouts.dtb70(tmp_path / "data" / "DTB70", "Motor2", layouts.boxes(68))
    layouts.dtb70(tmp_path / "data" / "DTB70", "Car2", layouts.boxes(74, seed=1))
    for index, name in enumerate(("GOT-10k_Val_000001", "GOT-10k_Val_000151")):
        layouts.got10k(tmp_path / "data" / "GOT-10k", "val", name, layouts.boxes(60, 0, index))
    (tmp_path / "stay.py").write_text(layouts.STAY)
    return ("-t", f"py:{tmp_path}/stay.py", "--data-root", tmp_path / "data", "--subset", "available")


def test_each_is_scored_by_its_own_rules_and_stands_on_one_page(run_bench, words, tmp_path: Path) -> None:
    done = run_bench(*words, "-d", "dtb70,got10k/val", "--json", tmp_path / "s.json")
    assert done.returncode == 0, done.stderr
    scores = json.loads((tmp_path / "s.json").read_text())
    assert [(one["dataset"], one["profile"]) for one in scores] == [("DTB70", "otb"), ("GOT-10k/val", "got10k")]
    page = Path(done.stdout.splitlines()[-1].removeprefix("Report: "))
    page = page if page.is_absolute() else Path.cwd() / page
    assert page.name == "datasets.html"
    text = page.read_text()
    assert "DTB70, 2 of 70 sequences" in text
    assert "GOT-10k/val, 2 of 180 sequences" in text
    assert "Success AUC by class" in text  # GOT-10k's own meta_info: two goats
    (row,) = csv.DictReader((page.parent / "tables" / "datasets.csv").read_text().splitlines())
    own = scores[1]["trackers"][0]["summary"]["overall"]
    assert float(row["GOT-10k/val ao"]) == pytest.approx(own["ao"])
    assert float(row["DTB70 auc"]) == pytest.approx(scores[0]["trackers"][0]["summary"]["overall"]["auc"])
    assert scores[1]["trackers"][0]["uncertainty"] is None  # frames in one pool have no interval over sequences
    assert set(scores[1]["trackers"][0]["summary"]["by_attribute"]) == {"class goat", "motion running"}
    links = [line for line in text.splitlines() if "The whole report of this dataset" in line]
    assert len(links) == 2
    runs = sorted((tmp_path / "results" / "runs").iterdir())
    again = run_bench("report", *runs, "-o", tmp_path / "both")
    assert again.returncode == 0, again.stderr
    assert (tmp_path / "both" / "datasets.html").is_file()


def test_what_goes_with_one_dataset_alone_is_said(run_bench, words) -> None:
    for option in (("--name", "both"), ("--sequences", "Motor2")):
        done = run_bench(*words, "-d", "DTB70,GOT-10k/val", *option)
        assert done.returncode == 2
        assert f"{option[0]} goes with one dataset, not with 2" in done.stderr
    done = run_bench(*words, "-d", "DTB70,dtb-70")
    assert (done.returncode, "--dataset names DTB70 twice" in done.stderr) == (2, True)
    done = run_bench(*words, "-d", "DTB70,Nowhere")
    assert (done.returncode, "unknown dataset 'Nowhere'" in done.stderr) == (2, True)


def test_nothing_is_run_where_one_of_them_is_missing(run_bench, words, tmp_path: Path) -> None:
    done = run_bench(*words, "-d", "DTB70,UAV123")
    assert done.returncode == 2
    assert "UAV123: none of its 123 sequences" in done.stderr
    assert not list((tmp_path / "results" / "runs").iterdir())


def test_exports_are_in_the_datasets_own_pixels(run_bench, words, tmp_path: Path) -> None:
    for dataset, first in (("got10k/val", layouts.boxes(60, 0)[0]), ("dtb70", layouts.boxes(68)[0])):
        assert run_bench(*words, "-d", dataset).returncode == 0
        done = run_bench("export", "latest", "-f", "otb", "-o", tmp_path / dataset, "--results", tmp_path / "results")
        assert done.returncode == 0, done.stderr
        (file,) = [*(tmp_path / dataset).rglob("GOT-10k_Val_000001.txt"), *(tmp_path / dataset).rglob("Motor2.txt")]
        assert file.read_text().splitlines()[0] == ",".join(f"{value:g}" for value in first)


WATCHED = """
import resource, sys, run_bench
try:
    run_bench.main(sys.argv[1:])
finally:
    print(max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)))
"""


@pytest.mark.slow
def test_a_folder_of_many_frames_needs_no_more_memory(tmp_path: Path) -> None:
    """Frames come and go: 10,000 of them take what 100 take, but for their names and boxes."""
    peaks = {}
    for frames in (100, 10_000):
        folder = tmp_path / str(frames) / "clip"
        layouts.images(folder / "img", range(1, frames + 1))
        layouts.write(folder / "groundtruth.txt", layouts.text(layouts.boxes(frames)))
        (folder.parent / "stay.py").write_text(layouts.STAY)
        words = ("-t", f"py:{folder.parent}/stay.py", "-d", "folder", "--data-root", folder, "-q", "--workers", 1)
        command = [sys.executable, "-c", WATCHED, *map(str, words), "--results", str(tmp_path / f"r{frames}")]
        done = subprocess.run(command, capture_output=True, text=True, cwd=REPOSITORY)
        assert done.returncode == 0, done.stderr
        peaks[frames] = int(done.stdout.split()[-1]) / 1000
    assert peaks[10_000] < peaks[100] + 60
